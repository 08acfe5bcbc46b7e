import { hostname } from 'node:os';
import type { Database } from '@dialgate/database';
import type { Logger, Part } from '@dialgate/service-kit';
import {
  openEvictionCheck,
  openOriginateConsumer,
  openCancelRequestListener,
  openWorkerReports,
  type OriginateProducer,
} from '@dialgate/redis';
import { openAriClient } from './ari/client.js';
import { openEventStream } from './ari/event-stream.js';
import { assembleWorker } from './wiring.js';
import type { WorkerConfig } from './config.js';

/**
 * Opens what a worker stands on and puts it together.
 *
 * @param owner this worker's id, new at every start.
 * @returns its parts, in the order in which they start; they stop in reverse.
 */
export function createWorker(options: {
  readonly config: WorkerConfig;
  readonly database: Database;
  readonly producer: OriginateProducer;
  readonly owner: string;
  readonly log: Logger;
}): Part[] {
  const { config, database, producer, owner, log } = options;
  const access = { url: config.ARI_HTTP_URL, username: config.ARI_USERNAME, password: config.ARI_PASSWORD };
  const queue = { redisUrl: config.REDIS_URL, prefix: config.QUEUE_PREFIX, log };
  const eviction = openEvictionCheck(queue);
  const ari = openAriClient(access);
  const reports = openWorkerReports(queue);

  function notSaid(error: unknown): void {
    log.debug({ error }, 'Report not sent'); // The next one will do; the connection says that Redis is away.
  }

  const parts = assembleWorker({
    ports: {
      calls: database.calls,
      slots: database.slots,
      ari,
      openStream: (stream) => openEventStream({ ...stream, access }),
      producer,
      openConsumer: (originate) =>
        openOriginateConsumer({
          ...queue,
          concurrency: config.ORIGINATE_CONCURRENCY,
          lockMs: database.slots.times.leaseMs, // A worker that has lost its slot has lost its jobs.
          originate,
        }),
      openCancelRequestListener: (onCancelRequest) => openCancelRequestListener({ ...queue, onCancelRequest }),
      report: (report) => reports.say(owner, report).catch(notSaid),
    },
    config,
    owner,
    holder: `${hostname()}:${process.pid}:${owner.slice(-6)}`,
    log,
  });

  return [
    { name: 'eviction policy', start: eviction.start, stop: eviction.close },
    { name: 'ari client', stop: ari.close },
    {
      name: 'reports',
      stop: async () => {
        await reports.takeBack(owner).catch(notSaid);
        reports.close();
      },
    },
    ...parts,
  ];
}
