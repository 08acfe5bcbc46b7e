import { Prisma } from './client.js';

/** No lease lasts so long. One that ends later was taken before the database's clock was set back, and tells nothing. */
const NO_LEASE = Prisma.sql`interval '1 min'`;

/**
 * Whether a slot's lease, of alias `s`, was left by a clock that was set back since: it is, and some holder has renewed steadily for
 * so long by the clock there is now, so that this one would have renewed it as well.
 */
export function isLeftByFormerClock(steadyForMs: number): Prisma.Sql {
  return Prisma.sql`(s.lease_until > clock_timestamp() + ${NO_LEASE} AND EXISTS (SELECT FROM worker_slots w
    WHERE w.lease_until BETWEEN clock_timestamp() AND clock_timestamp() + ${NO_LEASE}
      AND w.steady_since <= clock_timestamp() - ${steadyForMs} * interval '1 ms'))`;
}

/**
 * When anybody was last known to follow the calls of a slot: its holder says so with each renewal. Where that tells nothing, the
 * lease itself has to do: if a former version holds the slot, which does not say it, or if the lease was not renewed steadily for
 * so long, for then the database was away, and the holder could not say it.
 *
 * @param slot the alias of `worker_slots` in the statement.
 */
export function lastFollowed(slot: 's' | 'o', steadyForMs: number): Prisma.Sql {
  const s = Prisma.raw(slot);
  return Prisma.sql`CASE WHEN ${s}.followed_epoch = ${s}.epoch AND ${s}.lease_until > clock_timestamp()
      AND ${s}.steady_since <= clock_timestamp() - ${steadyForMs} * interval '1 ms'
    THEN least(${s}.followed_at, ${s}.lease_until) ELSE ${s}.lease_until END`;
}

/**
 * The slots that nobody could follow for so long: their box is dead, or has no worker any more. None of them while no holder at all
 * has renewed steadily for as long: when the database was away, nobody could, and the others are not dead.
 */
export function desertedSlots(forMs: number): Prisma.Sql {
  return Prisma.sql`SELECT s.id FROM worker_slots s
    WHERE ${isLeftByFormerClock(forMs)}
      OR (${lastFollowed('s', forMs)} <= clock_timestamp() - ${forMs} * interval '1 ms'
        AND EXISTS (SELECT 1 FROM worker_slots w WHERE w.followed_epoch = w.epoch AND w.lease_until > clock_timestamp()
          AND w.steady_since <= clock_timestamp() - ${forMs} * interval '1 ms'))`;
}
