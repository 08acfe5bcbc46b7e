import type { Client } from '../client.js';

/**
 * Says up to which id the timeline is complete: no entry with that id or a lower one will appear any more.
 *
 * Ids are given out when an entry is written and become visible when its transaction commits, so that a lower one may appear after a
 * higher one; whoever only remembers the highest id they have seen would miss it. But whoever writes into call_events holds the
 * lock that every INSERT takes on its table (RowExclusiveLock) since before their id was given out, and lets go of it after their
 * commit is visible. So: read the highest visible id first, then who holds such a lock; when all of those have let go, whatever got
 * a lower id is visible or was rolled back. Nobody is made to wait, and nothing is added to what the writers do. (It needs the
 * sequence of the ids as it is: one that caches none.)
 *
 * @returns a function to be called again and again; it answers the id that is certain by now, or null while there is none. What a
 *   statement after it reads is complete up to there.
 */
export function createHorizon(client: Client): () => Promise<bigint | null> {
  let certain: bigint | null = null;
  let watched: { readonly upTo: bigint; readonly writers: readonly string[] } | null = null;

  return async () => {
    watched ??= { upTo: await highestVisible(client), writers: await writersOf(client) };
    const before = watched;
    const now = before.writers.length === 0 ? [] : await writersOf(client);
    const left = before.writers.filter((writer) => now.includes(writer));
    watched = left.length === 0 ? null : { ...before, writers: left };
    if (left.length === 0) certain = before.upTo;
    return certain;
  };
}

async function highestVisible(client: Client): Promise<bigint> {
  const [row] = await client.$queryRaw<{ id: bigint | null }[]>`SELECT max(id) AS id FROM call_events`;
  return row?.id ?? 0n;
}

/** The transactions that may have written into the timeline and have not ended. Their names are never used again. */
async function writersOf(client: Client): Promise<string[]> {
  const rows = await client.$queryRaw<{ writer: string }[]>`
    SELECT virtualtransaction AS writer FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'call_events'::regclass AND mode = 'RowExclusiveLock' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return rows.map(({ writer }) => writer);
}
