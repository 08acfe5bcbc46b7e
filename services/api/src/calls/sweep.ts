import { FORGOTTEN_AT_ONCE, type Calls, type Tokens } from '@dialgate/database';
import { every, type Logger, logStatusUpdate, type Part } from '@dialgate/service-kit';
import type { Withdrawals } from './withdrawals.js';

/** How long the sweep rests between two rounds, in milliseconds. */
const EVERY_MS = 2_000;

/** How often what is too old is dropped, in milliseconds: idempotency keys, counted calls, tokens that have expired. */
const FORGET_EVERY_MS = 3_600_000;

/**
 * Ends the calls that nobody dialled in time, those that wait for a user who was stopped, and those whose Asterisk has lost its last
 * worker, so that this holds while no worker is alive.
 */
export function createSweep(deps: {
  readonly calls: Pick<
    Calls,
    'expireOverdue' | 'endOrphans' | 'refuseOfStopped' | 'forgetOldKeys' | 'forgetOldAccepted'
  >;
  readonly tokens: Pick<Tokens, 'forgetExpired'>;
  readonly orphanSeconds: number;
  /** See PERSONAL_DATA_DAYS; null is off. */
  readonly personalDataDays: number | null;
  readonly withdrawals: Pick<Withdrawals, 'sweep'>;
  readonly log: Logger;
  readonly everyMs?: number;
}): Part {
  const { calls, tokens, orphanSeconds, personalDataDays, withdrawals, log, everyMs = EVERY_MS } = deps;
  let forgetAt = 0;

  async function sweep(): Promise<void> {
    await withdrawals.sweep();
    const expired = await calls.expireOverdue('api');
    for (const call of expired) logStatusUpdate(log, call);
    if (expired.length > 0) log.info({ expired: expired.length }, 'Overdue calls expired');
    const refused = await calls.refuseOfStopped();
    for (const call of refused) logStatusUpdate(log, call);
    if (refused.length > 0) log.warn({ refused: refused.length }, 'Calls of stopped users refused');
    const orphans = await calls.endOrphans(orphanSeconds);
    for (const call of orphans) logStatusUpdate(log, call);
    if (orphans.length > 0) log.warn({ orphans: orphans.length }, 'Calls without a worker ended');
    if (performance.now() < forgetAt) return;
    const forgotten = [await calls.forgetOldKeys(personalDataDays), await calls.forgetOldAccepted()];
    await tokens.forgetExpired();
    const mayBeMore = forgotten.some((rows) => rows >= FORGOTTEN_AT_ONCE);
    if (!mayBeMore) forgetAt = performance.now() + FORGET_EVERY_MS;
  }

  return every('sweep', everyMs, sweep, log);
}
