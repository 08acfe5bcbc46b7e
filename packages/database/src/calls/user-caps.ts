import { DialgateError } from '@dialgate/domain';
import { Prisma } from '../client.js';

/** How many calls one user may have; null sets no limit. */
export interface UserCaps {
  /** Open at once: accepted and not over. */
  readonly maxOpen: number | null;
  /** Accepted within the last 24 hours, whatever became of them. */
  readonly maxPerDay: number | null;
}

interface Asking {
  readonly id: string;
  readonly userId: string;
  readonly idempotency: { readonly key: string } | null;
}

/** When to ask again, in seconds, where only the end of some call makes room. */
const RETRY_OPEN_SECONDS = 5;

/** First half of the advisory locks' numbers, so that they meet nobody else's. */
const CAPS_LOCK = 20_261;

/**
 * Decides which of these calls their users' caps leave no room for. Must run in the transaction that then writes the others: the
 * users' locks are held until its end, over all instances, so that the caps are exact. A request under an Idempotency-Key
 * that was used before makes no new call and is let through.
 *
 * The locks are taken in order, so that two such transactions cannot wait for each other.
 *
 * @returns the refusals, by the call's id.
 */
export async function overCaps(
  tx: Prisma.TransactionClient,
  calls: readonly Asking[],
  caps: UserCaps,
): Promise<ReadonlyMap<string, DialgateError>> {
  const users = [...new Set(calls.map(({ userId }) => userId))];
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(${CAPS_LOCK}::int, hashtext(u::text))
    FROM (SELECT DISTINCT ON (hashtext(u::text)) u FROM unnest(${users}::uuid[]) AS u ORDER BY hashtext(u::text)) AS locks`;

  // A statement of its own: it must see what others wrote before they let go of the locks.
  const rows = await tx.$queryRaw<UserNow[]>`
    SELECT u AS user_id,
      ${caps.maxOpen === null ? Prisma.sql`0` : OPEN_CALLS}::int AS open,
      ${
        caps.maxPerDay === null
          ? Prisma.sql`0`
          : Prisma.sql`(
        SELECT count(*) FROM (
          SELECT 1 FROM calls WHERE user_id = u AND created_at > now() - interval '24 hours' LIMIT ${caps.maxPerDay}
        ) AS c)`
      }::int AS today,
      ${caps.maxPerDay === null ? Prisma.sql`NULL` : secondsUntilRoom(caps.maxPerDay)}::int AS room_in_seconds
    FROM unnest(${users}::uuid[]) AS u`;
  const known = await knownKeys(tx, calls);

  const of = new Map(rows.map((row) => [row.user_id, { ...row }]));
  const over = new Map<string, DialgateError>();
  const keysOfBatch = new Set<string>();
  for (const { id, userId, idempotency } of calls) {
    const user = of.get(userId);
    if (user === undefined) continue;
    if (idempotency !== null) {
      const key = `${userId} ${idempotency.key}`;
      if (known.has(key) || keysOfBatch.has(key)) continue;
      keysOfBatch.add(key);
    }
    const refused = judge(user, caps);
    if (refused !== null) {
      over.set(id, refused);
      if (idempotency !== null) keysOfBatch.delete(`${userId} ${idempotency.key}`);
      continue;
    }
    user.open++;
    user.today++;
  }
  return over;
}

interface UserNow {
  user_id: string;
  open: number;
  today: number;
  room_in_seconds: number | null;
}

const OPEN_CALLS = Prisma.sql`(SELECT count(*) FROM calls WHERE user_id = u AND ended_at IS NULL)`;

/** When the oldest call that fills the day's cap is a day old; NULL while there is room. */
function secondsUntilRoom(maxPerDay: number): Prisma.Sql {
  return Prisma.sql`(
    SELECT ceil(extract(epoch FROM created_at + interval '24 hours' - now()))
    FROM calls WHERE user_id = u AND created_at > now() - interval '24 hours'
    ORDER BY created_at DESC, id DESC OFFSET ${maxPerDay - 1} LIMIT 1)`;
}

function judge(user: UserNow, { maxOpen, maxPerDay }: UserCaps): DialgateError | null {
  if (maxPerDay !== null && user.today >= maxPerDay) {
    return new DialgateError('too_many_calls', `No more than ${maxPerDay} calls within 24 hours are allowed for you.`, {
      retryAfterSeconds: Math.max(1, user.room_in_seconds ?? RETRY_OPEN_SECONDS),
    });
  }
  if (maxOpen !== null && user.open >= maxOpen) {
    return new DialgateError(
      'too_many_calls',
      `No more than ${maxOpen} calls at once are allowed for you; wait until one is over.`,
      { retryAfterSeconds: RETRY_OPEN_SECONDS },
    );
  }
  return null;
}

async function knownKeys(tx: Prisma.TransactionClient, calls: readonly Asking[]): Promise<ReadonlySet<string>> {
  const keyed = calls.flatMap(({ userId, idempotency }) =>
    idempotency === null ? [] : [{ user_id: userId, key: idempotency.key }],
  );
  if (keyed.length === 0) return new Set();
  const rows = await tx.$queryRaw<{ user_id: string; key: string }[]>`
    SELECT k.user_id, k.key FROM idempotency_keys k
    JOIN jsonb_to_recordset(${JSON.stringify(keyed)}::jsonb) AS i(user_id uuid, key text) USING (user_id, key)`;
  return new Set(rows.map(({ user_id, key }) => `${user_id} ${key}`));
}

/** Whether there is anything to count at all. */
export function isCapped({ maxOpen, maxPerDay }: UserCaps): boolean {
  return maxOpen !== null || maxPerDay !== null;
}
