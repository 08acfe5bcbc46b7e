import { DialgateError } from '@dialgate/domain';

/** Redis does not answer the board. */
export function queueUnavailable(cause: unknown = new Error('not connected')): DialgateError {
  return new DialgateError('queue_unavailable', 'Redis does not answer: there are no queues to look into.', { cause });
}
