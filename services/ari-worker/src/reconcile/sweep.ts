import type { Calls } from '@dialgate/database';
import { logStatusUpdate, type Logger } from '@dialgate/service-kit';
import type { OriginateProducer } from '@dialgate/redis';

/** Ends waiting calls whose time is over, and calls of an Asterisk that no worker has any more. */
export function createSweepOverdue(
  calls: Pick<Calls, 'expireOverdue' | 'endOrphans'>,
  orphanSeconds: number,
  log: Logger,
): () => Promise<void> {
  return async () => {
    const expired = await calls.expireOverdue('sweep');
    for (const call of expired) logStatusUpdate(log, call);
    if (expired.length > 0) log.info({ expired: expired.length }, 'Overdue calls expired');
    const orphans = await calls.endOrphans(orphanSeconds);
    for (const call of orphans) logStatusUpdate(log, call);
    if (orphans.length > 0) log.warn({ orphans: orphans.length }, 'Calls without a worker ended');
  };
}

/** Puts waiting calls whose job may have got lost into the queue again. */
export function createSweepLostJobs(
  calls: Pick<Calls, 'takeDueForQueue'>,
  producer: Pick<OriginateProducer, 'ready' | 'add'>,
  log: Logger,
): () => Promise<void> {
  return async () => {
    if (!producer.ready()) return;
    const due = await calls.takeDueForQueue();
    const added = await Promise.allSettled(due.map((callId) => producer.add(callId)));
    const failed = added.filter(({ status }) => status === 'rejected').length;
    if (due.length > 0) log.info({ due: due.length, failed }, 'Waiting calls queued again');
  };
}
