import type { Calls, ClaimAnswer, ClaimLimits, FencingToken, Lease } from '@dialgate/database';
import { channelIdFor, isFinal, type Call, type FailureReason } from '@dialgate/domain';
import { logStatusUpdate, type Logger } from '@dialgate/service-kit';
import type { JobEnd } from '@dialgate/redis';
import type { AriClient } from '../ari/client.js';
import type { CreateChannel } from './create-channel.js';
import type { DialplanCheck } from './dialplan-check.js';
import type { FollowedCall, FollowedCalls } from '../events/followed-calls.js';
import type { SerializeByKey } from '../events/serialize-by-key.js';
import type { ApplyEvent } from '../events/apply-event.js';
import { isDatabaseAway, retryWhileDatabaseIsDown } from '../events/retry-while-database-is-down.js';

/** The slot in which new calls are made, as long as its socket is open, filtered and reconciled. */
export interface OriginatingSlot {
  /** The lease, or null while nothing may be originated. */
  readonly ready: () => Lease | null;
  /** Tells the slot that its socket must have been lost: it closes the gate until it has reconciled. */
  readonly distrust: (why: string) => void;
  /** Listens for a channel's arrival. To be asked before the channel is made: its event may overtake the answer. */
  readonly expect: (channel: string) => Arrival;
}

/** A channel that is about to enter our application. */
export interface Arrival {
  /** Whether it has, within so long from now; false at once when the socket is lost. */
  readonly within: (ms: number) => Promise<boolean>;
  /** Listens no more. */
  readonly forget: () => void;
}

/** The dial request leaves within this time after its permission was asked for, or not at all. */
const DIAL_WITHIN_MS = 3_000;

const ENTER_WITHIN_MS = 5_000;

/** A dial time that was missed by so much is given up: after a stall many would be dialled at once. */
const MISSED_MS = 1_000;

/** How soon a dial whose turn has not come asks again. */
const ASK_AGAIN_MS = 10;

const RETRY_SOON_MS = 1_000;
const RETRY_LATER_MS = 5_000;

/**
 * Carries out one originate job: claim, create, wait for the channel, ask for the one permission to dial, dial. Everything
 * before the permission may be repeated freely; nothing dials but the winner of it, once; and only the claimer of an
 * attempt ever dials it.
 *
 * A job that cannot be carried out now is simply done: the row's `next_enqueue_at` brings the call back. Only a limit over
 * all workers puts it back into its place in the queue.
 */
