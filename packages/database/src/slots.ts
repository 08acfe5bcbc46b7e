import { DialgateError, type SlotConnection } from '@dialgate/domain';
import { Prisma, withDatabaseErrors, type Client } from './client.js';
import { NOW_MS, tellingTime, type DatabaseClock } from './clock.js';
import { isLeftByFormerClock } from './followed-slots.js';
import { createSlotReader, type BreakerMode } from './list-slots.js';
import { workerTimesProblems, type WorkerTimes } from './worker-times.js';

/** A worker's hold on a slot, as long as its lease is renewed. */
export interface Lease {
  readonly slotId: number;
  /** The holder: an id that a worker makes at its start. */
  readonly owner: string;
  readonly epoch: number;
  /** The ARI application of the slot. */
  readonly app: string;
}

/** Why a slot's holder originates nothing although its Asterisk answers: it is not the slot's, or its version is too old. */
export type WrongAsterisk = Extract<SlotConnection, 'other_asterisk' | 'too_old'>;

/** What a holder says of its slot with each renewal. */
export interface Standing {
  readonly connection: SlotConnection;
  /** Whether the slot's calls are followed just now: its socket is open, and its last reconciliation was successful. */
  readonly follows: boolean;
  readonly breaker: BreakerMode;
  /** 0 to 1, or null while no channel was asked for. */
  readonly answeredRate: number | null;
}

/** More workers than that never start at the same moment. */
const ACQUIRE_TRIES = 100;

/**
 * How other boxes stand to a call that one refuses: none is alive, each living one has refused it before, or one is left that may
 * carry it.
 */
export type OtherBoxes = 'none_alive' | 'all_refused' | 'one_left';

export type Slots = ReturnType<typeof createSlots>;

/**
 * @param leases connections for the renewals, which must not come late behind other statements, or behind a slow connecting: they
 *   are there from the taking of a slot on.
 * @throws when the times would break the protocol.
 */
export function createSlots(client: Client, leases: Client, clock: DatabaseClock, times: WorkerTimes) {
  const problems = workerTimesProblems(times);
  if (problems.length > 0) throw new Error(problems.join(' '));
  return {
    /** How long leases hold here, and how long their holders wait for one another. */
    times,

    /**
     * Takes a slot on an Asterisk that nobody holds, one with open calls first, or makes a new one. The slot's epoch goes
     * up and its open calls are restamped with it in the same transaction, so that they are the new holder's and no
     * late write of a former holder counts. Of a slot that was never told its Asterisk, the name has to do, once.
     */
    acquire: ({ appPrefix, ...taker }: Omit<Taker, 'adopting'> & { readonly appPrefix: string }): Promise<Lease> =>
      withDatabaseErrors(async () => {
        for (let attempt = 1; attempt <= ACQUIRE_TRIES; attempt++) {
          const taken = await takeFree(leases, times, { ...taker, adopting: false });
          if (taken !== null) return taken;
          // Another worker may be quicker with the new slot; then this one goes round again.
          await client.$executeRaw`
            INSERT INTO worker_slots (asterisk, entity_id, number, app)
            SELECT ${taker.asterisk}, ${taker.entityId ?? null}, n.number, ${appPrefix} || '-' || i.name || '-' || n.number
            FROM installation i,
              (SELECT coalesce(max(number), 0) + 1 AS number FROM worker_slots WHERE asterisk = ${taker.asterisk}) AS n
            ON CONFLICT DO NOTHING`;
        }
        throw new DialgateError('internal', 'No slot could be taken.');
      }),

    /**
     * Takes a slot of a worker that is gone and left open calls behind, or null when there is none. That there is one is asked
     * first: all workers ask all the time, and mostly there is none. Null, too, while the database's clock has lately been set
     * forward: all leases are over then, and their holders need a moment to renew them.
     *
     * @param mayStill asked again before the slot is taken: what was asked before an outage may be answered after it.
     */
    adopt: (taker: Omit<Taker, 'adopting'>, mayStill: () => boolean = () => true): Promise<Lease | null> =>
      withDatabaseErrors(async () => {
        const adopter = { ...taker, adopting: true };
        const look = () => client.$queryRaw<{ id: number | null; now: number }[]>`
          SELECT (${freeSlot(times, adopter)}) AS id, ${NOW_MS} AS now`;
        const [left] = await tellingTime(clock, look);
        if (typeof left?.id !== 'number' || clock.steadyForMs(performance.now()) < times.adoptAfterMs) return null;
        return mayStill() ? takeFree(client, times, adopter) : null;
      }),

    ...createHolding(client, leases, times),

    /**
     * Whether another box could carry a call that this one refuses. One is alive that was followed within `followedWithinMs` and
     * whose breaker is closed. One whose socket or lease is broken for a moment counts, for a call had better wait for it than fail.
     */
    othersFor: (callId: string, { slotId }: Pick<Lease, 'slotId'>): Promise<OtherBoxes> =>
      withDatabaseErrors(async () => {
        const [others] = await client.$queryRaw<{ isOneLeft: boolean | null }[]>`
          SELECT bool_or(NOT EXISTS (
            SELECT FROM call_events e JOIN worker_slots r ON r.id = (e.detail->>'refusedBy')::int
            WHERE e.call_id = ${callId}::uuid AND e.event = 'claim_voided' AND r.entity_id = s.entity_id)) AS "isOneLeft"
          FROM worker_slots s
          WHERE s.entity_id <> (SELECT m.entity_id FROM worker_slots m WHERE m.id = ${slotId}) AND s.breaker = 'closed'
            AND s.followed_epoch = s.epoch AND s.followed_at > clock_timestamp() - ${times.followedWithinMs} * interval '1 ms'`;
        if (typeof others?.isOneLeft !== 'boolean') return 'none_alive';
        return others.isOneLeft ? 'one_left' : 'all_refused';
      }),

    ...createSlotReader(client, times),
  };
}

