import type { UserLimit } from '@dialgate/domain';
import { withDatabaseErrors, Prisma, type Client } from './client.js';

const LIMIT_COLUMNS: Readonly<Record<UserLimit, Prisma.Sql>> = {
  user_open_calls: Prisma.sql`max_concurrent_calls`,
  user_calls_per_minute: Prisma.sql`max_calls_per_minute`,
  user_calls_per_day: Prisma.sql`max_calls_per_day`,
  user_new_countries: Prisma.sql`max_new_countries_per_day`,
};

/** Whether and how much a user may do. */
export const STANDING = Prisma.sql`
  disabled_at IS NOT NULL AS disabled, suspended_at IS NOT NULL AS suspended, suspension_lifted_at AS "suspensionLiftedAt",
  jsonb_strip_nulls(jsonb_build_object(${Prisma.join(
    Object.entries(LIMIT_COLUMNS).map(([limit, column]) => Prisma.sql`${limit}::text, ${column}`),
  )})) AS "ownLimits"`;

/** What holds a user back, and lets them go. @param change assigns columns of a user; false without such a user. */
export function createBrakes(client: Client, change: (username: string, assignment: Prisma.Sql) => Promise<boolean>) {
  return {
    /**
     * Stops the user from placing calls, on every instance, from the commit on.
     *
     * @param reason for people; at most 200 characters.
     * @returns whether this was what suspended them: false when they were suspended already.
     */
    suspend: (id: string, reason: string): Promise<boolean> =>
      withDatabaseErrors(async () => {
        const suspended = await client.$executeRaw`
          UPDATE users SET suspended_at = now(), suspended_reason = ${reason}, updated_at = now()
          WHERE id = ${id}::uuid AND suspended_at IS NULL`;
        return suspended > 0;
      }),

    /** Lets the user place calls again; their refusals are counted anew. False without such a user. */
    lift: (username: string): Promise<boolean> =>
      change(username, Prisma.sql`suspended_at = NULL, suspended_reason = NULL, suspension_lifted_at = now()`),

    /** Sets limits of the user's own; null takes the installation's, 0 sets none. False without such a user. */
    setLimits: (username: string, limits: Readonly<Partial<Record<UserLimit, number | null>>>): Promise<boolean> =>
      change(
        username,
        Prisma.join(
          Object.entries(limits).map(
            ([limit, value]) => Prisma.sql`${LIMIT_COLUMNS[limit as UserLimit]} = ${value}::int`,
          ),
        ),
      ),
  };
}
