import type { HungUp } from './events.js';
import { reasonOfCause, type FailureReason } from './failure-reason.js';
import type { FinalStatus } from './status.js';

export interface Outcome {
  readonly status: FinalStatus;
  readonly reason: FailureReason | null;
}

/** What a call that was dialled had come to when its channel ended. */
export interface DialedSoFar {
  readonly answered: boolean;
  /** Whether ringing or early media was ever received. */
  readonly rang: boolean;
  /** Whether the client had asked for its end. */
  readonly cancelRequested: boolean;
}

/**
 * What became of a call that was dialled, once its channel has ended. The first rule that fits decides. Right for every
 * recorded ending of a real Asterisk 22 (packages/tools/testing/recordings).
 */
export function outcomeOf(end: HungUp, call: DialedSoFar): Outcome {
  for (const [fits, outcome] of rules(end, call)) if (fits) return outcome;
  const hungUpHere = end.requestedBy === 'our_side' || end.cause === 16;
  return { status: 'failed', reason: hungUpHere ? 'hung_up_locally' : reasonOfCause(end.cause) };
}

function rules(end: HungUp, call: DialedSoFar): [fits: boolean, outcome: Outcome][] {
  const { cause, sipStatus, dialResult } = end;
  // Deleting a channel whose dial never reached Asterisk says 16 with 603 (measured); a real 603 comes with 21.
  const neverDialed = cause === 16 && sipStatus === 603;
  const local = end.requestedBy === 'our_side' || (cause === 16 && sipStatus === null) || neverDialed;
  const ringTimeout = end.requestedBy === 'our_side' && cause === 19;
  // A cause that came with a hangup of our own is not the far end's word, whatever it says.
  const theirs = end.requestedBy !== 'our_side';

  return [
    // An answered call is a completed call, whatever the cause says.
    [call.answered || end.wasUp, { status: 'completed', reason: null }],
    [call.cancelRequested && local, { status: 'canceled', reason: null }],
    [neverDialed, { status: 'failed', reason: 'not_dialed' }],
    // 483 Too Many Hops comes with cause 19, which would otherwise read as an unanswered phone.
    [sipStatus === 483, { status: 'failed', reason: 'routing_loop' }],
    // 603 Decline: the callee pushed us away, which is how a mobile phone says busy. 403 shares its cause 21.
    [theirs && cause === 21 && sipStatus === 603, { status: 'busy', reason: 'declined' }],
    [(theirs && cause === 17) || dialResult === 'busy', { status: 'busy', reason: null }],
    [dialResult === 'congestion', { status: 'failed', reason: 'congestion' }],
    // A dead trunk is not an unanswered phone: with neither ringing nor progress nobody was ever alerted.
    [!call.rang && (ringTimeout || sipStatus === 408), { status: 'failed', reason: 'unreachable' }],
    [cause === 18 || cause === 19, { status: 'no_answer', reason: null }],
  ];
}

/** Whether the channel ended because our side removed it; one that was never dialled says 16 with 603 then (measured). */
export function isOurDoing({ requestedBy, cause, sipStatus }: HungUp): boolean {
  return requestedBy === 'our_side' || (cause === 16 && sipStatus === 603);
}

/** Who ended a call whose channel ended like this. */
export type HangupBy = 'callee' | 'gateway' | 'dialplan' | 'unknown';

/**
 * Who hung up. A hangup that the far end asked for is announced without `soft`, ours with it, and one by the dialplan is
 * not announced at all (measured on Asterisk 22.10).
 */
export function hangupBy(end: HungUp, answered: boolean): HangupBy {
  if (end.requestedBy === 'far_end' || end.dialResult === 'busy') return 'callee';
  if (end.requestedBy === 'our_side') return 'gateway';
  return answered || end.wasUp ? 'dialplan' : 'unknown';
}
