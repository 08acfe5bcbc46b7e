import { DialgateError } from '@dialgate/domain';
import { withDatabaseErrors, type Client } from './client.js';
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
  const take = (asterisk: string, owner: string, holder: string, adopting: boolean): Promise<Lease | null> =>
    takeFree(client, times, { asterisk, owner, holder, adopting });

  return {
    /** How long leases hold here, and how long their holders wait for one another. */
    times,

    /**
     * Takes a slot on an Asterisk that nobody holds, one with open calls first, or makes a new one. The slot's epoch goes
     * up and its open calls are restamped with it in the same transaction, so that they are the new holder's and no
     * late write of a former holder counts.
     */
    acquire: (want: {
      readonly asterisk: string;
      readonly appPrefix: string;
      readonly owner: string;
      readonly holder: string;
    }): Promise<Lease> =>
      withDatabaseErrors(async () => {
        for (let attempt = 1; attempt <= ACQUIRE_TRIES; attempt++) {
          const taken = await take(want.asterisk, want.owner, want.holder, false);
          if (taken !== null) return taken;
          // Another worker may be quicker with the new slot; then this one goes round again.
          await client.$executeRaw`
            INSERT INTO worker_slots (asterisk, number, app)
            SELECT ${want.asterisk}, n.number, ${want.appPrefix} || '-' || i.name || '-' || n.number
            FROM installation i,
              (SELECT coalesce(max(number), 0) + 1 AS number FROM worker_slots WHERE asterisk = ${want.asterisk}) AS n
            ON CONFLICT DO NOTHING`;
        }
        throw new DialgateError('internal', 'No slot could be taken.');
      }),

    /** Takes a slot of a worker that is gone and left open calls behind, or null when there is none. */
    adopt: (asterisk: string, owner: string, holder: string): Promise<Lease | null> =>
      withDatabaseErrors(() => take(asterisk, owner, holder, true)),

    ...createHolding(client, times),

    /** All slots, for /health. */
    list: (): Promise<SlotState[]> =>
      withDatabaseErrors(async () => {
        const rows = await client.$queryRaw<SlotRow[]>`
          SELECT s.asterisk, s.number, s.app, s.owner IS NOT NULL AND s.lease_until > clock_timestamp() AS held, s.holder,
            s.connection, s.connection_since, s.asterisk_version,
            (SELECT count(*)::int FROM calls c
              WHERE c.slot_id = s.id AND c.ended_at IS NULL) AS open_calls
          FROM worker_slots s ORDER BY s.asterisk, s.number`;
        return rows.map((row) => ({
          asterisk: row.asterisk,
          number: row.number,
          app: row.app,
          held: row.held,
          holder: row.holder,
          connection: row.held ? row.connection : 'closed',
          connectionSince: row.connection_since,
          asteriskVersion: row.asterisk_version,
          openCalls: row.open_calls,
        }));
      }),
  };
}

/** What the holder of a slot may do with it; whoever has lost it changes nothing. */
function createHolding(client: Client, { leaseMs }: WorkerTimes) {
  return {
    /**
     * Holds on to a slot for another `leaseMs`, and says how its event socket stands. An expired lease can be renewed as
     * long as nobody has taken the slot: an outage of the database must not make slots flap.
     *
     * @returns whether the slot is still the holder's.
     */
    renew: ({ slotId, owner, epoch }: Lease, connection: SlotConnection): Promise<boolean> =>
      withDatabaseErrors(async () => {
        const renewed = await client.$executeRaw`
          UPDATE worker_slots SET lease_until = clock_timestamp() + ${leaseMs} * interval '1 ms',
            connection = ${connection},
            connection_since = CASE WHEN connection = ${connection} THEN connection_since ELSE clock_timestamp() END
          WHERE id = ${slotId} AND owner = ${owner}::uuid AND epoch = ${epoch}`;
        return renewed > 0;
      }),

    /**
     * Ends the lease at once, so that another worker may adopt the slot; until one has, the holder may still renew it.
     */
    letGo: ({ slotId, owner, epoch }: Lease): Promise<void> =>
      withDatabaseErrors(async () => {
        await client.$executeRaw`
          UPDATE worker_slots SET lease_until = clock_timestamp()
          WHERE id = ${slotId} AND owner = ${owner}::uuid AND epoch = ${epoch}`;
      }),

    /** Gives a slot back at once. Its open calls stay with it and wait for the next holder. */
    release: ({ slotId, owner, epoch }: Lease): Promise<void> =>
      withDatabaseErrors(async () => {
        await client.$executeRaw`
          UPDATE worker_slots SET owner = NULL, lease_until = clock_timestamp(), holder = NULL, connection = 'closed',
            connection_since = clock_timestamp()
          WHERE id = ${slotId} AND owner = ${owner}::uuid AND epoch = ${epoch}`;
      }),

    /** Writes down what the holder knows of its Asterisk, for /health. */
    report: (
      { slotId, owner, epoch }: Lease,
      connection: SlotConnection,
      asteriskVersion: string | null,
    ): Promise<void> =>
      withDatabaseErrors(async () => {
        await client.$executeRaw`
          UPDATE worker_slots SET connection = ${connection},
            connection_since = CASE WHEN connection = ${connection} THEN connection_since ELSE clock_timestamp() END,
            asterisk_version = coalesce(${asteriskVersion}, asterisk_version)
          WHERE id = ${slotId} AND owner = ${owner}::uuid AND epoch = ${epoch}`;
      }),
  };
}

interface SlotRow {
  asterisk: string;
  number: number;
  app: string;
  held: boolean;
  holder: string | null;
  connection: SlotConnection;
  connection_since: Date | null;
  asterisk_version: string | null;
  open_calls: number;
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
