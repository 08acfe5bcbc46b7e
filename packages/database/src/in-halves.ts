import { DialgateError } from '@dialgate/domain';
import { FailedStatementError, withDatabaseErrors } from './client.js';

/**
 * Writes a batch; where it cannot be written, its halves, one after the other, and so on down to the single items: one bad row must
 * not take the others with it. Of 500 items it is found with 18 statements more, each on the one connection and under the one lock
 * that the batch would have taken.
 *
 * @returns for each item what was written, or why it could not be: also DialgateError `database_unavailable`.
 */
export async function togetherOrInHalves<Item, Written>(
  items: readonly Item[],
  write: (some: readonly Item[]) => Promise<readonly Written[]>,
): Promise<readonly (Written | Error)[]> {
  try {
    return await withDatabaseErrors(() => write(items));
  } catch (reason) {
    const error = asError(reason);
    if (items.length === 1 || isAway(error)) return items.map(() => error);
    const middle = Math.ceil(items.length / 2);
    const first = await togetherOrInHalves(items.slice(0, middle), write);
    // Nobody waits a second time for a database that was away a moment ago.
    const away = first.find(isAway);
    const others = items.slice(middle);
    return [...first, ...(away === undefined ? await togetherOrInHalves(others, write) : others.map(() => away))];
  }
}

/** Whether all of them would fail. */
function isAway(one: unknown): one is DialgateError {
  return (
    one instanceof DialgateError && one.code === 'database_unavailable' && !(one.cause instanceof FailedStatementError)
  );
}

/** What came of a single item. */
export function only<Written>(written: readonly Written[]): Written | Error {
  return written[0] ?? new Error('an item was neither written nor refused');
}

export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
