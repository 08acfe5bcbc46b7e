import { list, sharedVariables, wholeNumber, type SharedVariables } from '@dialgate/service-kit';
import Joi from 'joi';

/** What a webhook worker is told by its environment. */
export interface WebhookWorkerConfig extends Omit<SharedVariables, 'ORPHAN_SECONDS'> {
  /** How many endpoints one worker sends to at once. */
  readonly WEBHOOK_CONCURRENCY: number;
  /** How long an endpoint may take to answer. */
  readonly WEBHOOK_TIMEOUT_SECONDS: number;
  /** Whether endpoints may be plain HTTP. */
  readonly WEBHOOK_ALLOW_HTTP: boolean;
  /** Private addresses and networks (CIDR) that may be sent to all the same. */
  readonly WEBHOOK_ALLOWED_PRIVATE: string[];
  /** How many days deliveries are kept, sent or not. */
  readonly WEBHOOK_LOG_DAYS: number;
  /** Touched every few seconds, for the health check of a container; none if absent. */
  readonly ALIVE_FILE?: string;
}

const shared = sharedVariables();

export const webhookWorkerConfig = Joi.object<WebhookWorkerConfig, true>({
  DATABASE_URL: shared.DATABASE_URL,
  DATABASE_POOL_SIZE: shared.DATABASE_POOL_SIZE,
  REDIS_URL: shared.REDIS_URL,
  QUEUE_PREFIX: shared.QUEUE_PREFIX,
  LOG_LEVEL: shared.LOG_LEVEL,
  LOG_FORMAT: shared.LOG_FORMAT,
  LOG_NUMBERS: shared.LOG_NUMBERS,
  WEBHOOK_CONCURRENCY: wholeNumber(1, 1_000).default(200),
  WEBHOOK_TIMEOUT_SECONDS: wholeNumber(1, 60).default(15),
  WEBHOOK_ALLOW_HTTP: Joi.boolean().default(false),
  WEBHOOK_ALLOWED_PRIVATE: list(Joi.string().ip({ cidr: 'optional' })).default([]),
  WEBHOOK_LOG_DAYS: wholeNumber(4, 3_650).default(30),
  ALIVE_FILE: Joi.string().pattern(/^\//).messages({ 'string.pattern.base': '{{#label}} must be an absolute path' }),
});
