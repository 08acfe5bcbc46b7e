import type { HangupCause } from './hangup-cause.js';

/**
 * Why a call did not simply take its course, in one word. Stands beside the status, never inside it. With `failed` it is
 * always set; with `busy` it may say `declined`, with `completed` it may say `lost` or `asterisk_restarted`.
 */
export const FAILURE_REASONS = {
  declined: 'The callee pushed the call away (SIP 603).',
  unreachable: 'The far end never rang: a dead trunk, a dead phone, no way there.',
  invalid_number: 'The network knows no such number, or the number is incomplete.',
  number_changed: 'The number is no longer in use.',
  rejected: 'The far end or the trunk refused the call.',
  redirected: 'The far end pointed to another number; calls are not forwarded.',
  routing_loop: 'The call went in circles on its way (SIP 483).',
  congestion: 'The network or the trunk had no room or was out of order.',
  media: 'The two sides share no codec or bearer.',
  interworking: 'The far end answered with something that has no better name (Q.850 127).',
  hung_up_locally: 'Asterisk or its operator ended the call before anybody answered.',
  dialplan_missing: 'The dialplan has no such context, extension and priority. Nobody was rung.',
  trunk_unavailable: 'Asterisk could not make a channel for the endpoint. Nobody was rung.',
  invalid_request: 'Asterisk refused to create the channel as malformed. Nobody was rung.',
  not_allowed:
    'Settings, the user’s permissions or suspension, the do-not-call list or the hour forbid it by now. Nobody was rung.',
  not_dialed: 'Asterisk refused the dial request, or never got it. Nobody was rung.',
  expired: 'It was not dialled before its time was over. Nobody was rung.',
  outcome_unknown: 'It was dialled, and what became of it could not be seen.',
  lost: 'It ended while nobody could see how.',
  asterisk_restarted: 'Asterisk was restarted while the call was up.',
  other: 'It failed with a hangup cause that has no word of its own; see the cause.',
} as const;

export type FailureReason = keyof typeof FAILURE_REASONS;

/** Q.850 causes of a call that was never answered, where the cause alone decides. */
const REASON_OF_CAUSE: Readonly<Record<number, FailureReason>> = {
  1: 'invalid_number',
  3: 'unreachable',
  20: 'unreachable',
  21: 'rejected',
  22: 'number_changed',
  23: 'redirected',
  25: 'routing_loop',
  27: 'congestion',
  28: 'invalid_number',
  29: 'rejected',
  34: 'congestion',
  38: 'congestion',
  41: 'congestion',
  42: 'congestion',
  44: 'congestion',
  47: 'congestion',
  58: 'media',
  65: 'media',
  88: 'media',
  102: 'congestion',
  127: 'interworking',
};

/** The reason a failed call gets from its hangup cause (Q.850); `other` for causes that say nothing. */
export function reasonOfCause(cause: HangupCause | null): FailureReason {
  return (cause === null ? undefined : REASON_OF_CAUSE[cause]) ?? 'other';
}
