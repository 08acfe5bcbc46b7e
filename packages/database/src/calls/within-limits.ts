import {
  COUNTRY_KNOWN_DAYS,
  DialgateError,
  judgeLimits,
  legsOf,
  LIMIT_REFUSALS,
  type CallLimits,
  type CountedCall,
} from '@dialgate/domain';
import type { Prisma } from '../client.js';
import { countCalls } from './count-calls.js';

/** A call that is asked for under limits. */
export interface AskedCall extends CountedCall {
  /** A key that was used before makes no call. */
  readonly idempotencyKey: string | null;
}

/** The number of the one advisory lock under which calls are counted and written: two halves, so that it meets nobody else's. */
const LIMITS_LOCK = [20_261, 1] as const;

/** How far behind the last call to a country may be, so that not every call writes it. */
const COUNTRY_STALE_HOURS = 1;

/**
 * Decides which of these calls the limits leave no room for. Must run in the transaction that then writes the others: the lock is
 * held until its end, over all instances, so that the limits are exact. There is one lock for all, which nobody can take in another
 * order than others do; calls that come together share it. A request under an Idempotency-Key that was used before makes no
 * call and is let through.
 *
 * @returns the refusals, by the call's id.
 */
export async function overLimits(
  tx: Prisma.TransactionClient,
  calls: readonly AskedCall[],
  limits: CallLimits,
): Promise<ReadonlyMap<string, DialgateError>> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LIMITS_LOCK[0]}::int, ${LIMITS_LOCK[1]}::int)`;
  // Statements of their own: they must see what others wrote before they let go of the lock.
  const known = await knownKeys(tx, calls);
  const making = calls.filter(({ userId, idempotencyKey: key }) => key === null || !known.has(userKey(userId, key)));
  if (making.length === 0) return new Map();
  return judgeByKey(making, limits, await countCalls(tx, making, limits));
}

/**
 * The limit that would refuse a call at this moment, or null. Without the lock: what others write meanwhile is not
 * seen, and nothing is promised.
 */
export async function limitInTheWay(
  client: Prisma.TransactionClient,
  call: AskedCall,
  limits: CallLimits,
): Promise<DialgateError | null> {
  return judgeByKey([call], limits, await countCalls(client, [call], limits)).get(call.id) ?? null;
}

/** Of several requests under one key, the first that is let through is the call; the others are answered with it. */
function judgeByKey(
  calls: readonly AskedCall[],
  limits: CallLimits,
  counts: Awaited<ReturnType<typeof countCalls>>,
): ReadonlyMap<string, DialgateError> {
  const firstOfKey = new Map<string, string>();
  for (const { id, userId, idempotencyKey: key } of calls) {
    if (key !== null && !firstOfKey.has(userKey(userId, key))) firstOfKey.set(userKey(userId, key), id);
  }
  const standsFor = ({ id, userId, idempotencyKey: key }: AskedCall): string =>
    key === null ? id : (firstOfKey.get(userKey(userId, key)) ?? id);
  const refused = judgeLimits(
    calls.filter((call) => standsFor(call) === call.id),
    limits,
    counts,
  );
  return new Map(
    calls.flatMap((call) => {
      const reached = refused.get(standsFor(call));
      if (reached === undefined) return [];
      const { limit, quota, retryAfterSeconds } = reached;
      const says = `${LIMIT_REFUSALS[limit]} The limit is ${quota}.`;
      return [[call.id, new DialgateError(limit, says, { limit: reached, retryAfterSeconds })] as const];
    }),
  );
}

/** Notes calls that were just written, to be counted later; in the same transaction, under the lock. */
export async function noteAccepted(tx: Prisma.TransactionClient, calls: readonly CountedCall[]): Promise<void> {
  if (calls.length === 0) return;
  const input = calls.flatMap(legsOf).map(({ userId, number, region }, n) => ({ n: n + 1, userId, number, region }));
  // By the clock and not by the transaction's time: the order of the times is that of the running
  // numbers, unless the clock is set back.
  await tx.$executeRaw`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(input)}::jsonb) AS i(n int, "userId" uuid, number text, region text)
    ), countries AS (
      INSERT INTO called_countries AS c (user_id, region)
      SELECT DISTINCT "userId", region FROM input WHERE region IS NOT NULL
      ON CONFLICT (user_id, region) DO UPDATE SET last_called_at = now(),
        new_at = CASE WHEN c.last_called_at > now() - ${COUNTRY_KNOWN_DAYS} * interval '1 day' THEN c.new_at ELSE now() END
      WHERE c.last_called_at < now() - ${COUNTRY_STALE_HOURS} * interval '1 h'
    )
    INSERT INTO accepted_calls (nth, user_id, user_nth, number, at)
    SELECT i.n + coalesce((SELECT a.nth FROM accepted_calls a ORDER BY a.nth DESC LIMIT 1), 0), i."userId",
      row_number() OVER (PARTITION BY i."userId" ORDER BY i.n) + coalesce((SELECT a.user_nth FROM accepted_calls a
        WHERE a.user_id = i."userId" ORDER BY a.user_nth DESC LIMIT 1), 0), i.number, clock_timestamp()
    FROM input i ORDER BY i.n`;
}

async function knownKeys(tx: Prisma.TransactionClient, calls: readonly AskedCall[]): Promise<ReadonlySet<string>> {
  const keyed = calls.flatMap(({ userId, idempotencyKey: key }) => (key === null ? [] : [{ user_id: userId, key }]));
  if (keyed.length === 0) return new Set();
  const rows = await tx.$queryRaw<{ user_id: string; key: string }[]>`
    SELECT k.user_id, k.key FROM idempotency_keys k
    JOIN jsonb_to_recordset(${JSON.stringify(keyed)}::jsonb) AS i(user_id uuid, key text) USING (user_id, key)`;
  return new Set(rows.map(({ user_id, key }) => userKey(user_id, key)));
}

function userKey(userId: string, key: string): string {
  return `${userId} ${key}`;
}
