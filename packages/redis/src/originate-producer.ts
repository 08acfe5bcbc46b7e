import { coalesce } from '@dialgate/service-kit';
import { Queue } from 'bullmq';
import { openFailFastConnection, type QueueAccess } from './connections.js';
import { ORIGINATE_QUEUE, originateJob, cancelRequestChannel, type OriginateJob } from './originate-queue.js';

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
  readonly announceCancelRequest: (callId: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

const COMMAND_TIMEOUT_MS = 800;
const BATCH = { maxBatch: 500, maxInFlight: 1, maxWaiting: 50_000 };

/** The API's and the sweeper's end of the queue. Never waits for Redis. */
export function openOriginateProducer(options: QueueAccess): OriginateProducer {
  const client = openFailFastConnection(options, 'producer', COMMAND_TIMEOUT_MS);
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
    announceCancelRequest: async (callId) => {
      assertReady();
      await client.publish(cancelRequestChannel(options.prefix), callId);
    },
    close: async () => {
      if (ready()) await queue.close();
      client.disconnect();
    },
  };
}
