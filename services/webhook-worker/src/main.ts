import { configOrExit, createAliveFile, endWhenStuck, loadConfig, openLog, runService } from '@dialgate/service-kit';
import { openDatabase } from '@dialgate/database';
import { createPresence, openWorkerReports } from '@dialgate/redis';
import { webhookWorkerConfig } from './config.js';
import { createWebhookWorker } from './wiring.js';

// What we were told.
const config = configOrExit(() => loadConfig(webhookWorkerConfig, process.env));
const log = openLog({
  service: 'webhook-worker',
  level: config.LOG_LEVEL,
  format: config.LOG_FORMAT,
  fullNumbers: config.LOG_NUMBERS === 'full',
});

// What we talk to.
const database = openDatabase({
  url: config.DATABASE_URL,
  applicationName: 'dialgate-webhook-worker',
  poolSize: config.DATABASE_POOL_SIZE,
});

const reports = openWorkerReports({ redisUrl: config.REDIS_URL, prefix: config.QUEUE_PREFIX, log });

// What we do, from start to stop.
// Not awaited: a bundle is a script, which knows no await up here.
void runService(
  [
    endWhenStuck(),
    ...createAliveFile(config.ALIVE_FILE, log),
    { name: 'database', stop: database.close },
    { name: 'reports', stop: reports.close },
    ...createPresence('webhook-worker', reports, log),
    ...createWebhookWorker({ database, config, log }),
  ],
  log,
);
