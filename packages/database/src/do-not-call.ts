import { Prisma, withDatabaseErrors, type Client } from './client.js';

/** A number that nobody calls. */
export interface DoNotCallEntry {
  /** In canonical form: E.164 with the plus, or the digits of an extension. */
  readonly number: string;
  /** At most 200 characters. */
  readonly reason: string | null;
  readonly addedAt: Date;
  /** Who or what has put it there; at most 80 characters. */
  readonly source: string;
}

export type DoNotCallList = ReturnType<typeof createDoNotCallList>;

/** The list of numbers that nobody calls, as its keepers see it. What is asked for each call is in `admission-facts.ts`. */
export function createDoNotCallList(client: Client) {
  return {
    /**
     * Puts numbers on the list; those that are there keep the reason and the time that they have.
     *
     * @param entries without `addedAt` they are added now.
     * @returns how many were not there yet.
     */
    add: (entries: readonly (Omit<DoNotCallEntry, 'addedAt'> & { readonly addedAt: Date | null })[]): Promise<number> =>
      withDatabaseErrors(
        () => client.$executeRaw`
          INSERT INTO do_not_call (number, reason, added_at, source)
          SELECT number, reason, coalesce("addedAt", now()), source
          FROM jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) AS i(number text, reason text, "addedAt" timestamptz, source text)
          ON CONFLICT DO NOTHING`,
      ),

    /** Takes a number off the list. @returns whether it was on it. */
    remove: (number: string): Promise<boolean> =>
      withDatabaseErrors(async () => (await client.$executeRaw`DELETE FROM do_not_call WHERE number = ${number}`) > 0),

    count: (): Promise<number> =>
      withDatabaseErrors(async () => {
        const [row] = await client.$queryRaw<{ count: number }[]>`SELECT count(*)::float8 AS count FROM do_not_call`;
        return row?.count ?? 0;
      }),

    /** The next entries in the order of their digits. @param after the last number of those before; null for the first. */
    page: (after: string | null, limit: number): Promise<DoNotCallEntry[]> =>
      withDatabaseErrors(
        () => client.$queryRaw<DoNotCallEntry[]>`
          SELECT number, reason, added_at AS "addedAt", source FROM do_not_call
          ${after === null ? Prisma.empty : Prisma.sql`WHERE number > ${after}`}
          ORDER BY number LIMIT ${limit}`,
      ),
  };
}
