import { DialgateError } from '@dialgate/domain';
import { Prisma, withDatabaseErrors, type Client } from './client.js';
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

/** What a holder says of its event socket. */
export type SlotConnection = 'connecting' | 'connected' | 'unauthorized' | 'unreachable' | 'replaced' | 'closed';

/** A slot as others see it. */
export interface SlotState {
  readonly asterisk: string;
  readonly number: number;
  readonly app: string;
  readonly held: boolean;
  readonly holder: string | null;
  readonly connection: SlotConnection;
  readonly connectionSince: Date | null;
  readonly asteriskVersion: string | null;
  readonly openCalls: number;
}

/** More workers than that never start at the same moment. */
const ACQUIRE_TRIES = 100;

export type Slots = ReturnType<typeof createSlots>;

/** @throws when the times would break the protocol. */
export function createSlots(client: Client, times: WorkerTimes) {
  const problems = workerTimesProblems(times);
  if (problems.length > 0) throw new Error(problems.join(' '));
  return {
    /** How long leases hold here, and how long their holders wait for one another. */
    times,

    /**
     * Takes a slot on an Asterisk that nobody holds, one with open calls first, or makes a new one. The slot's epoch goes
     * up and its open calls are restamped with it in the same transaction, so that they are the new holder's and no
     * late write of a former holder counts.
     */
    acquire: ({ appPrefix, ...taker }: Omit<Taker, 'adopting'> & { readonly appPrefix: string }): Promise<Lease> =>
      withDatabaseErrors(async () => {
        for (let attempt = 1; attempt <= ACQUIRE_TRIES; attempt++) {
          const taken = await takeFree(client, times, { ...taker, adopting: false });
          if (taken !== null) return taken;
          // Another worker may be quicker with the new slot; then this one goes round again.
          await client.$executeRaw`
            INSERT INTO worker_slots (asterisk, number, app)
            SELECT ${taker.asterisk}, n.number, ${appPrefix} || '-' || i.name || '-' || n.number
            FROM installation i,
              (SELECT coalesce(max(number), 0) + 1 AS number FROM worker_slots WHERE asterisk = ${taker.asterisk}) AS n
            ON CONFLICT DO NOTHING`;
        }
        throw new DialgateError('internal', 'No slot could be taken.');
      }),

    /** Takes a slot of a worker that is gone and left open calls behind, or null when there is none. */
    adopt: (asterisk: string, owner: string, holder: string): Promise<Lease | null> =>
      withDatabaseErrors(() => takeFree(client, times, { asterisk, owner, holder, adopting: true })),

    ...createHolding(client, times),

    /** All slots, for /health. */
    list: (): Promise<SlotState[]> =>
      withDatabaseErrors(
        () => client.$queryRaw<SlotState[]>`
          SELECT s.asterisk, s.number, s.app, h.held, s.holder,
            CASE WHEN h.held THEN s.connection ELSE 'closed' END AS connection,
            s.connection_since AS "connectionSince", s.asterisk_version AS "asteriskVersion",
            (SELECT count(*)::int FROM calls c
              WHERE c.slot_id = s.id AND c.ended_at IS NULL) AS "openCalls"
          FROM worker_slots s,
            LATERAL (SELECT s.owner IS NOT NULL AND s.lease_until > clock_timestamp() AS held) AS h
          ORDER BY s.asterisk, s.number`,
      ),
  };
}

/** What the holder of a slot may do with it; whoever has lost it changes nothing. */
function createHolding(client: Client, { leaseMs }: WorkerTimes) {
  const update = (slot: Lease, assignment: Prisma.Sql): Promise<number> =>
    withDatabaseErrors(
      () => client.$executeRaw`
        UPDATE worker_slots SET ${assignment}
        WHERE id = ${slot.slotId} AND owner = ${slot.owner}::uuid AND epoch = ${slot.epoch}`,
    );

  return {
    /**
     * Holds on to a slot for another `leaseMs`, and says how its event socket stands. An expired lease can be renewed as
     * long as nobody has taken the slot: an outage of the database must not make slots flap.
     *
     * @returns whether the slot is still the holder's.
     */
    renew: async (slot: Lease, connection: SlotConnection): Promise<boolean> => {
      const leaseUntil = Prisma.sql`lease_until = clock_timestamp() + ${leaseMs} * interval '1 ms'`;
      return (await update(slot, Prisma.sql`${leaseUntil}, ${stands(connection)}`)) > 0;
    },

    /** Ends the lease at once, so that another worker may adopt the slot; until one has, the holder may still renew it. */
    letGo: async (slot: Lease): Promise<void> => {
      await update(slot, Prisma.sql`lease_until = clock_timestamp()`);
    },

    /** Gives a slot back at once. Its open calls stay with it and wait for the next holder. */
    release: async (slot: Lease): Promise<void> => {
      const given = Prisma.sql`owner = NULL, lease_until = clock_timestamp(), holder = NULL`;
      await update(slot, Prisma.sql`${given}, connection = 'closed', connection_since = clock_timestamp()`);
    },

    /** Writes down what the holder knows of its Asterisk, for /health. */
    report: async (slot: Lease, connection: SlotConnection, asteriskVersion: string | null): Promise<void> => {
      const version = Prisma.sql`asterisk_version = coalesce(${asteriskVersion}, asterisk_version)`;
      await update(slot, Prisma.sql`${stands(connection)}, ${version}`);
    },
  };
}

function stands(connection: SlotConnection): Prisma.Sql {
  return Prisma.sql`connection = ${connection},
    connection_since = CASE WHEN connection = ${connection} THEN connection_since ELSE clock_timestamp() END`;
}

interface Taker {
  readonly asterisk: string;
  readonly owner: string;
  readonly holder: string;
  readonly adopting: boolean;
}

/**
 * Two statements in one transaction: the second sees the claims that were being written while the first waited for the
 * slot's row, and restamps them too.
 */
async function takeFree(
  client: Client,
  { leaseMs, leftAloneMs }: WorkerTimes,
  { asterisk, owner, holder, adopting }: Taker,
): Promise<Lease | null> {
  return client.$transaction(async (tx) => {
    const [slot] = await tx.$queryRaw<{ id: number; epoch: number; app: string }[]>`
      UPDATE worker_slots SET owner = ${owner}::uuid, epoch = epoch + 1, holder = ${holder}, connection = 'connecting',
        connection_since = clock_timestamp(), lease_until = clock_timestamp() + ${leaseMs} * interval '1 ms'
      WHERE id = (
        SELECT s.id FROM worker_slots s,
          LATERAL (SELECT EXISTS (SELECT 1 FROM calls c WHERE c.slot_id = s.id AND c.ended_at IS NULL) AS busy) AS o
        WHERE s.asterisk = ${asterisk} AND (o.busy OR NOT ${adopting})
          AND (s.owner IS NULL OR s.lease_until <= clock_timestamp() - ${adopting ? 0 : leftAloneMs} * interval '1 ms')
        ORDER BY o.busy DESC, s.number LIMIT 1 FOR UPDATE OF s SKIP LOCKED)
      RETURNING id, epoch, app`;
    if (slot === undefined) return null;

    await tx.$executeRaw`
      UPDATE calls SET slot_epoch = ${slot.epoch}
      WHERE slot_id = ${slot.id} AND ended_at IS NULL`;
    return { slotId: slot.id, owner, epoch: slot.epoch, app: slot.app };
  });
}
