import type { Calls } from '@dialgate/database';
import type { Logger } from '@dialgate/logging';
import type { OriginateProducer } from '@dialgate/queue';

/**
 * What falls between row and job is found here: waiting calls whose job got lost are put into the queue again, those whose
 * time is over end as expired.
 */
export function sweep(
  calls: Pick<Calls, 'takeDueForQueue' | 'expireOverdue'>,
  producer: Pick<OriginateProducer, 'ready' | 'add'>,
  log: Logger,
): () => Promise<void> {
  return async () => {
    const expired = await calls.expireOverdue('sweep');
    if (expired > 0) log.info({ expired }, 'Overdue calls expired');

    if (!producer.ready()) return;
    const due = await calls.takeDueForQueue();
    const added = await Promise.allSettled(due.map((callId) => producer.add(callId)));
    const failed = added.filter(({ status }) => status === 'rejected').length;
    if (due.length > 0) log.info({ due: due.length, failed }, 'Waiting calls queued again');
  };
}
