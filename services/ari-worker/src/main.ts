import { configOrExit, createAliveFile, endWhenStuck, loadConfig, openLog, runService } from '@dialgate/service-kit';
import { openDatabase } from '@dialgate/database';
import { openOriginateProducer } from '@dialgate/redis';
import { randomUUID } from 'node:crypto';
import { workerConfig } from './config.js';
import { DATABASE_TIMEOUTS } from './database-timeouts.js';
import { openWorkerPorts } from './ports.js';
import { createWorker } from './wiring.js';

// What we were told.
const config = configOrExit(() => loadConfig(workerConfig, process.env));
const log = openLog({
  service: 'ari-worker',
  level: config.LOG_LEVEL,
  format: config.LOG_FORMAT,
  fullNumbers: config.LOG_NUMBERS === 'full',
});

// What we talk to.
const producer = openOriginateProducer({ redisUrl: config.REDIS_URL, prefix: config.QUEUE_PREFIX, log });
const database = openDatabase({
  url: config.DATABASE_URL,
  poolSize: config.DATABASE_POOL_SIZE,
  applicationName: 'dialgate-ari-worker',
  onEntries: producer.announceEntries,
  ...DATABASE_TIMEOUTS,
});
const ports = openWorkerPorts({ config, database, producer, owner: randomUUID(), log });

// What we do, from start to stop.
// Not awaited: a bundle is a script, which knows no await up here.
void runService(
  [
    endWhenStuck(),
    ...createAliveFile(config.ALIVE_FILE, log),
    { name: 'database', stop: database.close },
    { name: 'producer', stop: producer.close },
    ...createWorker({ ports, config, log }),
  ],
  log,
);
