import { Queue, UnrecoverableError, Worker } from 'bullmq';
import { closeWorker } from './close-worker.js';
import { openWaitingConnection, type QueueAccess } from './connections.js';
import { keyPrefix } from './originate-queue.js';

/** Webhook endpoints for which something is due. */
export const WEBHOOK_QUEUE = 'webhooks';

/** A job is a nudge: the rows know what is due. */
interface WebhookJob {
  readonly endpointId: string;
}

/** How long a process keeps a job without renewing its lock, in milliseconds. */
const LOCK_MS = 6_000;

export interface WebhookQueue {
  /**
   * Puts endpoints into the queue, but for those that are in it or being worked on: whatever was missed so is found due again.
   * Waits while Redis is away.
   */
  readonly add: (endpointIds: readonly string[]) => Promise<void>;
  /** Begins to take jobs. */
  readonly start: () => void;
  /** Takes no more jobs and waits for those under way, at most so long. */
  readonly close: (withinMs: number) => Promise<void>;
}

/**
 * Both ends of the queue, for the one process that makes and sends deliveries. The job's id is the endpoint's, so that an
 * endpoint has one job at a time, and what it may do at once is bounded; a slow endpoint holds one of `concurrency`
 * places, and no other endpoint's.
 */
export function openWebhookQueue(
  options: QueueAccess & {
    /** How many endpoints may be sent to at once. */
    readonly concurrency: number;
    readonly deliver: (endpointId: string) => Promise<void>;
  },
): WebhookQueue {
  const { log, concurrency } = options;
  const prefix = keyPrefix(options.prefix);
  const client = openWaitingConnection(options, 'webhooks');
  const queue = new Queue<WebhookJob>(WEBHOOK_QUEUE, { connection: client, prefix, skipVersionCheck: true });
  queue.on('error', () => undefined); // The connection says it already.
  const worker = new Worker<WebhookJob>(WEBHOOK_QUEUE, (job) => options.deliver(job.data.endpointId), {
    connection: client,
    prefix,
    autorun: false,
    concurrency,
    maxStalledCount: 0,
    lockDuration: LOCK_MS,
    stalledInterval: LOCK_MS / 2,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  const complain = (error: unknown): void => {
    if (client.status === 'ready') log.warn({ error }, 'Queue error');
  };
  worker.on('error', complain);
  worker.on('failed', (job, error) => {
    const fields = { endpointId: job?.data.endpointId, error };
    const away = (error as { code?: unknown }).code === 'database_unavailable';
    // What the queue itself fails: a job whose process died. Its rows are due again.
    if (error instanceof UnrecoverableError || away) log.warn(fields, 'Webhook job not finished');
    else log.error(fields, 'Webhook job failed');
  });

  return {
    add: async (endpointIds) => {
      if (endpointIds.length === 0) return;
      await queue.addBulk(
        endpointIds.map((endpointId) => ({
          name: WEBHOOK_QUEUE,
          data: { endpointId },
          opts: { jobId: endpointId, attempts: 1, removeOnComplete: true, removeOnFail: true },
        })),
      );
    },
    start: () => void worker.run().catch(complain),
    close: (withinMs) => closeWorker(worker, client, withinMs),
  };
}
