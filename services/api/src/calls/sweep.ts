import type { Calls } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import type { Part } from '@dialgate/lifecycle';
import type { Logger } from '@dialgate/logging';
import type { Withdrawals } from './withdrawals.js';

/** How long the sweep rests between two rounds, in milliseconds. */
const EVERY_MS = 2_000;

/** How often idempotency keys that are too old are dropped, in milliseconds. */
const FORGET_KEYS_EVERY_MS = 3_600_000;

/**
 * Ends the calls that nobody dialled in time, so that this holds while no worker is alive. One round at a time; quiet
 * while the database is away.
 */
export function sweepPart(deps: {
  readonly calls: Pick<Calls, 'expireOverdue' | 'forgetOldKeys'>;
  readonly withdrawals: Pick<Withdrawals, 'sweep'>;
  readonly log: Logger;
  readonly everyMs?: number;
}): Part {
  const { calls, withdrawals, log, everyMs = EVERY_MS } = deps;
  let timer: NodeJS.Timeout | undefined;
  let round = Promise.resolve();
  let stopped = false;
  let forgetKeysAt = 0;

  async function sweep(): Promise<void> {
    await withdrawals.sweep();
    const expired = await calls.expireOverdue('api');
    if (expired > 0) log.info({ expired }, 'Overdue calls expired');
    if (performance.now() < forgetKeysAt) return;
    await calls.forgetOldKeys();
    forgetKeysAt = performance.now() + FORGET_KEYS_EVERY_MS;
  }

  function next(): void {
    timer = setTimeout(() => {
      round = sweep()
        .catch((error: unknown) => {
          const away = error instanceof DialgateError && error.code === 'database_unavailable';
          log[away ? 'debug' : 'error']({ error }, 'Sweep failed');
        })
        .then(() => {
          if (!stopped) next();
        });
    }, everyMs);
  }

  return {
    name: 'sweep',
    start: () => {
      next();
      return Promise.resolve();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return round;
    },
  };
}
