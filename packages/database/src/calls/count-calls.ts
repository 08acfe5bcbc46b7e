import {
  COUNTRY_KNOWN_DAYS,
  legsOf,
  limitsFor,
  userRegion,
  WINDOW_SECONDS,
  type CallCounts,
  type CallLimit,
  type CallLimits,
  type Count,
  type CountedCall,
} from '@dialgate/domain';
import { Prisma } from '../client.js';

/**
 * Counts what the limits of these calls ask for. Every count costs a few looks into an index, however many calls there were: see
 * AcceptedCall in prisma/schema.prisma.
 */
export async function countCalls(
  tx: Prisma.TransactionClient,
  calls: readonly CountedCall[],
  limits: CallLimits,
): Promise<CallCounts> {
  const highest = (limit: CallLimit): number => Math.max(...calls.map(({ own }) => limitsFor(limits, own)[limit]));
  const branches = (Object.keys(BRANCHES) as CallLimit[]).flatMap((limit) => {
    const quota = highest(limit);
    return quota > 0 ? [BRANCHES[limit](limit, quota)] : [];
  });
  const users = [...new Set(calls.map(({ userId }) => userId))];
  const numbers = [...new Set(calls.flatMap(legsOf).map(({ number }) => number))];
  const rows = await tx.$queryRaw<CountRow[]>`
    WITH users_asked AS (SELECT u FROM unnest(${users}::uuid[]) AS u),
      numbers_asked AS (SELECT n FROM unnest(${numbers}::text[]) AS n)
    SELECT * FROM (${Prisma.join(branches, ' UNION ALL ')}) AS counted("limit", subject, count, room_in_seconds)`;
  const counts = rows.map(({ room_in_seconds: roomInSeconds, ...row }): Count => ({ ...row, roomInSeconds }));
  return { counts, knownRegions: highest('user_new_countries') > 0 ? await knownRegions(tx, users) : new Set() };
}

interface CountRow {
  readonly limit: CallLimit;
  readonly subject: string;
  readonly count: number;
  readonly room_in_seconds: number | null;
}

/** For each limit a question for rows of `CountRow`; a quota bounds what it reads. Nothing to count may give no row. */
const BRANCHES: Readonly<Record<CallLimit, (limit: CallLimit, quota: number) => Prisma.Sql>> = {
  user_open_calls: (limit, quota) => Prisma.sql`
    SELECT ${limit}::text, u::text, open.count, NULL::int
    FROM users_asked, LATERAL (SELECT count(*)::int AS count FROM (
      SELECT FROM calls c WHERE c.user_id = u AND c.ended_at IS NULL LIMIT ${quota}) AS c) AS open`,
  user_calls_per_minute: ofUser,
  user_calls_per_day: ofUser,
  user_new_countries: (limit) => Prisma.sql`
    SELECT ${limit}::text, u::text, count(*)::int, ${secondsUntilOld(limit, Prisma.sql`min(c.new_at)`)}
    FROM users_asked JOIN called_countries c ON c.user_id = u AND c.new_at > ${windowOf(limit)} GROUP BY u`,
  destination_calls_per_minute: ofNumber,
  destination_calls_per_15_minutes: ofNumber,
  // In the order of the index of open calls: without it, a look through all calls would seem cheap to the planner.
  total_open_calls: (limit, quota) => Prisma.sql`
    SELECT ${limit}::text, '', count(*)::int, NULL::int FROM (
      SELECT FROM calls WHERE ended_at IS NULL ORDER BY user_id LIMIT ${quota}) AS open`,
  total_calls_per_minute: ofAll,
  total_calls_per_day: ofAll,
};

/**
 * The running numbers have no gaps: the last one and the first within the window tell how many there are. The last one is told by
 * its number, so that a clock that is set back lifts no limit: at most what came before that is not counted.
 */
function ofUser(limit: CallLimit): Prisma.Sql {
  return Prisma.sql`
    SELECT ${limit}::text, u::text, (last.user_nth - first.user_nth + 1)::int, ${secondsUntilOld(limit, Prisma.sql`first.at`)}
    FROM users_asked,
      LATERAL (SELECT a.user_nth, a.at FROM accepted_calls a WHERE a.user_id = u AND a.at > ${windowOf(limit)}
        ORDER BY a.at, a.user_nth LIMIT 1) AS first,
      LATERAL (SELECT a.user_nth FROM accepted_calls a WHERE a.user_id = u
        ORDER BY a.user_nth DESC LIMIT 1) AS last`;
}

function ofAll(limit: CallLimit): Prisma.Sql {
  return Prisma.sql`
    SELECT ${limit}::text, '', (last.nth - first.nth + 1)::int, ${secondsUntilOld(limit, Prisma.sql`first.at`)}
    FROM (SELECT a.nth, a.at FROM accepted_calls a WHERE a.at > ${windowOf(limit)} ORDER BY a.at, a.nth LIMIT 1) AS first,
      (SELECT a.nth FROM accepted_calls a ORDER BY a.nth DESC LIMIT 1) AS last`;
}

function ofNumber(limit: CallLimit, quota: number): Prisma.Sql {
  return Prisma.sql`
    SELECT ${limit}::text, n, newest.count, ${secondsUntilOld(limit, Prisma.sql`newest.at`)}
    FROM numbers_asked, LATERAL (SELECT count(*)::int AS count, min(a.at) AS at FROM (
      SELECT a.at FROM accepted_calls a WHERE a.number = n AND a.at > ${windowOf(limit)}
      ORDER BY a.at DESC LIMIT ${quota}) AS a) AS newest`;
}

/**
 * What is older is not counted. By the start of the statement, which begins when the lock is held; the transaction's own time is
 * earlier than what others wrote meanwhile.
 */
function windowOf(limit: CallLimit): Prisma.Sql {
  return Prisma.sql`statement_timestamp() - ${WINDOW_SECONDS[limit] ?? 0} * interval '1 s'`;
}

function secondsUntilOld(limit: CallLimit, oldest: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`ceil(extract(epoch FROM ${oldest} - (${windowOf(limit)})))::int`;
}

async function knownRegions(tx: Prisma.TransactionClient, users: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ user_id: string; region: string }[]>`
    SELECT user_id, region FROM called_countries
    WHERE user_id = ANY(${users}::uuid[]) AND last_called_at > now() - ${COUNTRY_KNOWN_DAYS} * interval '1 day'`;
  return new Set(rows.map(({ user_id, region }) => userRegion(user_id, region)));
}
