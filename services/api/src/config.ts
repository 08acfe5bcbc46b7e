import {
  admissionPolicyOf,
  admissionVariables,
  defaultDestinationOf,
  list,
  loadConfig,
  matching,
  sharedVariables,
  wholeNumber,
  type AdmissionVariables,
  type SharedVariables,
} from '@dialgate/service-kit';
import { connectDestination, ENTRIES, EXPIRES_IN_SECONDS, RING_TIMEOUT_MS } from '@dialgate/domain';
import Joi from 'joi';
import { secretKeyProblem } from './auth/secret-key.js';
import type { CallDefaults } from './calls/judge-call.js';
import { callLimitsOf, limitVariables, type LimitVariables } from './limits/limit-variables.js';
import type { KeptFor } from './calls/retention.js';
import type { CallRate } from './middleware/call-rate-limit.js';

/** Everything the API was told, in its own words. */
export type Config = ReturnType<typeof readConfig>;

/**
 * Reads the configuration out of environment variables.
 *
 * @throws ConfigError with every problem at once; it names variables and never shows their values.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>) {
  const given = loadConfig(variables, environment);
  const callRate: CallRate = { requests: given.RATE_LIMIT_REQUESTS, windowSeconds: given.RATE_LIMIT_WINDOW };
  return {
    databaseUrl: given.DATABASE_URL,
    databasePoolSize: given.DATABASE_POOL_SIZE,
    redisUrl: given.REDIS_URL,
    queuePrefix: given.QUEUE_PREFIX,
    orphanSeconds: given.ORPHAN_SECONDS,
    log: { level: given.LOG_LEVEL, format: given.LOG_FORMAT, fullNumbers: given.LOG_NUMBERS === 'full' },
    web: {
      host: given.HOST,
      port: given.PORT,
      maxConnections: given.MAX_CONNECTIONS,
      allowedOrigins: given.ALLOWED_ORIGINS,
      docsEnabled: given.DOCS_ENABLED,
      boardEnabled: given.BOARD_ENABLED,
      trustProxy: given.TRUST_PROXY,
    },
    auth: {
      secretKey: given.SECRET_KEY,
      previousSecretKeys: given.SECRET_KEY_PREVIOUS,
      tokenLifetimeSeconds: given.ACCESS_TOKEN_EXPIRE_MINUTES * 60,
      loginRateLimit: given.LOGIN_RATE_LIMIT,
    },
    webhooks: {
      perUser: given.WEBHOOKS_PER_USER,
      allowHttp: given.WEBHOOK_ALLOW_HTTP,
      hosts: given.ALLOWED_WEBHOOK_HOSTS,
      hostsPerUser: given.WEBHOOK_HOSTS_PER_USER,
    },
    limits: {
      callRate,
      calls: callLimitsOf(given),
      tollFraudBreaker: given.TOLL_FRAUD_BREAKER,
      streams: { ofUser: given.USER_MAX_STREAMS, inAll: given.MAX_STREAMS },
    },
    calls: { defaults: callDefaultsOf(given), admission: admissionPolicyOf(given) },
    keptFor: {
      personalDataDays: given.PERSONAL_DATA_DAYS === 0 ? null : given.PERSONAL_DATA_DAYS,
      callDays: given.CALL_RETENTION_DAYS === 0 ? null : given.CALL_RETENTION_DAYS,
      auditDays: given.AUDIT_DAYS,
    } satisfies KeptFor,
  };
}

function callDefaultsOf(given: Variables): CallDefaults {
  return {
    destination: defaultDestinationOf(given),
    ringTimeoutMs: given.DEFAULT_TIMEOUT,
    callerId: given.DEFAULT_CALLER_ID ?? null,
    connect: given.CONNECT_CONTEXT === undefined ? null : connectDestination({ context: given.CONNECT_CONTEXT }),
    expiresInSeconds: given.QUEUE_TTL_SECONDS,
  };
}

interface Variables extends SharedVariables, AdmissionVariables, LimitVariables {
  readonly HOST: string;
  readonly PORT: number;
  /** Connections beyond these are closed as they come. */
  readonly MAX_CONNECTIONS: number;
  /** Streams that this process serves at once, and those of one user among them; 0 sets no limit. */
  readonly MAX_STREAMS: number;
  readonly USER_MAX_STREAMS: number;
  readonly SECRET_KEY: string;
  /** Keys that sign nothing any more; what they have signed is good until it expires. */
  readonly SECRET_KEY_PREVIOUS: string[];
  readonly ACCESS_TOKEN_EXPIRE_MINUTES: number;
  /** Wrong logins that are free, per address and per account, before locks of 1 to 15 minutes; 0 sets no limit. */
  readonly LOGIN_RATE_LIMIT: number;
  /** Requests for calls, per user and window; 0 sets no limit. */
  readonly RATE_LIMIT_REQUESTS: number;
  /** In seconds. */
  readonly RATE_LIMIT_WINDOW: number;
  /** After how many days what ended calls say of people is erased; 0 is never. */
  readonly PERSONAL_DATA_DAYS: number;
  /** After how many days ended calls are deleted; 0 is never. */
  readonly CALL_RETENTION_DAYS: number;
  /** How many days audit entries are kept. */
  readonly AUDIT_DAYS: number;
  /** Origins that browsers may call from; none by default. */
  readonly ALLOWED_ORIGINS: string[];
  /** Whether /docs and /openapi.json are there. */
  readonly DOCS_ENABLED: boolean;
  /** Whether /admin/queues is there. */
  readonly BOARD_ENABLED: boolean;
  /** How many webhook endpoints a user may have; 0 is none. */
  readonly WEBHOOKS_PER_USER: number;
  /** Hosts that requests for calls may name in their `webhook_url`; none by default. */
  readonly ALLOWED_WEBHOOK_HOSTS: string[];
  /** To how many hosts the calls of a user may be reported so; 0 is none. */
  readonly WEBHOOK_HOSTS_PER_USER: number;
  /** Whether webhook endpoints may be plain HTTP. */
  readonly WEBHOOK_ALLOW_HTTP: boolean;
  /** Whose X-Forwarded-For is believed: nobody's, the last so many proxies', or those at these addresses. */
  readonly TRUST_PROXY: false | number | string[];
  /** Ring time, in milliseconds. */
  readonly DEFAULT_TIMEOUT: number;
  readonly QUEUE_TTL_SECONDS: number;
}

