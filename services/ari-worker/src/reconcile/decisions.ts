import { isLostDial, OVERDUE_GRACE_MS, type Call } from '@dialgate/domain';
import { isInApp } from '../ari/channels.js';
import type { AriChannel } from '../ari/events.js';

/** What a snapshot of Asterisk shows of a call's channel. */
export type ChannelSeen =
  /** `dialed`: the far end has said something to its INVITE. `confirmed`: it was seen so twice, at least 2 s apart. */
  | { readonly seen: 'down'; readonly dialed: boolean; readonly confirmed: boolean }
  | { readonly seen: 'ringing' }
  | { readonly seen: 'up'; readonly inOurApp: boolean }
  | { readonly seen: 'gone'; readonly confirmed: boolean };

/** What is to be done about an open call, by its row and its channel. */
export type ReconcileAction =
  | 'nothing'
  /** The database has lost the commit that permitted its dial: the row is made true, and the call reconciled again. */
  | 'restore_dial'
  /** It was never dialled and nobody here works on it: give the claim back; if that succeeds, remove the channel. */
  | 'void_then_hang_up'
  /** It has been silent for too long: hang up, and reconcile again. */
  | 'hang_up_overdue'
  | 'write_ringing'
  | 'write_answered'
  | 'write_answered_and_continue'
  | 'reconcile_again'
  | 'write_lost';

/** When something was read, by the database's clock, and for how many milliseconds that had gone on without a jump. */
export interface ReadAt {
  readonly at: Date;
  readonly steadyForMs: number;
}

/**
 * The rules of reconciling an open call that was read before its channel was looked at. Pure.
 *
 * @param read the database's time when the row was read, and for how many milliseconds its clock had been steady then.
 * @param originateUnderWay whether this worker is just originating it.
 * @param dialedHere whether this worker has dialled this attempt.
 */
export function reconcileAction(
  call: Call,
  channel: ChannelSeen,
  read: ReadAt,
  originateUnderWay: boolean,
  dialedHere: boolean,
): ReconcileAction {
  switch (call.status) {
    case 'pending':
      if (call.claim === null || originateUnderWay) return 'nothing';
      if (isLostDial(call, dialedHere || isDialed(channel))) return 'restore_dial';
      // A former holder who has dialled it, and lost that with its slot, says so in the meantime.
      return 'confirmed' in channel && channel.confirmed ? 'void_then_hang_up' : 'reconcile_again';

    case 'dialing':
    case 'ringing':
      // Whoever originates it is about to say what came of it, or that nobody was rung.
      if (channel.seen === 'gone') return channel.confirmed && !originateUnderWay ? 'write_lost' : 'reconcile_again';
      if (channel.seen === 'up') return channel.inOurApp ? 'write_answered_and_continue' : 'write_answered';
      if (isOverdue(call, read)) return 'hang_up_overdue';
      return call.status === 'dialing' && channel.seen === 'ringing' ? 'write_ringing' : 'nothing';

    case 'answered':
      if (channel.seen === 'gone') return channel.confirmed ? 'write_lost' : 'reconcile_again';
      return channel.seen === 'up' && channel.inOurApp ? 'write_answered_and_continue' : 'nothing';

    case 'completed':
    case 'busy':
    case 'no_answer':
    case 'failed':
    case 'canceled':
      return 'nothing';
  }
}

/** One that is down may have been dialled all the same, and one that is gone as well. */
function isDialed(channel: ChannelSeen): boolean {
  return channel.seen === 'down' ? channel.dialed : channel.seen !== 'gone';
}

/** By a clock that was set forward a phone seems to have rung for longer than it has: it gets all of its time from then on. */
function isOverdue({ dialSentAt, ringTimeoutMs }: Call, { at, steadyForMs }: ReadAt): boolean {
  const longestMs = ringTimeoutMs + OVERDUE_GRACE_MS;
  return dialSentAt !== null && at.getTime() - dialSentAt.getTime() > longestMs && steadyForMs > longestMs;
}

/** What a channel shows by itself. It waits for us only in our own application. */
export function seen(channel: AriChannel, app: string): ChannelSeen {
  if (channel.state === 'Ringing') return { seen: 'ringing' };
  if (channel.state !== 'Up') return { seen: 'down', dialed: false, confirmed: false };
  return { seen: 'up', inOurApp: isInApp(channel, (name) => name === app) };
}

/**
 * Whether a channel that bears the name of an attempt at a call, but belongs to no open row of ours, is a stray one. It may be
 * another slot's: nobody else removes a channel whose worker died after it had created it.
 *
 * @param call the call's row, read after the channel was seen; null when there is none.
 * @param inApp whether the channel is in our application: without a row, only that makes it ours.
 */
export function isStray(call: Call | null, attempt: number, inApp: boolean): boolean {
  if (call === null) return inApp;
  // A channel of an attempt that its row has not come to is one of a claim that the database has lost: its own slot knows more.
  const voided = call.status === 'pending' && call.claim === null && (call.attempt >= attempt || inApp);
  return call.endedAt !== null || voided || call.attempt > attempt;
}
