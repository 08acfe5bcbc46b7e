import {
  list,
  loadConfig,
  matching,
  numberPolicyOf,
  numberVariables,
  sharedVariables,
  wholeNumber,
  type NumberVariables,
  type SharedVariables,
} from '@dialgate/service-kit';
import { parseCallerId, type CallerId } from '@dialgate/domain';
import Joi from 'joi';
import { secretKeyProblem } from './auth/secret-key.js';
import { ALLOWED_VARIABLE, ALLOWED_VARIABLE_RULE } from './calls/allowed-variables.js';
import type { CallPolicy } from './calls/create-call.js';
import { callLimitsOf, limitVariables, type LimitVariables } from './limits/limit-variables.js';
import type { KeptFor } from './calls/retention.js';
import type { CallRate } from './middleware/call-rate-limit.js';
import * as dialplan from './schemas/dialplan.js';

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
    limits: { callRate, calls: callLimitsOf(given), tollFraudBreaker: given.TOLL_FRAUD_BREAKER },
    keptFor: {
      personalDataDays: given.PERSONAL_DATA_DAYS === 0 ? null : given.PERSONAL_DATA_DAYS,
      auditDays: given.AUDIT_DAYS,
    } satisfies KeptFor,
    calls: callPolicyOf(given),
  };
}

function callPolicyOf(given: Variables): CallPolicy {
  return {
    defaults: {
      destination: {
        context: given.DEFAULT_CONTEXT,
        extension: given.DEFAULT_EXTENSION,
        priority: given.DEFAULT_PRIORITY,
      },
      ringTimeoutMs: given.DEFAULT_TIMEOUT,
      callerId: given.DEFAULT_CALLER_ID ?? null,
      expiresInSeconds: given.QUEUE_TTL_SECONDS,
    },
    allowedContexts: given.ALLOWED_CONTEXTS ?? [given.DEFAULT_CONTEXT],
    allowedVariables: given.ALLOWED_VARIABLES,
    numbers: numberPolicyOf(given),
  };
}

interface Variables extends SharedVariables, NumberVariables, LimitVariables {
  readonly HOST: string;
  readonly PORT: number;
  /** Connections beyond these are closed as they come. */
  readonly MAX_CONNECTIONS: number;
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
  /** How many days audit entries are kept. */
  readonly AUDIT_DAYS: number;
  /** Origins that browsers may call from; none by default. */
  readonly ALLOWED_ORIGINS: string[];
  /** Whether /docs and /openapi.json are there. */
  readonly DOCS_ENABLED: boolean;
  /** Whether /admin/queues is there. */
  readonly BOARD_ENABLED: boolean;
  /** Whose X-Forwarded-For is believed: nobody's, the last so many proxies', or those at these addresses. */
  readonly TRUST_PROXY: false | number | string[];
  readonly DEFAULT_CONTEXT: string;
  readonly DEFAULT_EXTENSION: string;
  readonly DEFAULT_PRIORITY: number;
  /** Ring time, in milliseconds. */
  readonly DEFAULT_TIMEOUT: number;
  readonly DEFAULT_CALLER_ID?: CallerId;
  readonly ALLOWED_CONTEXTS?: string[];
  readonly ALLOWED_VARIABLES: string[];
  readonly QUEUE_TTL_SECONDS: number;
}

const DEFAULT_CONTEXT = 'outbound-ivr';

const context = matching(dialplan.CONTEXT, dialplan.CONTEXT_RULE);

const fields: { [Name in keyof Variables]-?: Joi.Schema } = {
  ...sharedVariables(),
  HOST: Joi.string().hostname().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(8000),
  MAX_CONNECTIONS: wholeNumber(10, 100_000).default(4_000),
  SECRET_KEY: Joi.string().required().custom(checkedBy(secretKeyProblem)),
  SECRET_KEY_PREVIOUS: list(Joi.string().custom(checkedBy(secretKeyProblem))).default([]),
  ACCESS_TOKEN_EXPIRE_MINUTES: wholeNumber(1, 10_080).default(30),
  LOGIN_RATE_LIMIT: wholeNumber(0, 10_000).default(5),
  RATE_LIMIT_REQUESTS: wholeNumber(0, 1_000_000).default(60),
  RATE_LIMIT_WINDOW: wholeNumber(1, 86_400).default(60),
  ...limitVariables(),
  PERSONAL_DATA_DAYS: wholeNumber(0, 36_500).default(0),
  AUDIT_DAYS: wholeNumber(30, 36_500).default(365),
  ALLOWED_ORIGINS: list(Joi.string().custom(checkedBy(originProblem))).default([]),
  DOCS_ENABLED: Joi.boolean().default(true),
  BOARD_ENABLED: Joi.boolean().default(true),
  TRUST_PROXY: Joi.any().custom(trustedProxies).default(false),
  DEFAULT_CONTEXT: context.default(DEFAULT_CONTEXT),
  DEFAULT_EXTENSION: matching(dialplan.EXTENSION, dialplan.EXTENSION_RULE).default('s'),
  DEFAULT_PRIORITY: wholeNumber(dialplan.PRIORITY.min, dialplan.PRIORITY.max).default(1),
  DEFAULT_TIMEOUT: wholeNumber(dialplan.RING_TIMEOUT_MS.min, dialplan.RING_TIMEOUT_MS.max).default(30_000),
  DEFAULT_CALLER_ID: Joi.any().custom(
    (text: string, helpers) => parseCallerId(text) ?? wrong(helpers, dialplan.CALLER_ID_RULE),
  ),
  ALLOWED_CONTEXTS: list(context).custom(withDefaultContext),
  ALLOWED_VARIABLES: list(matching(ALLOWED_VARIABLE, ALLOWED_VARIABLE_RULE)).default(['DG_*']),
  QUEUE_TTL_SECONDS: wholeNumber(dialplan.EXPIRES_IN_SECONDS.min, dialplan.EXPIRES_IN_SECONDS.max).default(300),
  ...numberVariables(),
};

/** The variables, as documentation and deployment are held against them. */
export const variables = Joi.object<Variables>(fields);

/** Else every request that names no context would be refused. */
function withDefaultContext(contexts: string[], helpers: Joi.CustomHelpers): string[] | Joi.ErrorReport {
  const [{ DEFAULT_CONTEXT: chosen = DEFAULT_CONTEXT }] = helpers.state.ancestors as [Partial<Variables>];
  return contexts.includes(chosen) ? contexts : wrong(helpers, 'must contain DEFAULT_CONTEXT');
}

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
