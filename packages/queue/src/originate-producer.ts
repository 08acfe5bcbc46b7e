import { coalesce } from '@dialgate/coalesce';
import type { Logger } from '@dialgate/logging';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { logOutages, ORIGINATE_QUEUE, originateJob, wishChannel, type OriginateJob } from './originate-queue.js';

export interface OriginateProducer {
  /** Whether Redis answers just now, as far as the connection knows. */
  readonly ready: () => boolean;
  /**
   * Puts the call's job into the queue unless it is there already. Fails within 0.8 s when Redis does not answer; the job
   * may have been added all the same.
   */
  readonly add: (callId: string) => Promise<void>;
  /** How many jobs wait. Fails within 0.8 s when Redis does not answer. */
  readonly depth: () => Promise<number>;
  /** Wakes the workers that a client wants one of their calls gone. */
  readonly announceWish: (callId: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

const COMMAND_TIMEOUT_MS = 800;
const BATCH = { maxBatch: 500, maxInFlight: 1, maxWaiting: 50_000 };

/**
 * The API's and the sweeper's end of the queue. Never waits for Redis: these settings were found to fail within a second
 * in every kind of outage and to recover by themselves 0.5 s after it (BullMQ 6.7, ioredis 6.0).
 */
export function openOriginateProducer(options: {
  readonly redisUrl: string;
  readonly prefix: string;
  readonly log: Logger;
}): OriginateProducer {
  const client = new Redis(options.redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(100 * times, 500),
  });
  logOutages(client, options.log, 'producer');
  const queue = new Queue<OriginateJob>(ORIGINATE_QUEUE, { connection: client, prefix: options.prefix });
  queue.on('error', () => undefined); // The connection says it already.

  const ready = () => client.status === 'ready';

  function assertReady(): void {
    if (!ready()) throw new Error(`Redis is not ready (${client.status})`);
  }

  const addOne = coalesce(async (callIds: string[]) => {
    assertReady();
    await queue.addBulk(callIds.map(originateJob));
    return callIds.map(() => undefined);
  }, BATCH);

  return {
    ready,
    add: addOne,
    depth: async () => {
      assertReady();
      const { waiting = 0, delayed = 0, active = 0 } = await queue.getJobCounts('waiting', 'delayed', 'active');
      return waiting + delayed + active;
    },
    announceWish: async (callId) => {
      assertReady();
      await client.publish(wishChannel(options.prefix), callId);
    },
    close: async () => {
      if (ready()) await queue.close();
      client.disconnect();
    },
  };
}
