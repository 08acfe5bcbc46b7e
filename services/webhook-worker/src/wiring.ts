import { FAN_OUT_LIMIT, type Database } from '@dialgate/database';
import { openWebhookQueue } from '@dialgate/redis';
import { every, type Logger, type Part } from '@dialgate/service-kit';
import type { WebhookWorkerConfig } from './config.js';
import { createDeliverDue } from './deliver/deliver-due.js';
import { createSend } from './deliver/send.js';

/** How often the timeline is looked at, in milliseconds: the most that an event waits on a quiet machine, twice. */
const FAN_OUT_EVERY_MS = 250;
const DUE_EVERY_MS = 500;
const FORGET_EVERY_MS = 60_000;

/** Statements of one round; then others have their turn. */
const STATEMENTS = 20;

/** How long the deliveries under way at a stop may take beyond the time of one request, in milliseconds. */
const LAST_JOBS_GRACE_MS = 2_000;

/** @returns the worker's parts, in the order in which they start; they stop in reverse. */
export function createWebhookWorker(deps: {
  readonly database: Pick<Database, 'webhooks' | 'calls'>;
  readonly config: WebhookWorkerConfig;
  readonly log: Logger;
}): Part[] {
  const { database, config, log } = deps;
  const { webhooks, calls } = database;
  const timeoutMs = config.WEBHOOK_TIMEOUT_SECONDS * 1_000;
  const send = createSend({
    timeoutMs,
    allowHttp: config.WEBHOOK_ALLOW_HTTP,
    allowedPrivate: config.WEBHOOK_ALLOWED_PRIVATE,
  });
  const queue = openWebhookQueue({
    redisUrl: config.REDIS_URL,
    prefix: config.QUEUE_PREFIX,
    concurrency: config.WEBHOOK_CONCURRENCY,
    deliver: createDeliverDue({ webhooks, calls, send, timeoutMs, log }),
    log,
  });

  async function fanOut(): Promise<void> {
    for (let statements = 0; statements < STATEMENTS; statements++) {
      if ((await webhooks.fanOut()).entries < FAN_OUT_LIMIT) return;
    }
  }

  async function forget(): Promise<void> {
    for (let statements = 0; statements < STATEMENTS; statements++) {
      if ((await webhooks.forgetOld(config.WEBHOOK_LOG_DAYS)) === 0) return;
    }
  }

  return [
    every('webhook log', FORGET_EVERY_MS, forget, log),
    {
      name: 'webhook queue',
      start: () => {
        queue.start();
        return Promise.resolve();
      },
      stop: () => queue.close(timeoutMs + LAST_JOBS_GRACE_MS),
      stopWithinMs: timeoutMs + 2 * LAST_JOBS_GRACE_MS,
    },
    every('fan-out', FAN_OUT_EVERY_MS, fanOut, log),
    every('due webhooks', DUE_EVERY_MS, async () => queue.add(await webhooks.endpointsDue()), log),
  ];
}
