import type { FactBacklog, WorkerReport } from '@dialgate/redis';

/** Facts are written within milliseconds; longer than a worker's lease, and its database is away or too slow. */
const LATE_SECONDS = 6;

/** How long it is of interest that facts were dropped: by then their calls have been reconciled many times over. */
const DROP_REMEMBERED_SECONDS = 600;

/** Whether what was heard waits for longer than it should to be written down. */
export function isLate({ oldestSeconds }: FactBacklog): boolean {
  return oldestSeconds !== null && oldestSeconds > LATE_SECONDS;
}

/** Whether facts were dropped of late, so that calls of these minutes may have ended as `lost`. */
export function hasDropped({ lastDroppedSecondsAgo }: FactBacklog): boolean {
  return lastDroppedSecondsAgo !== null && lastDroppedSecondsAgo <= DROP_REMEMBERED_SECONDS;
}

/** What is wrong with what workers keep, in sentences for an operator. Names of machines are for admins. */
export function factProblems(reports: readonly WorkerReport[], isAdmin: boolean): string[] {
  return reports.flatMap(({ holder, facts }) => {
    const worker = isAdmin ? `The worker ${holder}` : 'A worker';
    return [
      ...(isLate(facts)
        ? [`${worker} cannot write to PostgreSQL: ${facts.waiting} facts about calls wait there to be written down.`]
        : []),
      ...(hasDropped(facts)
        ? [`${worker} has dropped ${facts.dropped} facts about calls, too many waited: calls may end as lost.`]
        : []),
    ];
  });
}

/** What all workers keep together. */
export function sumOfFacts(reports: readonly WorkerReport[]): { waiting: number; dropped: number } {
  return {
    waiting: reports.reduce((sum, { facts }) => sum + facts.waiting, 0),
    dropped: reports.reduce((sum, { facts }) => sum + facts.dropped, 0),
  };
}
