import type { Calls } from '@dialgate/database';
import type { Logger } from '@dialgate/service-kit';
import type { LostDials } from './lost-dials.js';
import { retryWhileDatabaseIsDown } from './retry-while-database-is-down.js';

/** Calls, each with the attempt under which it was followed. */
export type FollowedAttempts = readonly (readonly [callId: string, attempt: number])[];

/**
 * Makes rows true again when a slot is lost: the failover that lost its lease may have lost dials as well, and only who has dialled
 * knows of a phone that has not said anything yet. Whoever has the slot now would take its channel for one that was never dialled.
 */
export function createRestoreDials({
  calls,
  lostDials,
  log,
}: {
  readonly calls: Pick<Calls, 'findAll'>;
  readonly lostDials: Pick<LostDials, 'attemptOf' | 'isLost' | 'restore'>;
  readonly log: Logger;
}): (left: FollowedAttempts) => void {
  async function restore(left: FollowedAttempts): Promise<void> {
    const dialed = left.filter(([callId, attempt]) => lostDials.attemptOf(callId) === attempt);
    if (dialed.length === 0) return;
    const rows = await retryWhileDatabaseIsDown(() => calls.findAll(dialed.map(([callId]) => callId)));
    for (const [callId, attempt] of dialed) {
      const row = rows.get(callId) ?? null;
      if (row !== null && lostDials.isLost(row, attempt, false)) await lostDials.restore(row, attempt);
    }
  }

  return (left) => void restore(left).catch((error: unknown) => log.error({ error }, 'Lost dials not looked for'));
}
