import type { Calls, Lease } from '@dialgate/database';
import { attemptOf, type Call, type CallEvent } from '@dialgate/domain';
import type { Logger } from '@dialgate/logging';
import type { AriClient } from './ari/client.js';
import type { AriChannel } from './ari/events.js';
import type { ContinueCall } from './continue-call.js';
import type { FollowedCalls } from './followed-calls.js';
import type { InOrder } from './in-order.js';
import { patiently, type MoveCall } from './move-call.js';
import { isInApp, isSurplus, reconcileAction, seen, type ChannelSeen } from './reconcile-decisions.js';

/** What one reconciliation found. */
export interface Reconciled {
  /** How many calls of the slot are open. */
  readonly openCalls: number;
  /** How many channels are in the slot's application. */
  readonly channels: number;
  /** Whether something must be looked at again in two seconds. */
  readonly lookAgain: boolean;
}

/** A channel is gone when two looks, at least so far apart, did not find it. */
const GONE_TWICE_MS = 2_000;

export type Reconcile = (lease: Lease) => Promise<Reconciled>;

/**
 * Compares the open calls of a slot with what Asterisk has, and acts on the difference: events while no socket was open
 * are lost for good.
 *
 * @returns a function that reconciles one slot; it throws when Asterisk or the database cannot be asked.
 */
export function reconciling(options: {
  readonly calls: Pick<Calls, 'openOfSlot' | 'findAll' | 'voidClaim'>;
  readonly ari: Pick<AriClient, 'channels' | 'channel' | 'hangUp' | 'info'>;
  readonly followed: FollowedCalls;
  readonly order: InOrder;
  readonly move: MoveCall;
  readonly continueCall: ContinueCall;
  readonly underWay: ReadonlySet<string>;
  readonly log: Logger;
}): Reconcile {
  const { calls, ari, followed, order, move, continueCall, underWay, log } = options;
  const goneSince = new Map<string, number>();

  return async (lease) => {
    const before = followed.ids();
    // The rows first: a channel that is missing from a list made after them is missing for a reason.
    const { calls: open, at } = await calls.openOfSlot(lease.slotId);
    const channels = await listChannels();

    const openIds = new Set(open.map(({ id }) => id));
    for (const id of before) {
      const known = followed.get(id)?.call;
      if (known?.claim?.slotId === lease.slotId && !openIds.has(id) && !underWay.has(id)) followed.forget(id);
    }

    let lookAgain = false;
    for (const call of open) {
      if (await settle(call, channels, at)) lookAgain = true;
    }
    await removeSurplus(lease, open, channels);

    const inApp = [...channels.values()].filter((channel) => isInApp(channel, lease.app)).length;
    return { openCalls: open.length, channels: inApp, lookAgain };
  };

  async function listChannels(): Promise<Map<string, AriChannel>> {
    const reply = await ari.channels();
    if (reply.kind !== 'ok') throw new Error(`Asterisk did not list its channels: ${reply.kind}`);
    return new Map(reply.body.map((channel) => [channel.id, channel]));
  }

  /** @returns whether the call must be looked at again soon. */
  async function settle(call: Call, channels: ReadonlyMap<string, AriChannel>, at: Date): Promise<boolean> {
    const { channel: name, claim } = call;
    if (name === null || claim === null) return false;
    const channel = await look(name, channels);
    const action = reconcileAction(call, channel, at, underWay.has(call.id));
    if (action !== 'nothing') log.info({ callId: call.id, status: call.status, action }, 'Call reconciled');

    switch (action) {
      case 'nothing':
        return false;
      case 'look_again':
        return true;
      case 'void_then_hang_up': {
        const guard = { attempt: call.attempt, slotEpoch: claim.slotEpoch };
        await calls.voidClaim(call.id, guard, 'reconciled', 0);
        await ari.hangUp(name);
        followed.forget(call.id);
        return false;
      }
      case 'hang_up_overdue':
        await ari.hangUp(name);
        if (await isGone(name)) await write(call, { type: 'lost', restarted: false });
        return false;
      case 'write_answered':
        await write(call, { type: 'answered' });
        return false;
      case 'write_answered_and_continue':
        followed.learn(followed.get(call.id)?.call ?? call);
        void continueCall(name);
        await write(call, { type: 'answered' });
        return false;
      case 'write_lost':
        goneSince.delete(name);
        await write(call, { type: 'lost', restarted: await restartedSince(call.dialSentAt) });
        return false;
    }
  }

  async function look(name: string, channels: ReadonlyMap<string, AriChannel>): Promise<ChannelSeen> {
    const listed = channels.get(name);
    if (listed !== undefined) {
      goneSince.delete(name);
      return seen(listed);
    }
    const reply = await ari.channel(name);
    if (reply.kind === 'ok') return seen(reply.body);
    if (!(reply.kind === 'refused' && reply.status === 404))
      throw new Error(`Asterisk did not show a channel: ${reply.kind}`);

    const since = goneSince.get(name) ?? performance.now();
    goneSince.set(name, since);
    return { seen: 'gone', confirmed: performance.now() - since >= GONE_TWICE_MS };
  }

  async function isGone(name: string): Promise<boolean> {
    const reply = await ari.channel(name);
    return reply.kind === 'refused' && reply.status === 404;
  }

  /** Behind the events already heard of this call: what was heard knows more than what was seen. */
  async function write(call: Call, event: CallEvent): Promise<void> {
    const heardAt = performance.now();
    await order.run(call.id, async () => {
      const known = await patiently(() => followed.find(call.id));
      if (known?.call.attempt === call.attempt) await move(known, { event, heardAt, source: 'sweep' });
    });
  }

  async function restartedSince(dialSentAt: Date | null): Promise<boolean> {
    const reply = await ari.info();
    if (reply.kind !== 'ok' || reply.body.status?.startup_time === undefined || dialSentAt === null) return false;
    const started = new Date(reply.body.status.startup_time.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
    return started > dialSentAt;
  }

  async function removeSurplus(
    lease: Lease,
    open: readonly Call[],
    channels: ReadonlyMap<string, AriChannel>,
  ): Promise<void> {
    const wanted = new Set(open.map(({ channel }) => channel));
    const candidates = [...channels.values()].flatMap((channel) => {
      const attempt = wanted.has(channel.id) ? null : attemptOf(channel.id);
      return attempt === null ? [] : [{ channel, ...attempt }];
    });
    const rows = await calls.findAll(candidates.map(({ callId }) => callId));
    for (const { channel, callId, attempt } of candidates) {
      if (!isSurplus(rows.get(callId) ?? null, attempt, lease.slotId, isInApp(channel, lease.app))) continue;
      log.warn({ callId, channel: channel.id }, 'Surplus channel removed');
      await ari.hangUp(channel.id);
    }
  }
}
