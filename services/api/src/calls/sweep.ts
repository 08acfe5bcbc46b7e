import { FORGOTTEN_AT_ONCE, type Calls, type Tokens } from '@dialgate/database';
import { createEndOverdue, every, type Logger, type Part } from '@dialgate/service-kit';
import type { Withdrawals } from './withdrawals.js';

/** How long the sweep rests between two rounds, in milliseconds. */
const EVERY_MS = 2_000;

/** How often what is too old is dropped, in milliseconds: idempotency keys, counted calls, tokens that have expired. */
const FORGET_EVERY_MS = 3_600_000;

/**
 * Ends the calls that nobody dialled in time, those that wait for a user who was stopped, and those whose Asterisk has lost its
 * last worker, so that this holds while no worker is alive.
 */
export function createSweep(deps: {
  readonly calls: Pick<
    Calls,
    'takeSweepTurn' | 'expireOverdue' | 'endOrphans' | 'refuseOfStopped' | 'forgetOldKeys' | 'forgetOldAccepted'
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
  const endOverdue = createEndOverdue(calls, 'api', { orphanSeconds, everyMs }, log);
  let forgetAt = 0;

  async function sweep(): Promise<void> {
    await withdrawals.sweep();
    await endOverdue();
    if (performance.now() < forgetAt) return;
    const forgotten = [await calls.forgetOldKeys(personalDataDays), await calls.forgetOldAccepted()];
    await tokens.forgetExpired();
    const mayBeMore = forgotten.some((rows) => rows >= FORGOTTEN_AT_ONCE);
    if (!mayBeMore) forgetAt = performance.now() + FORGET_EVERY_MS;
  }

  return every('sweep', everyMs, sweep, log);
}
