/**
 * The states a call can be in, in the order in which a call can reach them.
 *
 * - `pending`: accepted and written down. The API puts it here; claiming it and creating its channel leave it here,
 *   because nobody's phone has been touched yet. It leaves by the dial, by a cancellation, by expiry or by a refusal.
 * - `dialing`: the one dial request of this call's life is being sent. The worker that won the dial compare-and-set puts
 *   it here, and nobody else may dial for this call. A permission that was never used is given back: `pending` again.
 *   One that was used never is, and nobody may ever dial for this call again.
 * - `ringing`: the far end said that it is alerting (180) or playing early media (183).
 * - `answered`: somebody picked up. The call now runs its dialplan context.
 * - `completed` (final): it was answered and has ended, whoever ended it and why.
 * - `busy` (final): the callee's line was busy or the callee declined.
 * - `no_answer` (final): it rang and nobody picked up in time, or the network said that nobody would.
 * - `failed` (final): it could not be put through; `failureReason` says why.
 * - `canceled` (final): the client took it back before anybody answered.
 */
export const CALL_STATUSES = [
  'pending',
  'dialing',
  'ringing',
  'answered',
  'completed',
  'busy',
  'no_answer',
  'failed',
  'canceled',
] as const;

export type CallStatus = (typeof CALL_STATUSES)[number];

/** What each status means to a client. */
export const STATUS_MEANINGS: Readonly<Record<CallStatus, string>> = {
  pending: 'accepted, waits to be dialled',
  dialing: 'the one dial request of its life is being sent',
  ringing: 'the far end says that it rings',
  answered: 'somebody picked up; the call runs its dialplan context',
  completed: 'final: it was answered and is over',
  busy: 'final: the line was busy, or the callee declined',
  no_answer: 'final: it rang, and nobody picked up in time',
  failed: 'final: it could not be put through; `failure_reason` says why',
  canceled: 'final: the client took it back before anybody answered',
};

export const FINAL_STATUSES = ['completed', 'busy', 'no_answer', 'failed', 'canceled'] as const satisfies CallStatus[];

export type FinalStatus = (typeof FINAL_STATUSES)[number];

const FINALS: ReadonlySet<CallStatus> = new Set(FINAL_STATUSES);

/** Whether nothing can happen to a call any more. */
export function isFinal(status: CallStatus): status is FinalStatus {
  return FINALS.has(status);
}

/**
 * How far a call in this status has come: 0 (`pending`) to 4 (any final status). It falls only where a permission to
 * dial is given back unused (`RETURNED_PERMIT`), which ends that attempt.
 */
export function rankOf(status: CallStatus): number {
  return isFinal(status) ? 4 : CALL_STATUSES.indexOf(status);
}
