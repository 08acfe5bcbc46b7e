import type { Calls, Lease } from '@dialgate/database';
import { parseChannelId, type Call, type CallEvent } from '@dialgate/domain';
import type { Logger } from '@dialgate/service-kit';
import { isInApp } from '../ari/channels.js';
import type { AriClient } from '../ari/client.js';
import { parseAriTime, type AriChannel } from '../ari/events.js';
import type { ContinueCall } from '../events/continue-call.js';
import type { FollowedCalls } from '../events/followed-calls.js';
import type { HeldSlots } from '../slots/held-slots.js';
import type { SerializeByKey } from '../events/serialize-by-key.js';
import type { MoveCall } from '../events/apply-event.js';
import { retryWhileDatabaseIsDown } from '../events/retry-while-database-is-down.js';
import { isStray, reconcileAction, seen, type ChannelSeen } from './decisions.js';

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

/** How many calls are settled side by side. */
const SIDE_BY_SIDE = 50;

/**
 * Reconciles one slot; throws when Asterisk or the database cannot be asked, or when the slot was lost meanwhile.
 *
 * @param receivedAll waits until all has been heard that Asterisk has sent on the slot's socket so far, or tells that the
 *   socket is gone.
 */
export type Reconcile = (lease: Lease, receivedAll: () => Promise<boolean>) => Promise<Reconciled>;

/**
 * Compares the open calls of a slot with what Asterisk has, and acts on the difference: events while no socket was open
 * are lost for good.
 */
