import type { FailureReason } from './failure-reason.js';
import type { HangupCause } from './hangup-cause.js';

/**
 * What the end of a channel told us, with everything received shortly before it that helps to read it.
 *
 * Produced by a channel's destruction, or earlier by a terminal dial result, which decides at once.
 */
export interface HungUp {
  readonly type: 'hung_up';
  /** Q.850 cause, or null when only a dial result is known so far. */
  readonly cause: HangupCause | null;
  /** The SIP response that ended the call, or null when there was none. */
  readonly sipStatus: number | null;
  /** Which side asked for the hangup, as far as it was announced; null when nobody announced it. */
  readonly requestedBy: 'far_end' | 'our_side' | null;
  /** A terminal dial result that came ahead of the end, or null. */
  readonly dialResult: 'busy' | 'congestion' | null;
  /** Whether the channel was answered when it ended, even if the answer itself was not received. */
  readonly wasUp: boolean;
}

/** Everything that can happen to a call, in words that know nothing of Asterisk. */
export type CallEvent =
  /** The one dial of this call's life is being sent. */
  | { readonly type: 'dial_sent' }
  /** The call was turned down before it could ring anybody. */
  | { readonly type: 'refused'; readonly reason: FailureReason }
  /** The far end is alerting or plays early media. */
  | { readonly type: 'ringing' }
  | { readonly type: 'answered' }
  | HungUp
  /** The client does not want the call any more. */
  | { readonly type: 'cancel_requested' }
  /** The time in which it should have been dialled is over. */
  | { readonly type: 'expired' }
  /** It is gone and nobody saw how; `restarted` when Asterisk itself was restarted meanwhile. */
  | { readonly type: 'lost'; readonly restarted: boolean };

export type CallEventType = CallEvent['type'];
