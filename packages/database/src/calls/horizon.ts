import { coalesce } from '@dialgate/service-kit';
import { withDatabaseErrors, type Client } from '../client.js';

/** How far the timeline can be read. */
export interface Horizon {
  /** No entry with this id or a lower one will appear any more; null while nothing is certain yet. */
  readonly settled: bigint | null;
  /** The highest id that can be seen; some with lower ids may still be on their way. */
  readonly newest: bigint;
}

/** Nobody waits for company: who asks meanwhile shares the next answer. */
const SHARED = { maxBatch: 10_000, maxInFlight: 1 };

/**
 * Says up to which id the timeline is complete.
 *
 * Ids are given out when an entry is written and become visible when its transaction commits, so that a lower one may appear after
 * a higher one; whoever only remembers the highest id they have seen would miss it. But whoever writes into call_events holds the
 * lock that every INSERT takes on its table (RowExclusiveLock) since before their id was given out, and lets go of it after their
 * commit is visible. So: the highest visible id first (a statement's snapshot is older than what it reads of the locks), then who
 * holds such a lock; when all of those have let go, whatever got a lower id is visible or was rolled back. Nobody is made to wait,
 * and nothing is added to what the writers do. A writer that stands still holds it up for as long as PostgreSQL lets a transaction
 * of ours stand (`queryTimeoutMs`). (It needs the sequence of the ids as it is: one that caches none.)
 *
 * @returns a function to be called again and again. What a statement after its answer reads is complete up to
 *   `settled`, which never goes back.
 */
export function createHorizon(client: Client): () => Promise<Horizon> {
  let settled: bigint | null = null;
  let watched: { readonly upTo: bigint; readonly writers: readonly string[] } | null = null;

  async function look(): Promise<Horizon> {
    const { newest, writers } = await lookAround(client);
    const left = watched?.writers.filter((writer) => writers.includes(writer)) ?? [];
    const certain = writers.length === 0 ? newest : left.length === 0 ? watched?.upTo : undefined;
    if (certain !== undefined && (settled === null || certain > settled)) settled = certain;
    // Those who came later are of no concern to an id that was seen before them.
    watched = left.length > 0 && watched !== null ? { ...watched, writers: left } : { upTo: newest, writers };
    return { settled, newest };
  }

  const shared = coalesce(async (askers: null[]) => {
    const horizon = await withDatabaseErrors(look);
    return askers.map(() => horizon);
  }, SHARED);
  return () => shared(null);
}

interface Surroundings {
  readonly newest: bigint;
  /** The transactions that may have written into the timeline and have not ended. Their names are never used again. */
  readonly writers: readonly string[];
}

async function lookAround(client: Client): Promise<Surroundings> {
  const [row] = await client.$queryRaw<Surroundings[]>`
    SELECT (SELECT coalesce(max(id), 0) FROM call_events) AS newest,
      ARRAY(SELECT virtualtransaction FROM pg_locks
        WHERE locktype = 'relation' AND relation = 'call_events'::regclass AND mode = 'RowExclusiveLock' AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS writers`;
  return row ?? { newest: 0n, writers: [] };
}