export function reconciling(options: {
  readonly calls: Pick<Calls, 'openOfSlot' | 'findAll' | 'voidClaim'>;
  readonly ari: Pick<AriClient, 'channels' | 'channel' | 'hangUp' | 'info'>;
  readonly followed: FollowedCalls;
  readonly held: Pick<HeldSlots, 'holds'>;
  readonly order: SerializeByKey;
  readonly move: MoveCall;
  readonly continueCall: ContinueCall;
  readonly underWay: ReadonlySet<string>;
  readonly log: Logger;
}): Reconcile {
  const { calls, ari, followed, held, order, move, continueCall, underWay, log } = options;
  /** Per slot: channels that were missing at the last look, and since when. */
  const goneSince = new Map<number, Map<string, number>>();

  return async (lease, receivedAll) => {
    const before = followed.attempts();
    // The rows first: a channel that is missing from a list made after them is missing for a reason.
    const { calls: rows, at } = await calls.openOfSlot(lease.slotId);
    const reply = await ari.channels();
    if (reply.kind !== 'ok') throw new Error(`Asterisk did not list its channels: ${reply.kind}`);
    const channels = new Map(reply.body.map((channel) => [channel.id, channel]));
    // What this look shows, and what it misses, may have been said on the socket before: that knows how and when.
    const heard = await receivedAll();

    const open = rows.filter(({ claim }) => claim?.slotEpoch === lease.epoch);
    updateFollowed(lease, open, before);
    const look = { lease, channels, at, heard, gone: new Map<string, number>(), restart: restartTime() };
    let lookAgain = false;
    for (let n = 0; n < open.length; n += SIDE_BY_SIDE) {
      const again = await Promise.all(open.slice(n, n + SIDE_BY_SIDE).map((call) => settleOrComplain(call, look)));
      lookAgain ||= again.includes(true);
    }
    goneSince.set(lease.slotId, look.gone);
    await removeStrays(look, open);
    if (!heard) throw new Error('the event socket closed');

    const inApp = [...channels.values()].filter((channel) => isInApp(channel, (app) => app === lease.app)).length;
    return { openCalls: open.length, channels: inApp, lookAgain };
  };

  /** What was known before the rows were read must not be older than they are, nor outlive them. */
  function updateFollowed(lease: Lease, open: readonly Call[], before: ReturnType<FollowedCalls['attempts']>): void {
    const openIds = new Set(open.map(({ id }) => id));
    for (const [id, attempt] of before) {
      const known = followed.get(id)?.call;
      if (known?.claim?.slotId === lease.slotId && !openIds.has(id) && !underWay.has(id)) followed.forget(id, attempt);
    }
    for (const call of open) if (followed.get(call.id) !== undefined) followed.learn(call);
  }

  interface Look {
    readonly lease: Lease;
    readonly channels: ReadonlyMap<string, AriChannel>;
    /** The database's time when the rows were read. */
    readonly at: Date;
    /** Whether all was heard that Asterisk had said before; if not, what is missing may have ended as nobody knows yet. */
    readonly heard: boolean;
    /** Channels that this look misses, and since when they are missing. */
    readonly gone: Map<string, number>;
    /** When Asterisk was started, asked for at most once. */
    readonly restart: () => Promise<Date | null>;
  }

  /** One call that cannot be settled must not keep the others from it. */
  async function settleOrComplain(call: Call, look: Look): Promise<boolean> {
    try {
      return await settle(call, look);
    } catch (error) {
      log.warn({ callId: call.id, error }, 'Call not reconciled');
      return true;
    }
  }

  /** @returns whether the call must be looked at again soon. */
  async function settle(call: Call, look: Look): Promise<boolean> {
    const { lease } = look;
    if (call.channelId === null || !held.holds(lease.slotId, lease.epoch)) return false;
    const channel = await find(call.channelId, look);
    const action = reconcileAction(call, channel, look.at, underWay.has(call.id));
    if (action !== 'nothing') log.info({ callId: call.id, status: call.status, action }, 'Call reconciled');

    switch (action) {
      case 'nothing':
        return false;
      case 'look_again':
        return true;
      case 'void_then_hang_up': {
        const token = { attempt: call.attempt, slotEpoch: lease.epoch };
        // Refused when it was dialled since its row was read: then it is somebody's call, and no channel of it is touched.
        if (!(await calls.voidClaim(call.id, token, 'reconciled', 0))) return true;
        followed.forget(call.id, call.attempt);
        await ari.hangUp(call.channelId);
        return false;
      }
      case 'hang_up_overdue': {
        // The look is some seconds old by now, and whoever picked up late is not overdue.
        const now = await ari.channel(call.channelId);
        if (now.kind === 'ok' && now.body.state !== 'Up') await ari.hangUp(call.channelId);
        return true;
      }
      case 'write_answered':
        await write(call, { type: 'answered' });
        return false;
      case 'write_answered_and_continue':
        await write(call, { type: 'answered' });
        await continueIfItWaits(call, call.channelId, lease.app);
        return false;
      case 'write_ringing':
        await write(call, { type: 'ringing' });
        return false;
      case 'write_lost': {
        const restart = await look.restart();
        const restarted = restart !== null && call.dialSentAt !== null && restart > call.dialSentAt;
        await write(call, { type: 'lost', restarted });
        return false;
      }
    }
  }

  /** The list may be old by now: a channel that was sent on meanwhile may be in an application of the customer's own. */
  async function continueIfItWaits(call: Call, name: string, app: string): Promise<void> {
    const reply = await ari.channel(name);
    if (reply.kind !== 'ok' || !isInApp(reply.body, (own) => own === app)) return;
    (followed.get(call.id) ?? followed.learn(call)).continued = false;
    void continueCall(name);
  }

  async function find(name: string, { lease, channels, heard, gone }: Look): Promise<ChannelSeen> {
    const listed = channels.get(name);
    if (listed !== undefined) return seen(listed, lease.app);
    const reply = await ari.channel(name);
    if (reply.kind === 'ok') return seen(reply.body, lease.app);
    if (!(reply.kind === 'refused' && reply.status === 404)) {
      throw new Error(`Asterisk did not show a channel: ${reply.kind}`);
    }
    const since = goneSince.get(lease.slotId)?.get(name) ?? performance.now();
    gone.set(name, since);
    return { seen: 'gone', confirmed: heard && performance.now() - since >= GONE_TWICE_MS };
  }

  /** Behind the events already heard of this call: what was heard knows more than what was seen. */
  async function write(call: Call, event: CallEvent): Promise<void> {
    const receivedAt = performance.now();
    await order.run(call.id, async () => {
      const known = await retryWhileDatabaseIsDown(() => followed.find(call.id, call.attempt));
      if (known?.call.attempt === call.attempt) await move(known, { event, receivedAt, source: 'sweep' });
    });
  }

  /** Null only where Asterisk will not say it: one that could not be asked just now is asked again. */
  function restartTime(): () => Promise<Date | null> {
    let asked: Promise<Date | null> | undefined;
    const ask = async () => {
      const reply = await ari.info();
      if (reply.kind === 'ok') return parseAriTime(reply.body.status?.startup_time);
      if (reply.kind === 'refused') return null;
      throw new Error(`Asterisk did not say when it was started: ${reply.kind}`);
    };
    return () => (asked ??= ask());
  }

  async function removeStrays({ lease, channels }: Look, open: readonly Call[]): Promise<void> {
    const wanted = new Set(open.map(({ channelId: channel }) => channel));
    const candidates = [...channels.values()].flatMap((channel) => {
      const attempt = wanted.has(channel.id) ? null : parseChannelId(channel.id);
      return attempt === null ? [] : [{ channel, ...attempt }];
    });
    const rows = await calls.findAll(candidates.map(({ callId }) => callId));
    for (const { channel, callId, attempt } of candidates) {
      const inApp = isInApp(channel, (app) => app === lease.app);
      if (!held.holds(lease.slotId, lease.epoch)) throw new Error('the slot was lost meanwhile');
      if (!isStray(rows.get(callId) ?? null, attempt, inApp)) continue;
      log.warn({ callId, channel: channel.id }, 'Surplus channel removed');
      await ari.hangUp(channel.id);
    }
  }
}
