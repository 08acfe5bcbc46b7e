import { configOrExit, createAdmission, endWhenStuck, openLog, runService } from '@dialgate/service-kit';
import { openDatabase } from '@dialgate/database';
import {
  createPresence,
  openBoardQueues,
  openEntryListener,
  openOriginateProducer,
  openWorkerReports,
} from '@dialgate/redis';
import { openRateLimits } from './limits/rate-limits.js';
import { createTrail } from './audit/trail.js';
import { createApp } from './app.js';
import { createRetryOrders } from './calls/retry-orders.js';
import { createRetention } from './calls/retention.js';
import { createSweep } from './calls/sweep.js';
import { createWithdrawals } from './calls/withdrawals.js';
import { readConfig } from './config.js';
import { DATABASE_TIMEOUTS } from './database-timeouts.js';
import { createHttpServer } from './serve.js';
import { createStreams } from './streams/streams.js';

const config = configOrExit(() => readConfig(process.env));
const log = openLog({ service: 'api', ...config.log });

const access = { redisUrl: config.redisUrl, prefix: config.queuePrefix, log };
const queue = openOriginateProducer(access);
const database = openDatabase({
  url: config.databaseUrl,
  poolSize: config.databasePoolSize,
  applicationName: 'dialgate-api',
  callLimits: config.limits.calls,
  onEntries: queue.announceEntries,
  ...DATABASE_TIMEOUTS,
});
const workers = openWorkerReports(access);
const board = config.web.boardEnabled ? openBoardQueues(access) : null;
const limits = openRateLimits(access);

const { calls, tokens, users, admissionFacts } = database;
const { orphanSeconds, keptFor } = config;
const admission = createAdmission(config.calls.admission);
const withdrawals = createWithdrawals({ calls, log });
const streams = createStreams({ calls, limits: config.limits.streams, log });
const entries = openEntryListener({ ...access, onEntries: streams.wake });
const trail = createTrail({ trail: database.audit, log });
const app = createApp({
  config,
  database,
  admission,
  queue,
  workers,
  board,
  limits,
  withdrawals,
  streams,
  addEntry: trail.add,
  log,
});

// Not awaited: a bundle is a script, which knows no await up here.
void runService(
  [
    endWhenStuck(),
    { name: 'database', stop: database.close },
    { name: 'queue', stop: queue.close },
    { name: 'worker reports', stop: workers.close },
    ...createPresence('api', workers, log),
    { name: 'rate limits', stop: limits.close },
    { name: 'timeline entries', stop: entries.close },
    { name: 'board', stop: () => board?.close() },
    trail,
    createSweep({ calls, tokens, orphanSeconds, personalDataDays: keptFor.personalDataDays, withdrawals, log }),
    createRetryOrders({ calls, users, admission, admissionFacts, queue, log }),
    createRetention({ calls, trail: database.audit, keptFor, log }),
    createHttpServer({ app, ...config.web, log }),
    streams.part, // Stopped first: the HTTP server waits for its answers.
  ],
  log,
);
