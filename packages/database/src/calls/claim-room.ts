import { Prisma } from '../client.js';
import { desertedSlots } from '../followed-slots.js';

/** Limits over all workers; 0 is off. */
export interface ClaimLimits {
  readonly maxConcurrentCalls: number;
  readonly originatePerSecond: number;
}

export function hasLimits({ maxConcurrentCalls, originatePerSecond }: ClaimLimits): boolean {
  return maxConcurrentCalls > 0 || originatePerSecond > 0;
}

/** How long a claimer waits when all lines are busy: about as long as it takes until one may be free. */
const ALL_BUSY_RETRY_MS = 100;

/** How far ahead dial times are given out: enough to keep the pace, not so much that a claim waits long. */
const PACE_AHEAD_MS = 1_000;

/** How long the times given out are used up before more are asked for. */
const PACE_REFILL_MS = 200;

/** A column with milliseconds holds a time up to half a millisecond later than it was meant. */
const ROUNDING_MS = 10;

/**
 * Common table expressions, the last of which is `room`, one row: how many `places` there are for claims (NULL: any number),
 * when the `first` of them may be dialled and `"waitMs"` until then, the milliseconds `gap` between them, and what was `full`.
 * They need one named `wanted` before them, with a row for each call that can be claimed; without such there is no row.
 *
 * The lock on the installation's row makes the count and the pace exact over all workers. It is taken once for all claims of
 * a statement, and not at all where there is nothing to claim or no limit. Calls in slots that nobody could follow for
 * `followedWithinMs` take up no room.
 */
export function roomFor(limits: ClaimLimits, followedWithinMs: number): Prisma.Sql {
  if (!hasLimits(limits)) return WITHOUT_LIMITS;
  return Prisma.sql`limits AS MATERIALIZED (
      SELECT nullif("maxConcurrentCalls", 0) AS lines, 1000.0::float8 / nullif("originatePerSecond", 0) AS gap
      FROM jsonb_to_record(${JSON.stringify(limits)}::jsonb) AS l("maxConcurrentCalls" int, "originatePerSecond" float8)
    ), locked AS MATERIALIZED (
      SELECT id, next_dial_at FROM installation WHERE EXISTS (SELECT FROM wanted) FOR UPDATE
    ), counted AS MATERIALIZED (
      -- Everything here needs the locked row, so that nothing of it is looked up before the lock.
      SELECT k.next_dial_at, clock_timestamp() AS at, l.gap, CASE WHEN l.lines IS NOT NULL THEN
        greatest(0, l.lines - (SELECT coalesce(sum(o.open), 0) FROM open_calls_of_slots(k.id) o
          WHERE o.slot_id NOT IN (${desertedSlots(followedWithinMs)}))) END AS lines
      FROM locked k, limits l
    ), pace AS MATERIALIZED (
      -- A time further ahead than any that is ever given out is of a clock that was set back since.
      SELECT lines, gap, at, CASE
        WHEN next_dial_at > at + (${PACE_AHEAD_MS + ROUNDING_MS}::float8 + gap) * interval '1 ms' THEN at
        ELSE greatest(next_dial_at, at) END AS first
      FROM counted
    ), turns AS MATERIALIZED (
      SELECT *, extract(epoch FROM first - at)::float8 * 1000 AS "waitMs",
        CASE WHEN gap IS NOT NULL THEN
          greatest(0, floor((${PACE_AHEAD_MS}::float8 - extract(epoch FROM first - at)::float8 * 1000) / gap) + 1) END AS turns
      FROM pace
    ), room AS MATERIALIZED (
      SELECT first, gap, CASE WHEN gap IS NULL THEN 0 ELSE "waitMs" END AS "waitMs", least(lines, turns, ${MOST_PLACES}::int)::int AS places,
        CASE WHEN lines <= coalesce(turns, lines) THEN ${ALL_BUSY_RETRY_MS}::float8
          ELSE ceil("waitMs" + turns * gap) - ${PACE_AHEAD_MS - PACE_REFILL_MS}::float8 END AS "retryInMs"
      FROM turns
    )`;
}

/** More than any statement asks for. */
const MOST_PLACES = 1_000_000;

const WITHOUT_LIMITS = Prisma.sql`room AS MATERIALIZED (
      SELECT NULL::timestamptz AS first, NULL::float8 AS gap, 0::float8 AS "waitMs", NULL::int AS places, 0::float8 AS "retryInMs"
    )`;
