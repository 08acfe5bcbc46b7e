import type { Call } from '@dialgate/domain';
import { withDatabaseErrors, type Client } from '../client.js';
import { NOW_MS, tellingTime, type DatabaseClock } from '../clock.js';
import { CALL_COLUMNS, callOfRow, type CallRow } from './rows.js';

/** What waits to be dialled, over all users. */
export interface Backlog {
  readonly waiting: number;
  readonly oldestCreatedAt: Date | null;
  /** The last dial that is known without looking through the calls: of one that is still up, or under a limit on dials a second. */
  readonly lastDialAt: Date | null;
  /** When it was asked, by the database's clock, as the others are. */
  readonly at: Date;
}

/** Counting open calls stops here; a backlog beyond it is reported as this many. */
export const OPEN_COUNTED_AT_MOST = 10_000;

export function createCallReader(client: Client, clock: DatabaseClock) {
  return {
    /** The call as it stands, or null. With a user id, other users' calls do not exist. */
    find: (id: string, userId: string | null = null): Promise<Call | null> =>
      withDatabaseErrors(async () => {
        const [row] = await client.$queryRaw<CallRow[]>`
          SELECT ${CALL_COLUMNS} FROM calls c
          WHERE c.id = ${id}::uuid AND (${userId}::uuid IS NULL OR c.user_id = ${userId}::uuid)`;
        return row === undefined ? null : callOfRow(row);
      }),

    /** The calls with these ids, by id; those that do not exist are missing. */
    findAll: (ids: readonly string[]): Promise<ReadonlyMap<string, Call>> =>
      withDatabaseErrors(async () => {
        if (ids.length === 0) return new Map();
        const rows = await client.$queryRaw<CallRow[]>`
          SELECT ${CALL_COLUMNS} FROM calls c WHERE c.id = ANY(${ids}::uuid[])`;
        return new Map(rows.map((row) => [row.id, callOfRow(row)]));
      }),

    /**
     * All calls of a slot that are not over (claimed, dialing, ringing or answered), the database's time, and for how many
     * milliseconds its clock has been steady, as far as was seen here.
     */
    openOfSlot: (slotId: number): Promise<{ calls: Call[]; at: Date; steadyForMs: number }> =>
      withDatabaseErrors(async () => {
        const ask = () => client.$queryRaw<(CallRow & { now: number })[]>`
          SELECT ${CALL_COLUMNS}, ${NOW_MS} AS now FROM calls c
          WHERE c.slot_id = ${slotId} AND c.ended_at IS NULL`;
        const rows = await tellingTime(clock, ask);
        return {
          calls: rows.map(callOfRow),
          at: new Date(rows[0]?.now ?? 0),
          steadyForMs: clock.steadyForMs(performance.now()),
        };
      }),

    /** How many calls of a slot are not over. */
    countOpenOfSlot: (slotId: number): Promise<number> =>
      withDatabaseErrors(async () => {
        const [row] = await client.$queryRaw<{ open: number }[]>`
          SELECT count(*)::int AS open FROM calls WHERE slot_id = ${slotId} AND ended_at IS NULL`;
        return row?.open ?? 0;
      }),

    /**
     * The dialled calls of these slots that should be hung up: their client wants them gone, or they have been up for more
     * than `maxCallSeconds` (0: no limit).
     */
    toHangUp: (slotIds: readonly number[], maxCallSeconds: number): Promise<Call[]> =>
      withDatabaseErrors(async () => {
        const rows = await client.$queryRaw<CallRow[]>`
          SELECT ${CALL_COLUMNS} FROM calls c
          WHERE c.slot_id = ANY(${slotIds}::int[]) AND c.ended_at IS NULL AND c.dial_sent_at IS NOT NULL
            AND (c.cancel_requested_at IS NOT NULL
              OR (${maxCallSeconds}::int > 0 AND c.answered_at < clock_timestamp() - ${maxCallSeconds}::int * interval '1 s'))`;
        return rows.map(callOfRow);
      }),

    /**
     * How many calls wait to be dialled now, counted up to 10,000 of those that expire first, and since when the oldest of these
     * does; whether calls leave. However many wait, it reads no more of them.
     */
    backlog: (): Promise<Backlog> =>
      withDatabaseErrors(async () => {
        const [row] = await client.$queryRaw<Backlog[]>`
          SELECT count(*)::int AS waiting, min(since) AS "oldestCreatedAt", clock_timestamp() AS at,
            -- dial_turn lies up to a gap ahead.
            (SELECT least(clock_timestamp(), greatest(dial_turn, (SELECT max(dial_turn) FROM asterisks), (SELECT max(dial_sent_at)
              FROM calls WHERE slot_id IS NOT NULL AND ended_at IS NULL))) FROM installation) AS "lastDialAt"
          FROM (SELECT greatest(created_at, not_before) AS since FROM calls WHERE dial_sent_at IS NULL AND ended_at IS NULL ORDER BY expires_at LIMIT ${OPEN_COUNTED_AT_MOST}) AS w
          WHERE since <= clock_timestamp()`;
        return row ?? { waiting: 0, oldestCreatedAt: null, lastDialAt: null, at: new Date() };
      }),
  };
}
