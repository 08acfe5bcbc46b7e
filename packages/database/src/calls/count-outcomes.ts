import type { CallStatus, FailureReason } from '@dialgate/domain';
import { Prisma, withDatabaseErrors, type Client } from '../client.js';
import { CLOCKS_DIFFER_MS, idAt } from './list-calls.js';
import { OPEN_COUNTED_AT_MOST } from './read-calls.js';

/** How many calls there are of one kind. */
export interface OutcomeCount {
  readonly status: CallStatus;
  readonly failureReason: FailureReason | null;
  readonly calls: number;
  /** How many of them were dialled, and how many were answered. */
  readonly dialed: number;
  readonly answered: number;
  /** How long the answered ones that are over lasted together, in seconds, and how many those are. */
  readonly talkSeconds: number;
  readonly talked: number;
}

/** How many calls are on their way to an answer or up, over all users. */
export interface UnderWay {
  readonly dialing: number;
  readonly ringing: number;
  readonly answered: number;
}

/** So many calls are counted at most, the newest. */
export const COUNTED_AT_MOST = 200_000;

export function createOutcomeCounts(client: Client) {
  return {
    /**
     * What became of the calls that were accepted since then, the newest 200,000 at most: it costs the same however many there were
     * before.
     *
     * @param userId whose; null for everybody's.
     */
    outcomes: (since: Date, userId: string | null): Promise<OutcomeCount[]> =>
      withDatabaseErrors(
        () => client.$queryRaw<OutcomeCount[]>`
          SELECT status::text, failure_reason AS "failureReason", count(*)::int AS calls, count(dial_sent_at)::int AS dialed,
            count(answered_at)::int AS answered,
            coalesce(sum(extract(epoch FROM ended_at - answered_at)), 0)::float8 AS "talkSeconds",
            count(ended_at) FILTER (WHERE answered_at IS NOT NULL)::int AS talked
          FROM (
            SELECT status, failure_reason, dial_sent_at, answered_at, ended_at, created_at FROM calls c
            WHERE c.id >= ${idAt(since, -CLOCKS_DIFFER_MS)}::uuid
              ${userId === null ? Prisma.sql`ORDER BY c.id DESC` : Prisma.sql`AND c.user_id = ANY(${[userId]}::uuid[]) ORDER BY c.user_id, c.id DESC`}
            LIMIT ${COUNTED_AT_MOST}
          ) AS newest
          -- Out here: what was accepted before is looked at as well, and must not be looked through without a limit.
          WHERE created_at >= ${since}::timestamptz
          GROUP BY status, failure_reason ORDER BY status, failure_reason`,
      ),

    /** How many calls are being dialled, ring and are up; no more than 10,000 open calls of the slots are looked at. */
    underWay: (): Promise<UnderWay> =>
      withDatabaseErrors(async () => {
        // In the order of their index: without it, a look through all calls could seem cheap to the planner.
        const [row] = await client.$queryRaw<UnderWay[]>`
          SELECT count(*) FILTER (WHERE status = 'dialing')::int AS dialing,
            count(*) FILTER (WHERE status = 'ringing')::int AS ringing,
            count(*) FILTER (WHERE status = 'answered')::int AS answered
          FROM (SELECT status FROM calls WHERE slot_id IS NOT NULL AND ended_at IS NULL
            ORDER BY slot_id LIMIT ${OPEN_COUNTED_AT_MOST}) AS open`;
        return row ?? { dialing: 0, ringing: 0, answered: 0 };
      }),
  };
}
