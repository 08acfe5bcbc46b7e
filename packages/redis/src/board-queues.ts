import { Queue } from 'bullmq';
import { openFailFastConnection, type QueueAccess } from './connections.js';
import { answers } from './liveness.js';
import { keyPrefix, ORIGINATE_QUEUE } from './originate-queue.js';
import { WEBHOOK_QUEUE } from './webhook-queue.js';

/** Every queue there is. A further one is shown by a board once its name stands here. */
const QUEUES = [ORIGINATE_QUEUE, WEBHOOK_QUEUE];

/** A request of a board asks Redis several things at once; each may take this long, in milliseconds. */
const COMMAND_TIMEOUT_MS = 1_500;

/** The queues, to be looked at. */
export interface BoardQueues {
  readonly queues: readonly Queue[];
  /** Whether Redis answers just now, as far as the connection knows. */
  readonly ready: () => boolean;
  readonly close: () => void;
}

/**
 * Opens all queues over a connection of its own: long lists of jobs must not stand in the way of calls. Never waits for a
 * Redis that is away, and writes nothing.
 */
export function openBoardQueues(options: QueueAccess): BoardQueues {
  const client = openFailFastConnection(options, 'board', COMMAND_TIMEOUT_MS);
  const queues = QUEUES.map((name) => {
    const queue = new Queue(name, {
      connection: client,
      prefix: keyPrefix(options.prefix),
      skipMetasUpdate: true,
      skipVersionCheck: true,
    });
    queue.on('error', () => undefined); // The connection says it already.
    return queue;
  });

  return { queues, ready: () => answers(client), close: () => client.disconnect() };
}
