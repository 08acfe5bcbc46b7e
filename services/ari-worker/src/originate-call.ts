import type { Calls, ClaimAnswer, ClaimLimits, Guard, Lease } from '@dialgate/database';
import { channelOf, dialEndpoint, type Call, type FailureReason } from '@dialgate/domain';
import type { Logger } from '@dialgate/logging';
import type { JobEnd } from '@dialgate/queue';
import type { AriClient } from './ari/client.js';
import type { DialplanCheck } from './dialplan-check.js';
import type { FollowedCall, FollowedCalls } from './followed-calls.js';
import type { InOrder } from './in-order.js';
import { isDatabaseAway, patiently, type MoveCall } from './move-call.js';

/** The slot in which new calls are made, as long as its socket is open, filtered and reconciled. */
export interface OriginatingSlot {
  /** The lease, or null while nothing may be originated. */
  readonly ready: () => Lease | null;
  /** Tells the slot that its socket must have been lost: it closes the gate until it has reconciled. */
  readonly distrust: (why: string) => void;
  /**
   * Resolves when the channel has entered our application: `entered`; or, when its socket closes first or nothing is heard
   * in 5 s, `never`. To be asked before the channel is made: the event may overtake the answer.
   */
  readonly entering: (channel: string) => Promise<'entered' | 'never'>;
}

/** The dial request leaves within this time after its permission was asked for, or not at all. */
const DIAL_WITHIN_MS = 3_000;

/** Asterisk says `Allocation failed` for a dead endpoint and for a passing shortage alike. */
const ALLOCATION_TRIES = 3;

const RETRY_SOON_MS = 1_000;
const RETRY_LATER_MS = 5_000;

/** How long a job waits in the queue while this worker may not originate. */
const CLOSED_GATE_MS = 500;

/**
 * Carries out one originate job: claim, create, wait for the channel, ask for the one permission to dial, dial. Everything
 * before the permission may be repeated freely; nothing dials but the winner of it, once; and only the claimer of an
 * attempt ever dials it.
 */