export function originateCalls(options: {
  readonly calls: Pick<Calls, 'claim' | 'voidClaim' | 'permitDial' | 'find'>;
  readonly ari: Pick<AriClient, 'dial' | 'hangUp'>;
  readonly slot: OriginatingSlot;
  readonly followed: FollowedCalls;
  readonly order: SerializeByKey;
  readonly move: ApplyEvent;
  readonly createChannel: CreateChannel;
  readonly checkDialplan: DialplanCheck;
  /** Calls whose originate runs here: reconcile leaves their claims alone. */
  readonly underWay: Set<string>;
  readonly limits: ClaimLimits;
  readonly log: Logger;
}): (callId: string) => Promise<JobEnd> {
  const { calls, ari, slot, followed, order, move, underWay } = options;
  /** Until when a limit over all workers is known to be reached, by `performance.now()`. */
  let fullUntil = 0;

  return async (callId) => {
    const lease = slot.ready();
    if (lease === null || underWay.has(callId)) return 'done';
    // The jobs that were fetched beside the one that found it out need not ask again, nor make the pause longer.
    const fullForMs = Math.ceil(fullUntil - performance.now());
    if (fullForMs > 0) return { putBackForMs: fullForMs };

    underWay.add(callId);
    try {
      const answer = await claim(callId, lease);
      if (answer.outcome === 'at_capacity') {
        fullUntil = performance.now() + answer.retryInMs;
        return { putBackForMs: answer.retryInMs };
      }
      if (answer.outcome === 'claimed') await originate(answer.call, lease, performance.now() + answer.dialInMs);
      return 'done';
    } finally {
      underWay.delete(callId);
    }
  };

  /** A claim whose answer got lost may have been written: then the row carries our slot, and nobody else works on it. */
  async function claim(callId: string, lease: Lease): Promise<ClaimAnswer> {
    try {
      return await calls.claim(callId, lease, options.limits);
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
    }
    const call = await retryWhileDatabaseIsDown(() => calls.find(callId));
    const ours = call?.claim?.slotId === lease.slotId && call.claim.slotEpoch === lease.epoch;
    if (!ours || call.status !== 'pending') return { outcome: 'nothing_to_do' };
    return { outcome: 'claimed', call, dialInMs: 0 };
  }

  /** @param dialAt when it may be dialled, by `performance.now()`. */
  async function originate(call: Call, lease: Lease, dialAt: number): Promise<void> {
    const { attempt } = call;
    const token = { attempt, slotEpoch: lease.epoch };
    const channel = channelIdFor(call.id, attempt);
    const known = followed.learn(call);
    const log = options.log.with({ callId: call.id, attempt });
    log.info({ phoneNumber: call.phoneNumber }, 'Originate begins');

    const arrival = slot.expect(channel);
    try {
      const created = await options.createChannel(call, channel, lease.app);
      switch (created.outcome) {
        case 'failed':
          await refuse(known, token, created.reason, { asterisk: created.message });
          return;
        case 'not_created':
          await giveBack(known, token, created.why, RETRY_LATER_MS);
          return;
        case 'unsure':
          // Void first, then DELETE: a channel nobody has a claim on is one that nobody will dial.
          if (created.connectionLost) slot.distrust('connection lost during create');
          await giveBack(known, token, created.why, RETRY_SOON_MS, channel);
          return;
        case 'created':
      }
      if (!(await arrival.within(ENTER_WITHIN_MS))) {
        slot.distrust('channel never entered the application');
        await giveBack(known, token, 'channel never entered the application', RETRY_SOON_MS, channel);
        return;
      }
    } finally {
      arrival.forget();
    }

    const dialplan = await options.checkDialplan(channel, call.destination);
    if (dialplan === 'missing') {
      await refuse(known, token, 'dialplan_missing', {}, channel);
      return;
    }
    if (dialplan === 'unsure') {
      await giveBack(known, token, 'dialplan could not be asked', RETRY_SOON_MS, channel);
      return;
    }

    await until(dialAt);
    for (;;) {
      const why = whyNotNow(lease, dialAt);
      if (why !== null) {
        await giveBack(known, token, why, RETRY_SOON_MS, channel);
        return;
      }
      const askedAt = performance.now();
      const answer = await permission(call.id, token);
      if (answer === 'refused') {
        await yieldChannel(call.id, token, channel);
        return;
      }
      if (answer === 'granted') {
        // Its channel was removed, and that was heard, before this answer came: the call was taken back.
        if (isFinal(known.call.status)) return;
        known.call = { ...known.call, status: 'dialing', dialed: true };
        logStatusUpdate(log, { callId: call.id, attempt, event: 'dial_sent', from: 'pending', to: 'dialing' });
        await dial(known, token, channel, askedAt + DIAL_WITHIN_MS);
        return;
      }
      await until(performance.now() + ASK_AGAIN_MS);
    }
  }

  function whyNotNow(lease: Lease, dialAt: number): string | null {
    const now = slot.ready();
    if (now?.slotId !== lease.slotId || now.epoch !== lease.epoch) return 'the slot was not ready for the dial';
    const paced = options.limits.originatePerSecond > 0;
    return paced && performance.now() - dialAt > MISSED_MS ? 'its time to be dialled had passed' : null;
  }

  /**
   * The dial compare-and-set, also when its answer got lost: only this originate ever asks for this attempt, so a row that
   * is dialing under our attempt and epoch is one that we have won. One that still waits for us, under a limit, has not
   * had its turn yet.
   */
  async function permission(callId: string, token: FencingToken): Promise<'granted' | 'refused' | 'not_yet'> {
    const { originatePerSecond } = options.limits;
    return retryWhileDatabaseIsDown(async () => {
      if (await calls.permitDial({ callId, ...token }, originatePerSecond)) return 'granted';
      const call = await calls.find(callId);
      if (call?.attempt !== token.attempt || call.claim?.slotEpoch !== token.slotEpoch) return 'refused';
      if (call.status === 'dialing') return 'granted';
      return originatePerSecond > 0 && call.status === 'pending' && call.cancelRequestedAt === null
        ? 'not_yet'
        : 'refused';
    });
  }

  /** @param deadline by `performance.now()`; later than that nothing is sent. */
  async function dial(known: FollowedCall, token: FencingToken, channel: string, deadline: number): Promise<void> {
    const withinMs = Math.floor(deadline - performance.now());
    if (withinMs <= 0) {
      await refuse(known, token, 'not_dialed', { why: 'the permission came too late' }, channel);
      return;
    }
    const reply = await ari.dial(channel, Math.ceil(known.call.ringTimeoutMs / 1000), withinMs);
    if (reply.kind === 'ok') return;
    // No answer: the INVITE may be on its way, now or later. Never dial again; events or reconcile will tell.
    if (reply.kind === 'unknown') {
      options.log.warn({ callId: known.call.id, why: reply.why }, 'Dial unanswered');
      return;
    }
    const detail = reply.kind === 'refused' ? { status: reply.status, asterisk: reply.message } : { why: reply.why };
    await refuse(known, token, 'not_dialed', detail, channel);
  }

  /** Ends the call as one that rang nobody, then removes what there is of its channel. */
  async function refuse(
    known: FollowedCall,
    token: FencingToken,
    reason: FailureReason,
    detail: Readonly<Record<string, unknown>>,
    channel?: string,
  ): Promise<void> {
    const { id: callId, attempt } = known.call;
    const event = { type: 'refused', reason } as const;
    const observation = { callId, attempt, event, source: 'worker', receivedAt: performance.now(), detail } as const;
    await order.run(callId, () => move(known, observation));
    if (channel !== undefined) await ari.hangUp(channel);
    followed.forget(known.call.id, token.attempt);
  }

  async function giveBack(
    known: FollowedCall,
    token: FencingToken,
    why: string,
    retryInMs: number,
    channel?: string,
  ): Promise<void> {
    const { id } = known.call;
    const voided = await retryWhileDatabaseIsDown(() => calls.voidClaim(id, token, why, retryInMs));
    options.log.warn({ callId: id, why, voided }, 'Originate given back');
    if (channel === undefined) followed.forget(id, token.attempt);
    else await yieldChannel(id, token, channel);
  }

  /** Somebody else decided about this call: whose is its channel now? */
  async function yieldChannel(callId: string, token: FencingToken, channel: string): Promise<void> {
    const call = await retryWhileDatabaseIsDown(() => calls.find(callId));
    followed.forget(callId, token.attempt);
    const adopted =
      call?.attempt === token.attempt &&
      call.endedAt === null &&
      call.claim !== null &&
      call.claim.slotEpoch !== token.slotEpoch;
    // The adopter of the slot has the call and its channel: walk away.
    if (!adopted) await ari.hangUp(channel);
  }
}

async function until(at: number): Promise<void> {
  const ms = at - performance.now();
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
