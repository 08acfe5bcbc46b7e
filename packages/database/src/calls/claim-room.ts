import { Prisma } from '../client.js';
import { desertedSlots } from '../followed-slots.js';

/** How many calls at once, and how many dials a second; 0 is off. */
export interface Limits {
  readonly maxConcurrentCalls: number;
  readonly originatePerSecond: number;
}

/** Limits over all workers, and those of each Asterisk over all workers that it has. */
export interface ClaimLimits extends Limits {
  readonly perBox?: Limits | undefined;
}

export const NO_LIMITS: Limits = { maxConcurrentCalls: 0, originatePerSecond: 0 };

export function hasLimits({ perBox, ...all }: ClaimLimits): boolean {
  return isLimited(all) || hasBoxLimits({ perBox });
}

function hasBoxLimits({ perBox = NO_LIMITS }: Pick<ClaimLimits, 'perBox'>): boolean {
  return isLimited(perBox);
}

function isLimited({ maxConcurrentCalls, originatePerSecond }: Limits): boolean {
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

/** More than any statement asks for. */
const MOST_PLACES = 1_000_000;

/**
 * Common table expressions, the last of which are `limited` and `room`.
 *
 * `limited` has a row for all boxes (`whose` = 'all') and one for the claimer's own ('box' and its `entity_id`), where they
 * have a limit: how many `places` there are for claims (NULL: any number), when the `first` of them may be dialled and
 * `"waitMs"` until then, and the milliseconds `gap` between them. `room` is the one of them with the fewest places: `places`,
 * `"fullOf"` and `"retryInMs"`. They need one named `wanted` before them, with a row for each call that can be claimed, all for
 * one slot; without such there is no row.
 *
 * The lock on the installation's row makes the counts and the paces exact over all workers. It is taken once for all claims of
 * a statement, and not at all where there is nothing to claim or no limit; the Asterisk's row is locked after it, to be read as
 * others have left it. Calls in slots that nobody could follow for `followedWithinMs` take up no room.
 */
export function roomFor(limits: ClaimLimits, followedWithinMs: number): Prisma.Sql {
  if (!hasLimits(limits)) return WITHOUT_LIMITS;
  return Prisma.sql`locked AS MATERIALIZED (
      SELECT id, next_dial_at FROM installation WHERE EXISTS (SELECT FROM wanted) FOR UPDATE
    ), box AS MATERIALIZED (
      ${ownBox(limits, Prisma.sql`(SELECT min("slotId") FROM wanted)`, Prisma.sql`next_dial_at`)}
    ), open_calls AS MATERIALIZED (
      -- Everything here needs the locked row, so that nothing of it is looked up before the lock.
      SELECT o.open, s.entity_id FROM locked k, open_calls_of_slots(k.id) o JOIN worker_slots s ON s.id = o.slot_id
      WHERE o.slot_id NOT IN (${desertedSlots(followedWithinMs)})
    ), counted AS MATERIALIZED (
      SELECT 'all' AS whose, NULL AS entity_id, k.next_dial_at, clock_timestamp() AS at, l.gap,
        ${linesLeft(Prisma.sql`SELECT sum(open) FROM open_calls`)} AS lines
      FROM locked k, ${limitsOf(limits)}
      UNION ALL
      SELECT 'box', b.entity_id, b.next_dial_at, clock_timestamp(), l.gap,
        ${linesLeft(Prisma.sql`SELECT sum(open) FROM open_calls o WHERE o.entity_id = b.entity_id`)}
      FROM box b, ${limitsOf(limits.perBox ?? NO_LIMITS)}
    ), pace AS MATERIALIZED (
      -- A time further ahead than any that is ever given out is of a clock that was set back since.
      SELECT whose, entity_id, lines, gap, at, CASE
        WHEN next_dial_at > at + (${PACE_AHEAD_MS + ROUNDING_MS}::float8 + gap) * interval '1 ms' THEN at
        ELSE greatest(next_dial_at, at) END AS first
      FROM counted
    ), turns AS MATERIALIZED (
      SELECT *, extract(epoch FROM first - at)::float8 * 1000 AS "waitMs",
        CASE WHEN gap IS NOT NULL THEN
          greatest(0, floor((${PACE_AHEAD_MS}::float8 - extract(epoch FROM first - at)::float8 * 1000) / gap) + 1) END AS turns
      FROM pace
    ), limited AS MATERIALIZED (
      SELECT whose, entity_id, first, gap, CASE WHEN gap IS NULL THEN 0 ELSE "waitMs" END AS "waitMs", least(lines, turns, ${MOST_PLACES}::int)::int AS places,
        CASE WHEN lines <= coalesce(turns, lines) THEN ${ALL_BUSY_RETRY_MS}::float8
          ELSE ceil("waitMs" + turns * gap) - ${PACE_AHEAD_MS - PACE_REFILL_MS}::float8 END AS "retryInMs"
      FROM turns
    ), room AS MATERIALIZED (
      SELECT places, whose AS "fullOf", "retryInMs" FROM limited ORDER BY places, whose LIMIT 1
    )`;
}

/**
 * The row of the Asterisk that a slot is on, locked after the installation's (`locked`); no row where boxes have no limit.
 *
 * @param columns of `asterisks`, beside its id.
 */
export function ownBox(limits: Pick<ClaimLimits, 'perBox'>, slotId: Prisma.Sql, columns: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`SELECT entity_id, ${columns} FROM asterisks
      WHERE ${hasBoxLimits(limits)} AND EXISTS (SELECT FROM locked)
        AND entity_id = (SELECT s.entity_id FROM worker_slots s WHERE s.id = ${slotId})
      FOR UPDATE`;
}

/** A row `l` with the `lines` and the `gap` of limits, NULL where they are off. */
function limitsOf({ maxConcurrentCalls, originatePerSecond }: Limits): Prisma.Sql {
  return Prisma.sql`(SELECT nullif(${maxConcurrentCalls}::int, 0) AS lines, 1000.0::float8 / nullif(${originatePerSecond}::float8, 0) AS gap) AS l`;
}

/** What is left of the lines of `l`. The count is not made where they are not limited. */
function linesLeft(open: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`CASE WHEN l.lines IS NOT NULL THEN greatest(0, l.lines - coalesce((${open}), 0)) END`;
}

const WITHOUT_LIMITS = Prisma.sql`limited AS MATERIALIZED (
      SELECT NULL::text AS whose, NULL::text AS entity_id, NULL::timestamptz AS first, NULL::float8 AS gap, 0::float8 AS "waitMs" WHERE false
    ), room AS MATERIALIZED (
      SELECT NULL::int AS places, NULL::text AS "fullOf", 0::float8 AS "retryInMs"
    )`;
