import type { CallStatus } from '@dialgate/domain';
import { sleep } from '@dialgate/service-kit';
import { Prisma, withDatabaseErrors, type Client } from '../client.js';
import { createHorizon, type Horizon } from './horizon.js';
import type { Source } from './observation.js';

/** One entry of a call's timeline: what happened, when, and how it is known. */
export interface WrittenEvent {
  /** Its running number over all calls; within one call, in the order in which entries were written. */
  readonly id: string;
  readonly callId: string;
  readonly event: string;
  /** The status it led to, or null when it changed none. */
  readonly status: CallStatus | null;
  /** By the database's clock. */
  readonly at: Date;
  /** By Asterisk's own clock; null for what did not come from it. */
  readonly asteriskAt: Date | null;
  readonly source: Source;
  readonly detail: unknown;
}

/** An entry, and whose call it belongs to. */
export type OwnedEvent = WrittenEvent & { readonly userId: string };

/** Some of the timeline of many calls. */
export interface TimelinePage {
  readonly entries: readonly OwnedEvent[];
  /** All up to this id were looked at. */
  readonly upTo: bigint;
}

/** So many entries are looked at for one page, of whichever calls. */
const ENTRIES_LOOKED_AT = 2_000;

/** How long an entry that is on its way to a lower number is waited for, in milliseconds. */
const SETTLES_WITHIN_MS = 1_000;

/** How soon it is looked for again. */
const AGAIN_MS = 20;

export function createTimelines(client: Client) {
  const horizon = createHorizon(client);

  return {
    /** How far the timeline of all calls can be read: see `createHorizon`. */
    timelineHorizon: (): Promise<Horizon> => horizon(),

    /**
     * The timeline of a call, the oldest entry first. A status is written together with its entry: once a call is over, its end is
     * there. Nothing appears later in front of what is given out: an entry that may yet get one before it is waited for, and left
     * out after a second.
     *
     * @param after the id of the last entry that is known already; '0' for none.
     */
    timeline: async (callId: string, after: string, limit: number): Promise<WrittenEvent[]> => {
      const upTo = await settledSoon(horizon);
      return entriesOfCall(client, callId, BigInt(after), upTo, limit);
    },

    /** Entries of one call with ids above `after`, up to `upTo`, the lowest first. */
    timelineBetween: (callId: string, after: bigint, upTo: bigint, limit: number): Promise<WrittenEvent[]> =>
      entriesOfCall(client, callId, after, upTo, limit),

    /**
     * Entries of all calls, or of those of a user, with ids above `after`, up to `upTo`, the lowest first. Looks at no more than
     * `ENTRIES_LOOKED_AT`, so that a page may have few entries, or none, and not be the last: see its `upTo`.
     */
    timelineOfAll: (userId: string | null, after: bigint, upTo: bigint): Promise<TimelinePage> =>
      withDatabaseErrors(async () => {
        const rows = await client.$queryRaw<(OwnedEvent & { readonly lastId: bigint | null })[]>`
          WITH page AS MATERIALIZED (
            SELECT * FROM call_events WHERE id > ${after} AND id <= ${upTo} ORDER BY id LIMIT ${ENTRIES_LOOKED_AT}
          ), looked AS (
            SELECT CASE WHEN count(*) < ${ENTRIES_LOOKED_AT} THEN ${upTo} ELSE max(id) END AS last FROM page
          )
          SELECT l.last AS "lastId", e.* FROM looked l LEFT JOIN (
            SELECT ${ENTRY}, e.id AS number, c.user_id AS "userId" FROM page e JOIN calls c ON c.id = e.call_id
            WHERE ${userId}::uuid IS NULL OR c.user_id = ${userId}::uuid
          ) AS e ON true ORDER BY e.number`;
        // Without any entry there is still one row, which says how far was looked.
        return { entries: rows.filter(({ id }) => (id as string | null) !== null), upTo: rows[0]?.lastId ?? upTo };
      }),

    /** The id of the entry that ended the call; null while it goes on. */
    endOfTimeline: (callId: string): Promise<bigint | null> =>
      withDatabaseErrors(async () => {
        const [end] = await client.$queryRaw<{ id: bigint }[]>`
          SELECT id FROM call_events WHERE call_id = ${callId}::uuid
            AND status IN ('completed', 'busy', 'no_answer', 'failed', 'canceled') ORDER BY id LIMIT 1`;
        return end?.id ?? null;
      }),
  };
}

const ENTRY = Prisma.sql`e.id::text, e.call_id AS "callId", e.event, e.status::text, e.at, e.asterisk_at AS "asteriskAt",
  e.source, e.detail`;

function entriesOfCall(
  client: Client,
  callId: string,
  after: bigint,
  upTo: bigint,
  limit: number,
): Promise<WrittenEvent[]> {
  return withDatabaseErrors(
    () => client.$queryRaw<WrittenEvent[]>`
      SELECT ${ENTRY} FROM call_events e WHERE e.call_id = ${callId}::uuid AND e.id > ${after} AND e.id <= ${upTo}
      -- By the number, not by its text.
      ORDER BY e.id LIMIT ${limit}`,
  );
}

/** Waits until all that can be seen now is certain, for a second at most. @returns up to where it is. */
async function settledSoon(horizon: () => Promise<Horizon>): Promise<bigint> {
  const giveUpAt = performance.now() + SETTLES_WITHIN_MS;
  const { newest, settled: first } = await horizon();
  let settled = first ?? 0n;
  while (settled < newest && performance.now() < giveUpAt) {
    await sleep(AGAIN_MS);
    settled = (await horizon()).settled ?? settled;
  }
  return settled;
}
