import type { CallStatus } from '@dialgate/domain';
import { withDatabaseErrors, Prisma, type Client } from '../client.js';

/** A delivery that was taken up, and how to sign and where to send it. */
export interface DueDelivery {
  readonly id: string;
  readonly type: string;
  /** Null for a test. */
  readonly callId: string | null;
  readonly status: CallStatus | null;
  readonly sequence: number | null;
  readonly at: Date;
  /** 1, 2, 3 … */
  readonly attempt: number;
  /** Null when the call that said it was erased. */
  readonly url: string | null;
  /** The present one first; the one before it as well while both are good. */
  readonly secrets: readonly string[];
}

/** What became of an attempt, and what follows. */
export interface SettledAttempt {
  readonly endpointId: string;
  readonly deliveryId: string;
  readonly attempt: number;
  /** Null when there was no answer. */
  readonly httpStatus: number | null;
  readonly error: string | null;
  readonly durationMs: number;
  /** Null when it is tried again, in `retryMs`. */
  readonly outcome: 'delivered' | 'failed' | null;
  readonly retryMs: number;
  /** How long nothing is sent to this endpoint; 0 when it may go on at once. */
  readonly holdMs: number;
  /** It wants nothing more (410). */
  readonly gone: boolean;
  /** After so long without any success the endpoint is switched off, in milliseconds. */
  readonly failingForMs: number;
}

/** Rows that one statement drops at most. */
const FORGET_LIMIT = 5_000;

export function createWebhookDeliveries(client: Client) {
  return {
    /** The endpoints for which something is due now, at most 1,000. */
    endpointsDue: (): Promise<string[]> =>
      withDatabaseErrors(async () => {
        const rows = await client.$queryRaw<{ id: string }[]>`
          SELECT w.id FROM webhook_endpoints w WHERE ${OPEN} AND EXISTS (
            SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = w.id AND d.done_at IS NULL AND d.next_attempt_at <= now())
          LIMIT 1000`;
        return rows.map(({ id }) => id);
      }),

    /**
     * Takes up what is due for an endpoint, the oldest first, at most so many. Should its process die, each is due again after
     * `leaseMs`; several takers never get the same ones.
     */
    takeDue: (endpointId: string, most: number, leaseMs: number): Promise<DueDelivery[]> =>
      withDatabaseErrors(
        () => client.$queryRaw<DueDelivery[]>`
          WITH due AS (
            SELECT d.id, d.next_attempt_at, d.event_id, CASE WHEN w.per_call THEN c.webhook_url ELSE w.url END AS url,
              CASE WHEN w.per_call THEN array_remove(ARRAY[h.call_webhook_secret,
                  CASE WHEN h.previous_call_webhook_secret_until > now() THEN h.previous_call_webhook_secret END], NULL)
                WHEN w.previous_secret_until > now() THEN ARRAY[w.secret, w.previous_secret] ELSE ARRAY[w.secret] END AS secrets
            FROM webhook_deliveries d JOIN webhook_endpoints w ON w.id = d.endpoint_id JOIN users h ON h.id = w.user_id
              LEFT JOIN calls c ON w.per_call AND c.id = d.call_id
            WHERE w.id = ${endpointId}::uuid AND ${OPEN} AND d.done_at IS NULL AND d.next_attempt_at <= now()
            ORDER BY d.next_attempt_at, d.event_id LIMIT ${most} FOR UPDATE OF d SKIP LOCKED
          ), taken AS (
            UPDATE webhook_deliveries d SET attempts = d.attempts + 1, next_attempt_at = now() + ${leaseMs}::float8 * interval '1 ms'
            FROM due WHERE d.id = due.id
            RETURNING d.id, d.type, d.call_id, d.status, d.sequence, d.at, d.attempts
          )
          SELECT id, type, call_id AS "callId", status::text, sequence, at, attempts AS attempt, url, secrets
          FROM taken JOIN due USING (id) ORDER BY due.next_attempt_at, due.event_id`,
      ),

    /**
     * Writes an attempt into the log and what follows from it, unless the delivery was taken up again meanwhile: then only the log.
     *
     * @returns why the endpoint is switched off now, or null.
     */
    settle: (settled: SettledAttempt): Promise<'gone' | 'failing' | null> =>
      withDatabaseErrors(async () => {
        const { endpointId, deliveryId, attempt, outcome, httpStatus, error, durationMs, retryMs, holdMs } = settled;
        const { gone, failingForMs } = settled;
        const ok = outcome === 'delivered';
        const [row] = await client.$queryRaw<{ reason: 'gone' | 'failing' | null }[]>`
          WITH logged AS (
            INSERT INTO webhook_attempts (delivery_id, attempt, http_status, error, duration_ms)
            SELECT id, ${attempt}, ${httpStatus}, ${error}, ${durationMs} FROM webhook_deliveries WHERE id = ${deliveryId}::uuid
          ), settled AS (
            UPDATE webhook_deliveries SET outcome = ${outcome}, done_at = CASE WHEN ${outcome}::text IS NOT NULL THEN now() END,
              next_attempt_at = now() + ${retryMs}::float8 * interval '1 ms'
            WHERE id = ${deliveryId}::uuid AND done_at IS NULL AND (attempts = ${attempt} OR ${ok})
          )
          UPDATE webhook_endpoints w SET
            failing_since = CASE WHEN ${ok} THEN NULL ELSE coalesce(w.failing_since, now()) END,
            held_until = CASE WHEN ${holdMs}::float8 > 0 THEN now() + ${holdMs}::float8 * interval '1 ms' ELSE w.held_until END,
            -- One call of many that wants nothing more says nothing of its host.
            disabled_reason = CASE WHEN ${gone} AND NOT w.per_call THEN 'gone' WHEN ${FAILED_LONG(ok, failingForMs)} THEN 'failing' END,
            disabled_at = CASE WHEN (${gone} AND NOT w.per_call) OR ${FAILED_LONG(ok, failingForMs)} THEN now() END
          -- One that works is not written to with every success.
          WHERE w.id = ${endpointId}::uuid AND w.disabled_at IS NULL AND (NOT ${ok} OR w.failing_since IS NOT NULL)
          RETURNING w.disabled_reason AS reason`;
        return row?.reason ?? null;
      }),

    /** Drops deliveries that were made longer ago than so many days, at most 5,000, with their log. @returns how many. */
    forgetOld: (days: number): Promise<number> =>
      withDatabaseErrors(
        () => client.$executeRaw`
          DELETE FROM webhook_deliveries WHERE id IN (
            SELECT id FROM webhook_deliveries WHERE created_at < now() - ${days}::int * interval '1 day'
            ORDER BY created_at LIMIT ${FORGET_LIMIT})`,
      ),
  };
}

/** An endpoint `w` that may be sent to now. */
const OPEN = Prisma.sql`w.disabled_at IS NULL AND coalesce(w.held_until <= now(), true)
  AND EXISTS (SELECT 1 FROM users u WHERE u.id = w.user_id AND u.disabled_at IS NULL)`;

const FAILED_LONG = (ok: boolean, forMs: number): Prisma.Sql =>
  Prisma.sql`(NOT ${ok} AND w.failing_since < now() - ${forMs}::float8 * interval '1 ms')`;
