import { randomUUID } from 'node:crypto';
import { loadConfig, openLog, runService } from '@dialgate/service-kit';
import { openDatabase } from '@dialgate/database';
import { openOriginateProducer } from '@dialgate/redis';
import { testWorkerTimes } from '@dialgate/testing';
import { workerConfig } from '../src/config.js';
import { openWorkerPorts } from '../src/ports.js';
import { createWorker } from '../src/wiring.js';

// What `src/main.ts` runs, with the leases of tests: no setting of production can shorten them.
const config = loadConfig(workerConfig, process.env);
const log = openLog({ service: 'ari-worker', level: config.LOG_LEVEL, fullNumbers: true });
const database = openDatabase({
  url: config.DATABASE_URL,
  applicationName: 'test-worker-process',
  times: testWorkerTimes(),
});
const producer = openOriginateProducer({ redisUrl: config.REDIS_URL, prefix: config.QUEUE_PREFIX, log });
const ports = openWorkerPorts({ config, database, producer, owner: randomUUID(), log });

await runService(
  [
    { name: 'database', stop: database.close },
    { name: 'producer', stop: producer.close },
    ...createWorker({ ports, config, log }),
  ],
  log,
);
