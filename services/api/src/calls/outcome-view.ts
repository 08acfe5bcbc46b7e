import { COUNTED_AT_MOST, type Backlog, type OutcomeCount } from '@dialgate/database';
import { CALL_STATUSES, isFinal } from '@dialgate/domain';

/** What became of the calls of some time, and what waits. @param now for how long the oldest has been waiting. */
export function outcomeView(since: Date, counts: readonly OutcomeCount[], backlog: Backlog, now: Date) {
  const sum = (of: (count: OutcomeCount) => number, some = counts): number =>
    some.reduce((total, count) => total + of(count), 0);
  const total = sum(({ calls }) => calls);
  const answered = sum(({ answered: of }) => of);
  // Those that are still on their way say nothing yet of how many are answered.
  const settled = sum(({ status, dialed, answered: of }) => (isFinal(status) ? dialed : of));
  const talked = sum(({ talked: of }) => of);
  const reasons = [...new Set(counts.flatMap(({ failureReason }) => failureReason ?? []))];
  const { waiting, oldestCreatedAt } = backlog;
  return {
    since: since.toISOString(),
    total,
    /** Whether there were more than are counted at once. */
    truncated: total >= COUNTED_AT_MOST,
    by_status: Object.fromEntries(
      CALL_STATUSES.map((status) => [
        status,
        sum(
          ({ calls }) => calls,
          counts.filter((one) => one.status === status),
        ),
      ]),
    ),
    by_failure_reason: Object.fromEntries(
      reasons.map((reason) => [
        reason,
        sum(
          ({ calls }) => calls,
          counts.filter((one) => one.failureReason === reason),
        ),
      ]),
    ),
    answer_ratio: settled === 0 ? null : Math.round((answered / settled) * 10_000) / 10_000,
    average_duration_seconds:
      talked === 0 ? null : Math.round((sum(({ talkSeconds }) => talkSeconds) / talked) * 10) / 10,
    queue: {
      waiting,
      oldest_waiting_seconds:
        oldestCreatedAt === null ? null : Math.max(0, Math.round((now.getTime() - oldestCreatedAt.getTime()) / 1_000)),
    },
  };
}
