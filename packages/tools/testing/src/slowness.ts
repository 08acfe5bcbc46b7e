import { WORKER_TIMES, type WorkerTimes } from '@dialgate/database';

/** The share of production's waits that workers in tests have on a quiet machine. */
const SHARE = 1 / 4;

/** However slow a machine is, waits of more than so many times production's own help nobody. */
const SHARE_MAX = 2;

/**
 * How many times slower this machine is than a quiet one, as TEST_SLOWNESS says; `npm test` measures it at its start. At
 * least 1, and 1 when nobody has measured.
 */
export function slowness(): number {
  const measured = Number(process.env.TEST_SLOWNESS ?? 1);
  return Number.isFinite(measured) ? Math.max(1, measured) : 1;
}

/** What a quiet machine does within so many milliseconds, this one does within as many as are returned. */
export function patience(ms: number): number {
  return Math.ceil(ms * slowness());
}

/** How long a database waits that a test opens for itself: a busy machine is no reason to see nothing. */
export function patientWaits(): { readonly connectTimeoutMs: number; readonly queryTimeoutMs: number } {
  return { connectTimeoutMs: patience(60_000), queryTimeoutMs: patience(60_000) };
}

/**
 * How long workers of a test wait for one another: a quarter of production's, and more on a slow machine, where a
 * short lease would take a living worker for dead.
 *
 * @param share of production's own, where a test needs another.
 */
export function testWorkerTimes(share = Math.min(SHARE * slowness(), SHARE_MAX)): WorkerTimes {
  const scaled = Object.entries(WORKER_TIMES).map(([name, ms]: [string, number]) => [name, Math.round(ms * share)]);
  const times = Object.fromEntries(scaled) as WorkerTimes;
  // An odd number: Redis once refused the half of one, and no job of a dead worker was ever let go of.
  return { ...times, leaseMs: times.leaseMs | 1 };
}
