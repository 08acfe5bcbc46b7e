import type { WorkerTimes } from '@dialgate/database';

/**
 * When a worker takes slots of others: adopts them, once it has renewed its own leases steadily for a while. After an outage of
 * the database all leases have run out, and their holders need a moment to renew them.
 */
export function createAdoption(times: WorkerTimes, adoptOne: (mayStill: () => boolean) => Promise<boolean>) {
  let steadySince: number | undefined;
  let steadyUntil = 0;
  let failedAt = -Infinity;

  /** Only as long as the last renewal is fresh: one that is not answered yet may be the first of an outage. */
  function isSteady(): boolean {
    const now = performance.now();
    return now - (steadySince ?? Infinity) >= times.adoptAfterMs && now - steadyUntil <= times.steadyGapMs;
  }

  function renewalFailed(): void {
    steadySince = undefined;
    failedAt = performance.now();
  }

  return {
    /** @returns whether they are steady from now on, and were not until now: the database was away, or this is the first time. */
    leasesRenewed: (): boolean => {
      const now = performance.now();
      if (now - steadyUntil > times.steadyGapMs) steadySince = undefined;
      const isAnew = steadySince === undefined;
      steadySince ??= now;
      steadyUntil = now;
      return isAnew;
    },
    renewalFailed,
    /**
     * Takes a slot for this worker itself. While the database has been away until lately, only one that was given back or is new:
     * the leases of living workers may have been over for as long as it was.
     */
    takeOwn: async <Slot>(take: (onlyGivenBack: boolean) => Promise<Slot>): Promise<Slot> => {
      try {
        return await take(performance.now() - failedAt < times.leftAloneMs);
      } catch (error) {
        renewalFailed();
        throw error;
      }
    },
    /** Callees may be waiting in silence: whatever is there is taken at once. */
    adoptAll: async (isStopping: () => boolean): Promise<void> => {
      while (isSteady() && !isStopping()) if (!(await adoptOne(isSteady))) return;
    },
  };
}
