import type { Call } from '../call.js';
import type { FailureReason } from '../failure-reason.js';
import type { FinalStatus } from '../status.js';

/** After what the client wants another call: a closed list, each with its sentence for people. */
export const RETRY_CAUSES = {
  busy: 'The line was busy, or the callee declined: status `busy`.',
  no_answer: 'Nobody picked up: status `no_answer`.',
  unreachable:
    'The call did not get as far as a phone: status `failed` with reason `unreachable`, `congestion` or `trunk_unavailable`.',
} as const;

export type RetryCause = keyof typeof RETRY_CAUSES;

/**
 * Of each reason, whether it counts as `unreachable`: no phone has rung, and a later call may get through. What nobody could see
 * the end of does not (`lost`, `outcome_unknown`, `asterisk_restarted`): there a phone may have rung.
 */
const IS_UNREACHABLE: Readonly<Record<FailureReason, boolean>> = {
  declined: false,
  unreachable: true,
  invalid_number: false,
  number_changed: false,
  rejected: false,
  redirected: false,
  routing_loop: false,
  congestion: true,
  media: false,
  interworking: false,
  hung_up_locally: false,
  dialplan_missing: false,
  trunk_unavailable: true,
  invalid_request: false,
  not_allowed: false,
  not_dialed: false,
  expired: false,
  outcome_unknown: false,
  lost: false,
  asterisk_restarted: false,
  other: false,
};

/** How many calls an order may make beside its first. */
export const RETRIES = { min: 1, max: 10 };

/** From the end of a call to the next, in seconds: a day at most. */
export const RETRY_AFTER_SECONDS = { min: 60, max: 86_400 };

/** How long an order goes on, in seconds: a week at most. */
export const RETRY_WITHIN_SECONDS = { min: 60, max: 604_800, default: 86_400 };

/** What a client orders beside a call: to be called again. */
export interface Retry {
  /** How many calls more there may be. */
  readonly max: number;
  readonly on: readonly RetryCause[];
  readonly afterSeconds: number;
  /** No further call is made later than this after the first may be dialled. */
  readonly withinSeconds: number;
}

/** Why an order is over: a closed list, each with its sentence for people. */
export const ORDER_ENDS = {
  answered: 'Somebody picked up.',
  not_retried: 'The last call ended in a way for which no other was ordered.',
  exhausted: 'As many calls were made as were ordered.',
  canceled: 'The client took it back.',
  out_of_time: 'No hour for another call came within the time of the order.',
  refused: 'Another call may not be placed; `refusal` says why.',
  erased: 'The personal data of its calls was erased.',
} as const;

export type OrderEnd = keyof typeof ORDER_ENDS;

/** An order as it is written down. All times are the database's own. */
export interface CallOrder extends Omit<Retry, 'withinSeconds'> {
  /** That of its first call. */
  readonly id: string;
  /** No call is made after this. */
  readonly endsAt: Date;
  /** How long each of its calls may wait to be dialled, in milliseconds. */
  readonly expiresInMs: number;
  /** 1 with the first. */
  readonly callsMade: number;
  readonly lastCallId: string;
  /** When the next call is due; null while none is. */
  readonly nextTryAt: Date | null;
  readonly cancelRequestedAt: Date | null;
  readonly settledAt: Date | null;
  /** Why it is over; null before. */
  readonly end: OrderEnd | null;
  /** The status of its last call: what came of the order; null before its end. */
  readonly result: FinalStatus | null;
  /** With `refused`: the code of the refusal. */
  readonly refusal: string | null;
}

/** As what a call that is over counts for a retry; null for what is never called again. */
export function retryCauseOf({ status, failureReason }: Pick<Call, 'status' | 'failureReason'>): RetryCause | null {
  if (status === 'busy' || status === 'no_answer') return status;
  return status === 'failed' && failureReason !== null && IS_UNREACHABLE[failureReason] ? 'unreachable' : null;
}
