import type { Call } from './call.js';
import type { CallEvent, CallEventType } from './events.js';
import type { FailureReason } from './failure-reason.js';
import type { HangupCause } from './hangup-cause.js';
import { hangupBy, isOurDoing, outcomeOf, type HangupBy } from './outcome.js';
import { isFinal, type CallStatus } from './status.js';

/**
 * One move of a call. It is written only if the call is still in `from`, and its cancel request is as it was at the decision.
 * Null leaves a column as it is.
 */
export interface Transition {
  readonly from: CallStatus;
  /** Whether the client had asked for the call's end. */
  readonly cancelRequested: boolean;
  readonly to: CallStatus;
  readonly event: CallEventType;
  readonly failureReason: FailureReason | null;
  readonly hangupCause: HangupCause | null;
  readonly sipStatus: number | null;
  readonly hangupBy: HangupBy | null;
}

/** What a decision needs to know of a call. */
export interface CallSoFar {
  readonly status: CallStatus;
  /** Whether the one dial of its life was permitted. */
  readonly dialed: boolean;
  /** Whether ringing or early media was ever received. */
  readonly rang: boolean;
  /** Whether the client has asked for its end. */
  readonly cancelRequested: boolean;
}

/** How far a call has come, by its row. */
export function soFar({ status, dialSentAt, ringingAt, cancelRequestedAt }: Call): CallSoFar {
  return { status, dialed: dialSentAt !== null, rang: ringingAt !== null, cancelRequested: cancelRequestedAt !== null };
}

/** How far a call has come that waits to be dialled. */
export const WAITING: CallSoFar = { status: 'pending', dialed: false, rang: false, cancelRequested: false };

/**
 * The one move that is not in the table, and the one way back: a permission to dial that was never used is given back, and
 * the call waits again. Nothing was sent, so nobody was rung; no event of a call can bring it about.
 */
export const RETURNED_PERMIT = {
  from: 'dialing',
  to: 'pending',
  event: 'permit_returned',
} as const satisfies { from: CallStatus; to: CallStatus; event: string };

/**
 * Every move of a call but one, `RETURNED_PERMIT`: where each event takes it. A status: there. `outcome`: to what the end of the
 * channel means. `noted`: the status stays, the row learns something (a cancel request, a cause). Absent: the event says nothing
 * new and is ignored.
 */
export const TRANSITIONS: Readonly<
  Record<CallStatus, Partial<Record<CallEventType, CallStatus | 'outcome' | 'noted'>>>
> = {
  pending: {
    dial_sent: 'dialing',
    refused: 'failed',
    // Claimed or not: whoever is about to dial loses the dial compare-and-set.
    cancel_requested: 'canceled',
    expired: 'failed',
  },
  dialing: {
    refused: 'failed',
    ringing: 'ringing',
    answered: 'answered',
    hung_up: 'outcome',
    cancel_requested: 'noted',
    lost: 'failed',
  },
  ringing: {
    answered: 'answered',
    hung_up: 'outcome',
    cancel_requested: 'noted',
    lost: 'failed',
  },
  answered: {
    hung_up: 'outcome',
    cancel_requested: 'noted',
    lost: 'completed',
  },
  completed: { hung_up: 'noted' },
  busy: { hung_up: 'noted' },
  no_answer: { hung_up: 'noted' },
  failed: { hung_up: 'noted' },
  canceled: { hung_up: 'noted' },
};

/** What an event does to a call, or null when it does nothing. Pure; the same answer every time. */
export function transitionFor(event: CallEvent, call: CallSoFar): Transition | null {
  const cell = TRANSITIONS[call.status][event.type];
  if (cell === undefined) return null;

  const { cancelRequested } = call;
  const move = { from: call.status, cancelRequested, event: event.type, ...NOTHING_LEARNED };

  if (event.type === 'hung_up') {
    // The end of a channel that was never dialled is nobody's outcome: deleting one says 603 (measured).
    if (!call.dialed) return null;
    const answered = call.status === 'answered';
    const learned = { hangupCause: event.cause, sipStatus: event.sipStatus, hangupBy: hangupBy(event, answered) };
    // How our own removal of a channel ends says nothing of a call that was over before.
    if (cell === 'noted') return isOurDoing(event) ? null : { ...move, ...learned, to: call.status };
    const outcome = outcomeOf(event, { answered, rang: call.rang, cancelRequested });
    return { ...move, ...learned, to: outcome.status, failureReason: outcome.reason };
  }

  // A cancel request that Asterisk turned down together with the dial is fulfilled: nobody was rung.
  if (event.type === 'refused' && cancelRequested) return { ...move, to: 'canceled' };

  const to = cell === 'noted' || cell === 'outcome' ? call.status : cell;
  return { ...move, to, failureReason: isFinal(to) ? reasonFor(event, call.status) : null };
}

/** @throws Error when the event does nothing to the call: for events of which the table says that they do. */
export function requiredTransition(event: CallEvent, call: CallSoFar): Transition {
  const transition = transitionFor(event, call);
  if (transition === null) throw new Error(`${event.type} does nothing to a call that is ${call.status}`);
  return transition;
}

const NOTHING_LEARNED = { failureReason: null, hangupCause: null, sipStatus: null, hangupBy: null };

function reasonFor(event: CallEvent, from: CallStatus): FailureReason | null {
  switch (event.type) {
    case 'refused':
      return event.reason;
    case 'expired':
      return 'expired';
    case 'lost':
      if (event.restarted) return 'asterisk_restarted';
      return from === 'dialing' ? 'outcome_unknown' : 'lost';
    case 'dial_sent':
    case 'ringing':
    case 'answered':
    case 'hung_up':
    case 'cancel_requested':
      return null;
  }
}
