import { DialgateError } from '@dialgate/domain';
import { sleep } from '@dialgate/service-kit';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;

/** Repeats what failed because the database is down, until it is back. What comes in the meantime waits behind it, in order. */
export async function retryWhileDatabaseIsDown<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      await sleep(waitMs);
    }
  }
}

/** Whether the database is down, which passes, or something is wrong, which does not. */
export function isDatabaseAway(error: unknown): boolean {
  return error instanceof DialgateError && error.code === 'database_unavailable';
}
