import { withDatabaseErrors, type Client } from '../client.js';

/** How many calls one statement looks at: with their timelines some thousand rows. */
const LOOKED_AT_ONCE = 200;

/** Before all calls. */
const BEGINNING = { endedAt: '-infinity', id: '00000000-0000-0000-0000-000000000000' };

/** Where a look ended: the next one goes on behind it, so that calls that have to stay hold up no others. */
export interface ForgetPosition {
  readonly endedAt: Date;
  readonly id: string;
}

/** What one statement has done. */
export interface Forgotten {
  readonly calls: number;
  /** Null when there was no further call so old, or another instance is at it. */
  readonly next: ForgetPosition | null;
}

interface Looked {
  readonly forgotten: number;
  readonly looked: number;
  readonly endedAt: Date | null;
  readonly id: string | null;
}

export function createCallForgetting(client: Client) {
  return {
    /**
     * Deletes calls that ended longer ago than so many days, with their timelines, what was delivered of them, and their orders:
     * all of that or nothing. Looks at no more than 200; of several instances one does it. A call stays as long as it is open, as
     * its webhooks wait or are not made yet, as its order is open or ended later than that, and as there is an idempotency key that
     * is as old as it is. What it takes is decided by forget_old_calls() (prisma/migrations/20261129073000_retention): the
     * services' role may delete no call by itself.
     *
     * @param days 2 or more; fewer count as 2.
     * @param after where the look before it ended; null for the oldest.
     */
    forgetOldCalls: (days: number, after: ForgetPosition | null): Promise<Forgotten> =>
      withDatabaseErrors(async () => {
        const { endedAt: from, id: behind } = after ?? BEGINNING;
        const [row] = await client.$queryRaw<Looked[]>`
          SELECT forgotten, looked, last_ended_at AS "endedAt", last_id AS id
          FROM forget_old_calls(${days}::int, ${from}::timestamptz, ${behind}::uuid, ${LOOKED_AT_ONCE}::int)`;
        const { forgotten = 0, looked = 0, endedAt = null, id = null } = row ?? {};
        const isLast = looked < LOOKED_AT_ONCE || endedAt === null || id === null;
        return { calls: forgotten, next: isLast ? null : { endedAt, id } };
      }),
  };
}
