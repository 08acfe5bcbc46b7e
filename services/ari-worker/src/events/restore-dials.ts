import type { Calls } from '@dialgate/database';
import type { Logger } from '@dialgate/service-kit';
import { inPortions } from './in-portions.js';
import type { LostDials } from './lost-dials.js';

/** How many rows are read at a time. */
const ROWS_AT_A_TIME = 500;

/**
 * Makes rows true again of what this worker has dialled lately, when the database may have forgotten it: after an outage, which may
 * have been a failover, and when a slot is lost, which may have come of one. Of a phone that has not said anything yet only who has
 * dialled it knows: whoever has its slot by now, or claims the call, would take it for one that was never dialled.
 */
export function createRestoreDials({
  calls,
  lostDials,
  log,
}: {
  readonly calls: Pick<Calls, 'findAll'>;
  readonly lostDials: Pick<LostDials, 'recent' | 'isLost' | 'restore'>;
  readonly log: Logger;
}): () => void {
  async function restore(): Promise<void> {
    const recent = lostDials.recent();
    for (let n = 0; n < recent.length; n += ROWS_AT_A_TIME) {
      const some = recent.slice(n, n + ROWS_AT_A_TIME);
      // Not asked again: it is looked once more when the database is back.
      const rows = await calls.findAll(some.map(({ callId }) => callId));
      await inPortions(some, async ({ callId, attempt }) => {
        const row = rows.get(callId) ?? null;
        if (row === null || !lostDials.isLost(row, attempt, false)) return;
        await lostDials.restore(row, attempt).catch(complain);
      });
    }
  }

  function complain(error: unknown): void {
    log.error({ error }, 'Lost dial not written again');
  }

  return () => void restore().catch(complain);
}
