import { Prisma, withDatabaseErrors, type Client } from '../client.js';

/** What one process of all looks for at a time. A row of `sweep_turns` each. */
export type SweepKind = 'overdue_calls' | 'lost_jobs';

/**
 * How long a turn lasts, of the time from one look of a process to its next: less than the whole, so that one that is alone has each of
 * its looks.
 */
const TURN_SHARE = 0.75;

/** When nobody has taken a turn for so many looks, everybody sweeps: turns spare work, and nothing may depend on them. */
const PATIENCE = 5;

export function createSweepTurns(client: Client) {
  return {
    /**
     * Whether it is this process's turn to sweep: of all that ask within three quarters of `everyMs` one is told so. What it does with
     * it is not watched: whoever dies in its turn, or hangs, is not waited for. Nobody waits for a lock here either.
     *
     * Everybody is told so when the last turn lies five times `everyMs` back, or nothing is known of any: a row that is gone, or that
     * a forgotten session has locked. By how much the database's clock was set makes no difference, in either direction.
     *
     * @param everyMs how often each process asks, in milliseconds; the same in all of them.
     */
    takeSweepTurn: (kind: SweepKind, everyMs: number): Promise<boolean> =>
      withDatabaseErrors(async () => {
        const [row] = await client.$queryRaw<{ mine: boolean }[]>`
          WITH free AS (
            SELECT kind FROM sweep_turns WHERE kind = ${kind} AND ${AGE_MS} >= ${TURN_SHARE * everyMs}::float8 FOR UPDATE SKIP LOCKED
          ), taken AS (
            UPDATE sweep_turns t SET taken_at = clock_timestamp() FROM free WHERE t.kind = free.kind RETURNING 1
          )
          SELECT EXISTS (SELECT FROM taken)
            OR NOT EXISTS (SELECT FROM sweep_turns WHERE kind = ${kind} AND ${AGE_MS} < ${PATIENCE * everyMs}::float8) AS mine`;
        return row?.mine ?? true;
      }),
  };
}

/** From the last turn to now, or back: a time ahead is of a clock that was set back since. */
const AGE_MS = Prisma.sql`abs(extract(epoch FROM clock_timestamp() - taken_at)::float8 * 1000)`;