export function originateCalls(options: {
  readonly calls: Pick<Calls, 'claim' | 'voidClaim' | 'permitDial' | 'find'>;
  readonly ari: AriClient;
  readonly slot: OriginatingSlot;
  readonly followed: FollowedCalls;
  readonly order: InOrder;
  readonly move: MoveCall;
  readonly checkDialplan: DialplanCheck;
  /** Calls whose originate runs here: reconcile leaves their claims alone. */
  readonly underWay: Set<string>;
  readonly dialEndpointTemplate: string;
  readonly limits: ClaimLimits;
  readonly log: Logger;
}): (callId: string) => Promise<JobEnd> {
  const { calls, ari, slot, followed, order, move, underWay } = options;

  return async (callId) => {
    const lease = slot.ready();
    if (lease === null) return { putBackForMs: CLOSED_GATE_MS };

    underWay.add(callId);
    try {
      const answer = await claim(callId, lease);
      if (answer.outcome === 'at_capacity') return { putBackForMs: answer.retryInMs };
      if (answer.outcome === 'claimed') await originate(answer.call, lease);
      return 'done';
    } finally {
      underWay.delete(callId);
    }
  };

  /** A claim that may have been written without our knowing is voided by the next reconcile; nothing was dialled. */
  async function claim(callId: string, lease: Lease): Promise<ClaimAnswer> {
    try {
      return await calls.claim(callId, lease, options.limits);
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      return { outcome: 'at_capacity', retryInMs: RETRY_SOON_MS };
    }
  }

  async function originate(call: Call, lease: Lease): Promise<void> {
    const { attempt } = call;
    const guard = { attempt, slotEpoch: lease.epoch };
    const channel = channelOf(call.id, attempt);
    const known = followed.learn(call);
    const log = options.log.with({ callId: call.id, attempt });
    log.info({ phoneNumber: call.phoneNumber }, 'Originate begins');

    const entering = slot.entering(channel);
    const created = await createChannel(call, channel, lease.app);
    switch (created.outcome) {
      case 'failed':
        await refuse(known, created.reason, { asterisk: created.message });
        return;
      case 'not_created':
        await giveBack(known, guard, created.why, created.retryInMs);
        return;
      case 'unsure':
        // Void first, then DELETE: a channel nobody has a claim on is one that nobody will dial.
        if (created.connectionLost) slot.distrust('connection lost during create');
        await giveBack(known, guard, created.why, RETRY_SOON_MS, channel);
        return;
      case 'created':
    }

    if ((await entering) === 'never') {
      slot.distrust('channel never entered the application');
      await giveBack(known, guard, 'channel never entered the application', RETRY_SOON_MS, channel);
      return;
    }

    const dialplan = await options.checkDialplan(channel, call.destination);
    if (dialplan === 'missing') {
      await refuse(known, 'dialplan_missing', {}, channel);
      return;
    }
    if (dialplan === 'unsure') {
      await giveBack(known, guard, 'dialplan could not be asked', RETRY_SOON_MS, channel);
      return;
    }

    const askedAt = performance.now();
    if (!(await permitted(call.id, guard))) {
      await yieldChannel(call.id, guard, channel);
      return;
    }
    known.call = { ...known.call, status: 'dialing', dialSentAt: new Date() };
    log.info({ from: 'pending', to: 'dialing', event: 'dial_sent' }, 'Updated call status');

    if (performance.now() - askedAt > DIAL_WITHIN_MS) {
      await refuse(known, 'not_dialed', { why: 'the permission came too late' }, channel);
      return;
    }
    await dial(known, channel);
  }

  /**
   * The dial compare-and-set, also when its answer got lost: only this originate ever asks for this attempt, so a row that
   * is dialing under our attempt and epoch is one that we have won.
   */
  async function permitted(callId: string, guard: Guard): Promise<boolean> {
    return patiently(async () => {
      if (await calls.permitDial({ callId, ...guard })) return true;
      const call = await calls.find(callId);
      return call?.status === 'dialing' && call.attempt === guard.attempt && call.claim?.slotEpoch === guard.slotEpoch;
    });
  }

  type Created =
    | { readonly outcome: 'created' }
    | { readonly outcome: 'failed'; readonly reason: FailureReason; readonly message: string }
    | { readonly outcome: 'not_created'; readonly why: string; readonly retryInMs: number }
    | { readonly outcome: 'unsure'; readonly why: string; readonly connectionLost: boolean };

  async function createChannel(call: Call, id: string, app: string): Promise<Created> {
    const endpoint = dialEndpoint(options.dialEndpointTemplate, call.phoneNumber);
    for (let attempt = 1; ; attempt++) {
      const reply = await ari.createChannel({ id, endpoint, app, variables: variablesOf(call) });
      if (reply.kind === 'ok') return { outcome: 'created' };
      if (reply.kind === 'not_reached') {
        return { outcome: 'not_created', why: `Asterisk ${reply.why}`, retryInMs: RETRY_LATER_MS };
      }
      if (reply.kind === 'unknown') {
        return {
          outcome: 'unsure',
          why: `no answer to create: ${reply.why}`,
          connectionLost: reply.why === 'ECONNRESET',
        };
      }
      // A real "already exists" is our own channel. But a connection that has said so once says it of every failure
      // afterwards (measured), so only the channel itself can tell.
      if (reply.status === 409 && (await ari.channel(id)).kind === 'ok') return { outcome: 'created' };
      const allocationFailed = reply.status >= 500 || reply.status === 409;
      if (!allocationFailed) return { outcome: 'failed', reason: 'invalid_request', message: reply.message };
      if (attempt === ALLOCATION_TRIES) {
        return { outcome: 'failed', reason: 'trunk_unavailable', message: reply.message };
      }
    }
  }

  async function dial(known: FollowedCall, channel: string): Promise<void> {
    const reply = await ari.dial(channel, Math.ceil(known.call.ringTimeoutMs / 1000));
    if (reply.kind === 'ok') return;
    // No answer: the INVITE may be on its way, now or later. Never dial again; events or reconcile will tell.
    if (reply.kind === 'unknown') {
      options.log.warn({ callId: known.call.id, why: reply.why }, 'Dial unanswered');
      return;
    }
    const detail = reply.kind === 'refused' ? { status: reply.status, asterisk: reply.message } : { why: reply.why };
    await refuse(known, 'not_dialed', detail, channel);
  }

  /** Ends the call as one that rang nobody, then removes what there is of its channel. */
  async function refuse(
    known: FollowedCall,
    reason: FailureReason,
    detail: Readonly<Record<string, unknown>>,
    channel?: string,
  ): Promise<void> {
    const event = { type: 'refused', reason } as const;
    const heardAt = performance.now();
    await order.run(known.call.id, async () => {
      // The wish may have been stored meanwhile: a call that is wished away and refused is canceled.
      const fresh = await patiently(() => calls.find(known.call.id));
      if (fresh !== null) followed.learn(fresh);
      await move(known, { event, heardAt, source: 'worker', detail });
    });
    if (channel !== undefined) await ari.hangUp(channel);
    followed.forget(known.call.id);
  }

  async function giveBack(
    known: FollowedCall,
    guard: Guard,
    why: string,
    retryInMs: number,
    channel?: string,
  ): Promise<void> {
    const { id } = known.call;
    const voided = await patiently(() => calls.voidClaim(id, guard, why, retryInMs));
    options.log.warn({ callId: id, why, voided }, 'Originate given back');
    if (channel === undefined) followed.forget(id);
    else await yieldChannel(id, guard, channel);
  }

  /** Somebody else decided about this call: whose is its channel now? */
  async function yieldChannel(callId: string, guard: Guard, channel: string): Promise<void> {
    const call = await patiently(() => calls.find(callId));
    const adopted = call?.attempt === guard.attempt && call.claim !== null && call.claim.slotEpoch !== guard.slotEpoch;
    followed.forget(callId);
    // The adopter of the slot has the call and its channel: walk away.
    if (adopted && call.status !== 'canceled' && call.endedAt === null) return;
    await ari.hangUp(channel);
  }
}

/** Sets who the callee sees: `CALLERID` does not reach the INVITE of a channel made this way, `CONNECTEDLINE` does (measured). */
function variablesOf({ variables, callerId }: Call): Record<string, string> {
  return {
    ...variables,
    ...(callerId === null ? {} : { 'CONNECTEDLINE(num)': callerId.number, 'CONNECTEDLINE(name)': callerId.name }),
  };
}