/** A call is kept as long as its idempotency key, for 48 hours. */
const RETENTION_PROBLEM =
  '{{#label}} must be 0, or 2 or more: calls are kept for 48 hours at least, as idempotency keys are';

const fields: { [Name in keyof Variables]-?: Joi.Schema } = {
  ...sharedVariables(),
  HOST: Joi.string().hostname().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(8000),
  MAX_CONNECTIONS: wholeNumber(10, 100_000).default(4_000),
  MAX_STREAMS: wholeNumber(0, 100_000).default(1_000),
  USER_MAX_STREAMS: wholeNumber(0, 100_000).default(20),
  SECRET_KEY: Joi.string().required().custom(checkedBy(secretKeyProblem)),
  SECRET_KEY_PREVIOUS: list(Joi.string().custom(checkedBy(secretKeyProblem))).default([]),
  ACCESS_TOKEN_EXPIRE_MINUTES: wholeNumber(1, 10_080).default(30),
  LOGIN_RATE_LIMIT: wholeNumber(0, 10_000).default(5),
  RATE_LIMIT_REQUESTS: wholeNumber(0, 1_000_000).default(60),
  RATE_LIMIT_WINDOW: wholeNumber(1, 86_400).default(60),
  ...limitVariables(),
  PERSONAL_DATA_DAYS: wholeNumber(0, 36_500).default(0),
  CALL_RETENTION_DAYS: wholeNumber(0, 36_500).invalid(1).messages({ 'any.invalid': RETENTION_PROBLEM }).default(0),
  AUDIT_DAYS: wholeNumber(30, 36_500).default(365),
  ALLOWED_ORIGINS: list(Joi.string().custom(checkedBy(originProblem))).default([]),
  DOCS_ENABLED: Joi.boolean().default(true),
  BOARD_ENABLED: Joi.boolean().default(true),
  WEBHOOKS_PER_USER: wholeNumber(0, 1_000).default(10),
  ALLOWED_WEBHOOK_HOSTS: list(matching(ENTRIES.webhookHosts.pattern, ENTRIES.webhookHosts.rule)).default([]),
  WEBHOOK_HOSTS_PER_USER: wholeNumber(0, 1_000).default(20),
  WEBHOOK_ALLOW_HTTP: Joi.boolean().default(false),
  TRUST_PROXY: Joi.any().custom(trustedProxies).default(false),
  DEFAULT_TIMEOUT: wholeNumber(RING_TIMEOUT_MS.min, RING_TIMEOUT_MS.max).default(30_000),
  QUEUE_TTL_SECONDS: wholeNumber(EXPIRES_IN_SECONDS.min, EXPIRES_IN_SECONDS.max).default(300),
  ...admissionVariables(),
};

/** The variables, as documentation and deployment are held against them. */
export const variables = Joi.object<Variables>(fields);

function checkedBy(problemOf: (text: string) => string | null): Joi.CustomValidator<string> {
  return (text, helpers) => {
    const problem = problemOf(text);
    return problem === null ? text : wrong(helpers, problem);
  };
}

function wrong(helpers: Joi.CustomHelpers, problem: string): Joi.ErrorReport {
  return helpers.message({ custom: `{{#label}} ${problem}` });
}

function originProblem(text: string): string | null {
  if (text === '*') return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  // As browsers send it: no path, not even a slash.
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text
    ? null
    : 'must be an origin such as https://desk.example.com, or *';
}

const PROXY = Joi.alternatives(
  Joi.string().ip({ cidr: 'optional' }),
  Joi.valid('loopback', 'linklocal', 'uniquelocal'),
);

/** `false`, a number of proxies, or their addresses. `true` would let any client choose the address it is seen under. */
function trustedProxies(value: string, helpers: Joi.CustomHelpers): false | number | string[] | Joi.ErrorReport {
  if (value === 'false') return false;
  if (/^[0-9]{1,2}$/.test(value)) return Number(value);
  const proxies = value.split(',').map((proxy) => proxy.trim());
  if (proxies.every((proxy) => PROXY.validate(proxy).error === undefined)) return proxies;
  return wrong(
    helpers,
    'must be false, a number of proxies, or a list of addresses, networks, loopback, linklocal, uniquelocal',
  );
}
