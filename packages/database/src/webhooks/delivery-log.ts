import { CLOCKS_DIFFER_MS, idAt } from '../calls/list-calls.js';
import { withDatabaseErrors, Prisma, type Client } from '../client.js';
import { isTold, TYPE } from './told-entries.js';

/** A delivery as the log shows it. */
export interface LoggedDelivery {
  readonly id: string;
  readonly type: string;
  readonly callId: string | null;
  readonly sequence: number | null;
  readonly at: Date;
  readonly createdAt: Date;
  /** Null when nothing more is tried. */
  readonly nextAttemptAt: Date | null;
  readonly outcome: 'delivered' | 'failed' | null;
  /** The first one first; the last ten. */
  readonly attempts: readonly LoggedAttempt[];
}

export interface LoggedAttempt {
  readonly attempt: number;
  /** ISO 8601, as PostgreSQL writes it in JSON. */
  readonly at: string;
  readonly httpStatus: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

/** Where a page of the log ended. */
export interface DeliveryPosition {
  readonly createdAt: Date;
  readonly id: string;
}

/** Calls that one request for everything since looks at. */
const REPLAY_CALLS = 2_000;

export function createDeliveryLog(client: Client) {
  return {
    /** The deliveries of an endpoint, the newest first. @param before null for the first page. */
    deliveries: (endpointId: string, before: DeliveryPosition | null, limit: number): Promise<LoggedDelivery[]> =>
      withDatabaseErrors(
        () => client.$queryRaw<LoggedDelivery[]>`
          SELECT d.id, d.type, d.call_id AS "callId", d.sequence, d.at, d.created_at AS "createdAt", d.outcome,
            CASE WHEN d.done_at IS NULL THEN d.next_attempt_at END AS "nextAttemptAt",
            (SELECT coalesce(jsonb_agg(jsonb_build_object('attempt', a.attempt, 'at', a.at, 'httpStatus', a.http_status,
                'error', a.error, 'durationMs', a.duration_ms) ORDER BY a.id), '[]')
              FROM (SELECT * FROM webhook_attempts a WHERE a.delivery_id = d.id ORDER BY a.id DESC LIMIT 10) a) AS attempts
          FROM webhook_deliveries d
          WHERE d.endpoint_id = ${endpointId}::uuid
            ${before === null ? Prisma.empty : Prisma.sql`AND (d.created_at, d.id) < (${before.createdAt}, ${before.id}::uuid)`}
          ORDER BY d.created_at DESC, d.id DESC LIMIT ${limit}`,
      ),

    /** An event that tells of nothing, to see what a receiver makes of it; one waits at a time. @returns the id of that one. */
    addTest: (endpointId: string, type: string): Promise<string> =>
      withDatabaseErrors(async () => {
        const [row] = await client.$queryRaw<{ id: string }[]>`
          WITH waiting AS (
            SELECT id FROM webhook_deliveries
            WHERE endpoint_id = ${endpointId}::uuid AND done_at IS NULL AND type = ${type} LIMIT 1
          ), added AS (
            INSERT INTO webhook_deliveries (id, endpoint_id, type, at)
            SELECT gen_random_uuid(), ${endpointId}::uuid, ${type}, now() WHERE NOT EXISTS (SELECT 1 FROM waiting)
            RETURNING id
          ) SELECT id FROM waiting UNION ALL SELECT id FROM added`;
        if (row === undefined) throw new Error('the test was not stored');
        return row.id;
      }),

    /** Sends a delivery again, under the same id. @returns whether there is such a one. */
    replay: (endpointId: string, deliveryId: string): Promise<boolean> =>
      withDatabaseErrors(async () => {
        const again = await client.$executeRaw`
          UPDATE webhook_deliveries SET ${DUE_AGAIN} WHERE id = ${deliveryId}::uuid AND endpoint_id = ${endpointId}::uuid`;
        return again > 0;
      }),

    /**
     * Sends everything again that the timeline tells of calls accepted since then and that the endpoint wants to hear: what was
     * delivered before under the same id, what was missed while it was switched off anew. Of the newest 2,000 calls at most.
     *
     * @returns how many deliveries that makes.
     */
    replaySince: (endpointId: string, since: Date): Promise<number> =>
      withDatabaseErrors(
        () => client.$executeRaw`
          INSERT INTO webhook_deliveries AS d (id, endpoint_id, event_id, call_id, type, status, sequence, at)
          SELECT gen_random_uuid(), w.id, e.id, e.call_id, ${TYPE}, coalesce(e.status, c.status), e.sequence, e.at
          FROM webhook_endpoints w
            JOIN LATERAL (SELECT c.id, c.status, c.webhook_endpoint_id FROM calls c WHERE c.user_id = w.user_id AND c.created_at >= ${since}
                AND c.id >= ${idAt(since, -CLOCKS_DIFFER_MS)}::uuid ORDER BY c.id DESC LIMIT ${REPLAY_CALLS}) c ON true
            JOIN LATERAL (SELECT e.*, row_number() OVER (ORDER BY e.id) AS sequence FROM call_events e
              WHERE e.call_id = c.id AND ${isTold('e')}) e ON true
          WHERE w.id = ${endpointId}::uuid AND (w.id = c.webhook_endpoint_id OR w.events && ARRAY['call.*', ${TYPE}])
            AND e.id <= (SELECT event_id FROM webhook_position)
          ON CONFLICT (event_id, endpoint_id) DO UPDATE SET ${DUE_AGAIN}`,
      ),
  };
}

const DUE_AGAIN = Prisma.sql`done_at = NULL, outcome = NULL, attempts = 0, next_attempt_at = now()`;
