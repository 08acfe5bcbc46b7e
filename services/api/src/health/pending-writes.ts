import type { PendingWritesReport, WorkerReport } from '@dialgate/redis';
import { reason, type HealthReason } from './reasons.js';

/** A write takes milliseconds. If one waits longer than a worker's lease, its database is away or too slow. */
const LATE_SECONDS = 6;

/** How long it matters that writes were dropped. By then their calls have been reconciled many times. */
const DROP_REMEMBERED_SECONDS = 600;

/** What is wrong with the writes that wait in workers, in sentences for an operator. Names of machines are for admins. */
export function pendingWriteReasons(reports: readonly WorkerReport[], isAdmin: boolean): HealthReason[] {
  return reports.flatMap(({ holder, facts }) => {
    const worker = isAdmin ? `The worker ${holder}` : 'A worker';
    return [
      ...(isLate(facts)
        ? [reason('writes_late', `${worker} cannot write to PostgreSQL: ${facts.waiting} pending writes wait there.`)]
        : []),
      ...(hasDropped(facts)
        ? [
            reason(
              'writes_dropped',
              `${worker} has dropped ${facts.dropped} pending writes, too many waited: calls may end as lost.`,
            ),
          ]
        : []),
    ];
  });
}

/** The pending writes of all workers together. */
export function sumOfPendingWrites(reports: readonly WorkerReport[]): { waiting: number; dropped: number } {
  return {
    waiting: reports.reduce((sum, { facts }) => sum + facts.waiting, 0),
    dropped: reports.reduce((sum, { facts }) => sum + facts.dropped, 0),
  };
}

/** Whether a write waits for longer than it should. */
function isLate({ oldestSeconds }: PendingWritesReport): boolean {
  return oldestSeconds !== null && oldestSeconds > LATE_SECONDS;
}

/** Whether writes were dropped lately, so that calls of these minutes may have ended as `lost`. */
function hasDropped({ lastDroppedSecondsAgo }: PendingWritesReport): boolean {
  return lastDroppedSecondsAgo !== null && lastDroppedSecondsAgo <= DROP_REMEMBERED_SECONDS;
}
