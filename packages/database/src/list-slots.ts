import type { SlotConnection } from '@dialgate/domain';
import { withDatabaseErrors, type Client } from './client.js';
import { lastFollowed } from './followed-slots.js';
import type { WorkerTimes } from './worker-times.js';

export type BreakerMode = 'closed' | 'open' | 'half_open';

/** A slot as others see it. */
export interface SlotState {
  /** What its Asterisk is called, for people. */
  readonly asterisk: string;
  /** Which Asterisk it is, or null while nobody has asked it. */
  readonly entityId: string | null;
  readonly number: number;
  readonly app: string;
  readonly held: boolean;
  readonly holder: string | null;
  readonly connection: SlotConnection;
  readonly connectionSince: Date | null;
  readonly asteriskVersion: string | null;
  readonly openCalls: number;
  /** Whether its calls were followed lately, or its holder is of a version that does not say it. */
  readonly followed: boolean;
  /** When anybody followed its calls last; null when that was more than a day ago, or never. */
  readonly followedAt: Date | null;
  readonly breaker: BreakerMode | null;
  readonly answeredRate: number | null;
}

/** What people call a slot. */
export interface SlotName {
  /** What its Asterisk is called. */
  readonly asterisk: string;
  /** 1, 2, 3 … of that name. */
  readonly number: number;
}

export function createSlotReader(client: Client, times: WorkerTimes) {
  return {
    /** All slots, for /health. */
    list: (): Promise<SlotState[]> =>
      withDatabaseErrors(
        () => client.$queryRaw<SlotState[]>`
          SELECT s.asterisk, s.entity_id AS "entityId", s.number, s.app, h.held, s.holder,
            CASE WHEN h.held OR s.connection = 'other_asterisk' THEN s.connection ELSE 'closed' END AS connection,
            s.connection_since AS "connectionSince", s.asterisk_version AS "asteriskVersion",
            h.held AND ${lastFollowed('s', times.leaseMs)} > clock_timestamp() - ${times.leaseMs} * interval '1 ms' AS followed,
            CASE WHEN s.followed_at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() + interval '1 s'
              THEN s.followed_at END AS "followedAt",
            CASE WHEN h.held THEN s.breaker END AS breaker, s.answered_rate AS "answeredRate",
            (SELECT count(*)::int FROM calls c
              WHERE c.slot_id = s.id AND c.ended_at IS NULL) AS "openCalls"
          FROM worker_slots s,
            LATERAL (SELECT s.owner IS NOT NULL AND s.lease_until > clock_timestamp() AS held) AS h
          ORDER BY s.asterisk, s.number`,
      ),

    /** What these slots are called, by id; those that do not exist are missing. */
    names: (ids: readonly number[]): Promise<ReadonlyMap<number, SlotName>> =>
      withDatabaseErrors(async () => {
        if (ids.length === 0) return new Map();
        const rows = await client.$queryRaw<(SlotName & { readonly id: number })[]>`
          SELECT id, asterisk, number FROM worker_slots WHERE id = ANY(${[...ids]}::int[])`;
        return new Map(rows.map(({ id, ...name }) => [id, name]));
      }),
  };
}