/** What the holder of a slot may do with it; whoever has lost it changes nothing. */
function createHolding(client: Client, leases: Client, { leaseMs }: WorkerTimes) {
  const update = (slot: Lease, assignment: Prisma.Sql, only = Prisma.empty, over = client): Promise<number> =>
    withDatabaseErrors(
      () => over.$executeRaw`
        UPDATE worker_slots SET ${assignment}
        WHERE id = ${slot.slotId} AND owner = ${slot.owner}::uuid AND epoch = ${slot.epoch} ${only}`,
    );

  return {
    /**
     * Holds on to a slot for another `leaseMs`, and says how it stands. An expired lease can be renewed as
     * long as nobody has taken the slot: an outage of the database must not make slots flap.
     *
     * @returns whether the slot is still the holder's.
     */
    renew: async (slot: Lease, { connection, follows, breaker, answeredRate }: Standing): Promise<boolean> => {
      const leaseUntil = Prisma.sql`lease_until = clock_timestamp() + ${leaseMs} * interval '1 ms'`;
      // Not one that is over, nor one of a clock that was set back since.
      const held = Prisma.sql`lease_until BETWEEN clock_timestamp() AND clock_timestamp() + ${2 * leaseMs} * interval '1 ms'`;
      const steady = Prisma.sql`steady_since = CASE WHEN ${held} THEN steady_since ELSE clock_timestamp() END`;
      const followed = Prisma.sql`followed_at = CASE WHEN ${follows} THEN clock_timestamp() ELSE least(followed_at, clock_timestamp()) END`;
      const creates = Prisma.sql`breaker = ${breaker}, answered_rate = ${answeredRate}::real`;
      const assignment = Prisma.sql`${leaseUntil}, ${steady}, ${followed}, ${creates}, ${stands(connection)}`;
      return (await update(slot, assignment, Prisma.empty, leases)) > 0;
    },

    /**
     * Writes down which Asterisk answers where the slot is, and its version.
     *
     * @returns whether the slot is on that Asterisk, and still the holder's. A slot that was never told one is from now on.
     */
    identify: async (slot: Lease, { entityId, version }: Identity): Promise<boolean> => {
      await withDatabaseErrors(
        () => client.$executeRaw`INSERT INTO asterisks (entity_id) VALUES (${entityId}) ON CONFLICT DO NOTHING`,
      );
      const told = Prisma.sql`entity_id = ${entityId}, asterisk_version = ${version}`;
      return (await update(slot, told, Prisma.sql`AND coalesce(entity_id, ${entityId}) = ${entityId}`)) > 0;
    },

    /** Ends the lease at once, so that another worker may adopt the slot; until one has, the holder may still renew it. */
    letGo: async (slot: Lease): Promise<void> => {
      await update(slot, Prisma.sql`lease_until = clock_timestamp()`);
    },

    /** Gives a slot back at once. Its open calls stay with it and wait for the next holder. */
    release: async (slot: Lease, connection: 'closed' | 'other_asterisk' = 'closed'): Promise<void> => {
      const given = Prisma.sql`owner = NULL, lease_until = clock_timestamp(), holder = NULL`;
      await update(slot, Prisma.sql`${given}, connection = ${connection}, connection_since = clock_timestamp()`);
    },

    /** Writes down at once how the slot's event socket stands, for /health. */
    report: async (slot: Lease, connection: SlotConnection): Promise<void> => {
      await update(slot, stands(connection));
    },
  };
}

