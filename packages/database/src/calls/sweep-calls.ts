import { DialgateError, transitionFor } from '@dialgate/domain';
import { asking, type Client } from '../client.js';
import type { writeStatus } from './write-status.js';

/** How many calls one sweep takes on. */
const SWEEP_LIMIT = 1_000;

/** Idempotency keys are promised for 24 hours; they are dropped when nobody can be waiting for them any more. */
const KEY_LIFETIME_HOURS = 48;

export function sweepCalls(client: Client, { apply }: Pick<ReturnType<typeof writeStatus>, 'apply'>) {
  return {
    /**
     * The waiting calls whose job may have got lost, at most 1,000. Each is due again after 5 s, then 10, 20, 40 and 60 s;
     * several sweepers never get the same ones.
     */
    takeDueForQueue: (): Promise<string[]> =>
      asking(async () => {
        const rows = await client.$queryRaw<{ id: string }[]>`
          UPDATE calls SET enqueue_count = enqueue_count + 1,
            next_enqueue_at = now() + least(60, 5 * power(2, least(enqueue_count, 10))) * interval '1 s'
          WHERE id IN (
            SELECT id FROM calls
            WHERE dial_sent_at IS NULL AND ended_at IS NULL AND slot_id IS NULL AND next_enqueue_at <= now()
            ORDER BY next_enqueue_at LIMIT ${SWEEP_LIMIT} FOR UPDATE SKIP LOCKED)
          RETURNING id`;
        return rows.map(({ id }) => id);
      }),

    /** Ends waiting calls whose time is over, claimed or not, at most 1,000. @returns how many it ended. */
    expireOverdue: (source: 'sweep' | 'api'): Promise<number> =>
      asking(async () => {
        const due = await client.$queryRaw<{ id: string }[]>`
          SELECT id FROM calls WHERE dial_sent_at IS NULL AND ended_at IS NULL AND expires_at <= now() ORDER BY expires_at LIMIT ${SWEEP_LIMIT}`;
        const transition = transitionFor(
          { type: 'expired' },
          { status: 'pending', dialSentAt: null, ringingAt: null, cancelRequestedAt: null },
        );
        if (transition === null) throw new DialgateError('internal', 'A pending call cannot expire.');
        const moved = await Promise.all(due.map(({ id }) => apply({ callId: id, transition, guard: null, source })));
        return moved.filter(Boolean).length;
      }),

    /** Drops idempotency keys older than 48 hours. */
    forgetOldKeys: (): Promise<number> =>
      asking(
        () =>
          client.$executeRaw`DELETE FROM idempotency_keys WHERE created_at < now() - ${KEY_LIFETIME_HOURS} * interval '1 h'`,
      ),
  };
}
