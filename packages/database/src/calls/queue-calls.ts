import { withDatabaseErrors, type Client } from '../client.js';

/** How many calls are taken at once to be looked up in the queue. */
export const DUE_AT_ONCE = 1_000;

/** How many calls one page of a refill has. */
const REFILL_PAGE = 5_000;

/** A call that waits for its job, and by when it is next seen to. */
export interface WaitingCall {
  readonly id: string;
  /** As PostgreSQL writes it, to the last digit. */
  readonly nextEnqueueAt: string;
}

/** The rows as an outbox: which calls belong into the queue. */
export function createOutbox(client: Client) {
  return {
    /**
     * The waiting calls whose job may have got lost, at most 1,000. Each is due again after 5 s, then 10, 20, 40 and 60 s;
     * several sweepers never get the same ones.
     */
    takeDueForQueue: (): Promise<string[]> =>
      withDatabaseErrors(async () => {
        const rows = await client.$queryRaw<{ id: string }[]>`
          UPDATE calls SET enqueue_count = enqueue_count + 1,
            next_enqueue_at = now() + least(60, 5 * power(2, least(enqueue_count, 10))) * interval '1 s'
          WHERE id IN (
            SELECT id FROM calls
            WHERE dial_sent_at IS NULL AND ended_at IS NULL AND slot_id IS NULL AND next_enqueue_at <= now()
            ORDER BY next_enqueue_at LIMIT ${DUE_AT_ONCE} FOR UPDATE SKIP LOCKED)
          RETURNING id`;
        return rows.map(({ id }) => id);
      }),

    /** Undoes takeDueForQueue for calls whose job could not be added: they are due again in 2 s, and no later the next time. */
    putBackForQueue: (callIds: readonly string[]): Promise<void> =>
      withDatabaseErrors(async () => {
        await client.$executeRaw`
          UPDATE calls SET enqueue_count = greatest(enqueue_count - 1, 0),
            next_enqueue_at = least(next_enqueue_at, now() + interval '2 s')
          WHERE id = ANY(${callIds}::uuid[]) AND dial_sent_at IS NULL AND ended_at IS NULL AND slot_id IS NULL`;
      }),

    /** Of these calls those that nobody will dial any more: ended, expired, to be ended by a cancel request, or gone. */
    areOver: (callIds: readonly string[]): Promise<string[]> =>
      withDatabaseErrors(async () => {
        const rows = await client.$queryRaw<{ id: string }[]>`
          SELECT i.id FROM unnest(${callIds}::uuid[]) AS i(id) LEFT JOIN calls c ON c.id = i.id
          WHERE c.id IS NULL OR c.ended_at IS NOT NULL OR c.cancel_requested_at IS NOT NULL OR c.expires_at <= clock_timestamp()`;
        return rows.map(({ id }) => id);
      }),

    /**
     * The waiting calls that should have a job, due again or not, in pages of 5,000 at most: for a queue that has lost
     * everything. Nothing is written.
     *
     * @param after where the last page ended; null for the first.
     */
    waitingForQueue: (after: WaitingCall | null): Promise<WaitingCall[]> =>
      withDatabaseErrors(
        () => client.$queryRaw<WaitingCall[]>`
          SELECT id, next_enqueue_at::text AS "nextEnqueueAt" FROM calls
          WHERE dial_sent_at IS NULL AND ended_at IS NULL AND slot_id IS NULL AND (not_before IS NULL OR not_before <= now())
            AND next_enqueue_at >= coalesce(${after?.nextEnqueueAt ?? null}::timestamptz, '-infinity')
            AND (next_enqueue_at, id) > (coalesce(${after?.nextEnqueueAt ?? null}::timestamptz, '-infinity'),
              coalesce(${after?.id ?? null}::uuid, '00000000-0000-0000-0000-000000000000'))
          ORDER BY next_enqueue_at, id LIMIT ${REFILL_PAGE}`,
      ),
  };
}
