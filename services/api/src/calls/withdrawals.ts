import type { Calls } from '@dialgate/database';
import { logStatusUpdate, type Logger } from '@dialgate/service-kit';

/**
 * How often a row is looked for, with the database answering, before it counts as never written. The sweep looks every
 * 2 s, and the database itself cancels a statement after as long.
 */
const LOOKS = 3;

/** At most this many are remembered; far more than could be under way when the database went. */
const MAX_REMEMBERED = 5_000;

/** How many are looked for at once. */
const AT_ONCE = 20;

export interface Withdrawals {
  /** Remembers a call whose creation failed without anybody knowing whether it was written. */
  readonly add: (callId: string) => void;
  /** Cancels those of them that were. @throws DialgateError `database_unavailable` */
  readonly sweep: () => Promise<void>;
}

/**
 * A client that was told 503 will call again, and nobody's phone shall ring for both: a frozen PostgreSQL that wakes up
 * goes on with the statements it had been sent. Such a row is canceled before the workers' sweep looks at it, 5 s after
 * its creation.
 */
export function createWithdrawals(deps: {
  readonly calls: Pick<Calls, 'requestCancel'>;
  readonly log: Logger;
}): Withdrawals {
  const { calls, log } = deps;
  const looksLeft = new Map<string, number>();

  async function withdraw(callId: string): Promise<void> {
    const found = await calls.requestCancel(callId, null);
    const left = (looksLeft.get(callId) ?? 1) - 1;
    if (found !== null || left === 0) looksLeft.delete(callId);
    else looksLeft.set(callId, left);
    if (found === null) return;
    log.warn({ callId }, 'Unanswered call withdrawn');
    if (found.transition !== null) logStatusUpdate(log, { callId, attempt: found.call.attempt, ...found.transition });
  }

  return {
    add: (callId) => {
      if (looksLeft.size < MAX_REMEMBERED) looksLeft.set(callId, LOOKS);
    },
    sweep: async () => {
      const callIds = [...looksLeft.keys()];
      while (callIds.length > 0) await Promise.all(callIds.splice(0, AT_ONCE).map(withdraw));
    },
  };
}