function stands(connection: SlotConnection): Prisma.Sql {
  return Prisma.sql`connection = ${connection},
    connection_since = CASE WHEN connection = ${connection} THEN connection_since ELSE clock_timestamp() END`;
}

/** What an Asterisk says of itself. */
export interface Identity {
  /** `system.entity_id` of `GET /asterisk/info`: its own, whatever address it answers at. */
  readonly entityId: string;
  readonly version: string;
}

interface Taker {
  /** What the taker's Asterisk is called. */
  readonly asterisk: string;
  /** Which one it is; absent when it could not be asked: then only slots that were never told theirs are taken. */
  readonly entityId?: string | undefined;
  readonly owner: string;
  readonly holder: string;
  /** The slots that the taker holds: their leases are renewed, be they over, and not taken anew. */
  readonly holding?: readonly number[];
  /** Whether a slot stays its holder's however long ago its lease has ended: the database was away, and nobody could renew. */
  readonly onlyGivenBack?: boolean;
  readonly adopting: boolean;
}

/** The slot to be taken first, of those that may be. */
function freeSlot(
  { leftAloneMs, adoptAfterMs }: WorkerTimes,
  { asterisk, entityId, holding = [], onlyGivenBack = false, adopting }: Omit<Taker, 'owner' | 'holder'>,
): Prisma.Sql {
  return Prisma.sql`SELECT s.id FROM worker_slots s,
          LATERAL (SELECT EXISTS (SELECT 1 FROM calls c WHERE c.slot_id = s.id AND c.ended_at IS NULL) AS busy) AS o
        WHERE (o.busy OR NOT ${adopting})
          AND (s.entity_id = ${entityId ?? null} AND (${adopting} OR s.asterisk = ${asterisk})
            OR s.entity_id IS NULL AND s.asterisk = ${asterisk})
          AND (s.owner IS NULL OR s.lease_until <= clock_timestamp() - ${adopting ? 0 : leftAloneMs} * interval '1 ms'
            AND NOT ${onlyGivenBack} OR ${isLeftByFormerClock(adoptAfterMs)})
          AND s.id <> ALL (${[...holding]}::int[])
        ORDER BY o.busy DESC, s.number LIMIT 1`;
}

/**
 * Two statements in one transaction: the second sees the claims that were being written while the first waited for the
 * slot's row, and restamps them too.
 */
async function takeFree(client: Client, times: WorkerTimes, taker: Taker): Promise<Lease | null> {
  const { entityId, owner, holder } = taker;
  const { leaseMs } = times;
  return client.$transaction(async (tx) => {
    const [slot] = await tx.$queryRaw<{ id: number; epoch: number; app: string }[]>`
      UPDATE worker_slots SET owner = ${owner}::uuid, epoch = epoch + 1, holder = ${holder}, connection = 'connecting',
        connection_since = clock_timestamp(), lease_until = clock_timestamp() + ${leaseMs} * interval '1 ms',
        followed_epoch = 1 + epoch, steady_since = clock_timestamp(),
        followed_at = coalesce(CASE WHEN followed_epoch = epoch THEN followed_at ELSE lease_until END, clock_timestamp()),
        entity_id = coalesce(entity_id, ${entityId ?? null})
      WHERE id = (${freeSlot(times, taker)} FOR UPDATE OF s SKIP LOCKED)
      RETURNING id, epoch, app`;
    if (slot === undefined) return null;

    await tx.$executeRaw`
      UPDATE calls SET slot_epoch = ${slot.epoch}
      WHERE slot_id = ${slot.id} AND ended_at IS NULL`;
    return { slotId: slot.id, owner, epoch: slot.epoch, app: slot.app };
  });
}
