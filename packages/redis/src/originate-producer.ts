import { coalesce } from '@dialgate/service-kit';
import { Queue } from 'bullmq';
import { announce, createEntryAnnouncer } from './announcements.js';
import { openFailFastConnection, type QueueAccess } from './connections.js';
import { answers } from './liveness.js';
import { ORIGINATE_QUEUE, originateJob, keyPrefix, type OriginateJob } from './originate-queue.js';
import { watchWrites } from './write-watch.js';

export interface OriginateProducer {
  /** Whether Redis answers and takes jobs, as far as is known: of an outage it is learned within 2 s. */
  readonly ready: () => boolean;
  /**
   * With which code Redis refuses to write, such as `OOM` when it is full; null when it writes. Fails within
   * 0.8 s when Redis does not answer.
   */
  readonly writeRefusal: () => Promise<string | null>;
  /**
   * Puts the call's job into the queue unless it is there already. Fails within 0.8 s when Redis does not answer; the job
   * may have been added all the same.
   */
  readonly add: (callId: string) => Promise<void>;
  /** Those of these calls that have no job. Fails within 0.8 s when Redis does not answer. */
  readonly withoutJob: (callIds: readonly string[]) => Promise<string[]>;
  /**
   * Whether Redis has lost what it was given, or never had anything: true for the first that asks, false for all others until it
   * happens again. Who hears true fills the queue again. Fails within 0.8 s when Redis does not answer.
   */
  readonly beginRefill: () => Promise<boolean>;
  /** The queue could not be filled: the next that asks shall do it. */
  readonly abandonRefill: () => Promise<void>;
  /** How many jobs wait. Fails within 0.8 s when Redis does not answer. */
  readonly depth: () => Promise<number>;
  /** Wakes the workers that a client wants one of their calls gone. */
  readonly announceCancelRequest: (callId: string) => Promise<void>;
  /** Wakes whoever follows the timeline, now or within 0.1 s. May be said for each entry; waits for nothing and never fails. */
  readonly announceEntries: () => void;
  readonly close: () => Promise<void>;
}

const COMMAND_TIMEOUT_MS = 800;
const BATCH = { maxBatch: 500, maxInFlight: 1, maxWaiting: 50_000 };

/** The API's and the sweeper's end of the queue. Never waits for Redis. */
export function openOriginateProducer(options: QueueAccess): OriginateProducer {
  const client = openFailFastConnection(options, 'producer', COMMAND_TIMEOUT_MS);
  const queue = new Queue<OriginateJob>(ORIGINATE_QUEUE, {
    connection: client,
    prefix: keyPrefix(options.prefix),
    // Asked at the start and never again: were that answer lost, the queue would refuse everything for ever.
    skipVersionCheck: true,
  });
  queue.on('error', () => undefined); // The connection says it already.

  const filled = `${keyPrefix(options.prefix)}:filled`;

  const writes = watchWrites(client, `${keyPrefix(options.prefix)}:writes`);

  const entries = createEntryAnnouncer(client, options.prefix);

  function assertReady(): void {
    if (client.status !== 'ready') throw new Error(`Redis is not ready (${client.status})`);
  }

  const addOne = coalesce(async (callIds: string[]) => {
    assertReady();
    await queue.addBulk(callIds.map(originateJob));
    return callIds.map(() => undefined);
  }, BATCH);

  return {
    ready: () => answers(client) && writes.refusal() === null,
    writeRefusal: async () => {
      assertReady();
      return writes.ask();
    },
    add: addOne,
    withoutJob: async (callIds) => {
      assertReady();
      const asked = client.pipeline();
      for (const callId of callIds) asked.exists(queue.toKey(callId));
      const found = (await asked.exec()) ?? [];
      for (const [error] of found) if (error !== null) throw error;
      return callIds.filter((_, i) => found[i]?.[1] !== 1);
    },
    beginRefill: async () => {
      assertReady();
      return (await client.set(filled, '1', 'NX')) === 'OK';
    },
    abandonRefill: async () => {
      await client.del(filled);
    },
    depth: async () => {
      assertReady();
      const { waiting = 0, delayed = 0, active = 0 } = await queue.getJobCounts('waiting', 'delayed', 'active');
      return waiting + delayed + active;
    },
    announceCancelRequest: async (callId) => {
      assertReady();
      await announce(client, options.prefix, 'wishes', callId);
    },
    announceEntries: entries.ask,
    close: async () => {
      entries.stop();
      if (answers(client)) await queue.close();
      client.disconnect();
    },
  };
}
