import type { Logger } from '../logging/logger.js';
import { logStatusUpdate, type StatusUpdate } from '../logging/promised-lines.js';
import { inTurns } from './in-turns.js';

/** Each ends some calls, and says which. */
export interface OverdueCalls<Source> {
  readonly takeSweepTurn: (kind: 'overdue_calls', everyMs: number) => Promise<boolean>;
  readonly expireOverdue: (source: Source) => Promise<readonly StatusUpdate[]>;
  readonly refuseOfStopped: () => Promise<readonly StatusUpdate[]>;
  /** @param orphanSeconds how long an Asterisk has had no worker. */
  readonly endOrphans: (orphanSeconds: number) => Promise<readonly StatusUpdate[]>;
}

/**
 * Ends waiting calls whose time is over or whose user was stopped, and calls of an Asterisk that no worker has any more. The API
 * does it as well as the workers, so that it holds while either is away; one of them all at a time.
 *
 * @param source what the timeline says of an expired call's end.
 * @param times.orphanSeconds see ORPHAN_SECONDS.
 * @param times.everyMs how often each process looks, in milliseconds.
 */
export function createEndOverdue<Source>(
  calls: OverdueCalls<Source>,
  source: Source,
  { orphanSeconds, everyMs }: { readonly orphanSeconds: number; readonly everyMs: number },
  log: Logger,
): () => Promise<void> {
  async function endAll(): Promise<void> {
    const expired = await calls.expireOverdue(source);
    for (const call of expired) logStatusUpdate(log, call);
    if (expired.length > 0) log.info({ expired: expired.length }, 'Overdue calls expired');
    const refused = await calls.refuseOfStopped();
    for (const call of refused) logStatusUpdate(log, call);
    if (refused.length > 0) log.warn({ refused: refused.length }, 'Calls of stopped users refused');
    const orphans = await calls.endOrphans(orphanSeconds);
    for (const call of orphans) logStatusUpdate(log, call);
    if (orphans.length > 0) log.warn({ orphans: orphans.length }, 'Calls without a worker ended');
  }

  return inTurns(() => calls.takeSweepTurn('overdue_calls', everyMs), endAll);
}
