import { DialgateError } from '@dialgate/domain';
import { withDatabaseErrors } from '../client.js';

/**
 * Writes a batch, or, where it cannot be written, each item by itself: one bad row must not take the others with it.
 *
 * @returns for each item what was written, or why it could not be.
 * @throws DialgateError `database_unavailable`, or what is wrong with a single item.
 */
export async function togetherOrOneByOne<Item, Written>(
  items: readonly Item[],
  write: (some: readonly Item[]) => Promise<readonly Written[]>,
): Promise<readonly (Written | Error)[]> {
  try {
    return await withDatabaseErrors(() => write(items));
  } catch (error) {
    if (items.length === 1 || (error instanceof DialgateError && error.code === 'database_unavailable')) throw error;
    const settled = await Promise.allSettled(items.map((item) => withDatabaseErrors(() => write([item]))));
    return settled.map((one) => (one.status === 'fulfilled' ? only(one.value) : asError(one.reason)));
  }
}

/** What came of a single item. */
export function only<Written>(written: readonly Written[]): Written | Error {
  return written[0] ?? new Error('an item was neither written nor refused');
}

export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
