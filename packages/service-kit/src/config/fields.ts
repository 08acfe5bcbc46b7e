import Joi from 'joi';
import { addressesIn } from './database-addresses.js';
import { LOG_FORMATS, type LogFormat } from '../logging/line-formats.js';
import { LOG_LEVELS, type LogLevel } from '../logging/logger.js';
import { readRedisUrl } from './redis-url.js';

/** What every service is told. */
export interface SharedVariables {
  readonly DATABASE_URL: string;
  /** How many connections a process keeps to PostgreSQL at most, but for two that look up users. */
  readonly DATABASE_POOL_SIZE: number;
  readonly REDIS_URL: string;
  /** First part of every key in Redis. */
  readonly QUEUE_PREFIX: string;
  readonly LOG_LEVEL: LogLevel;
  /** Without it the log looks where it is written to. */
  readonly LOG_FORMAT?: LogFormat;
  /** Whether phone numbers stand in logs in full or only with their last three digits. */
  readonly LOG_NUMBERS: 'masked' | 'full';
  /** After how long an answered call of an Asterisk without any worker is given up. */
  readonly ORPHAN_SECONDS: number;
}

/** `DATABASE_URL`, of one host or several; see database-addresses.ts. */
export function databaseUrl(): Joi.StringSchema {
  return Joi.string()
    .required()
    .custom((url: string, helpers) => {
      const addresses = addressesIn(url);
      return typeof addresses === 'string' ? helpers.message({ custom: `{{#label}} ${addresses}` }) : url;
    });
}

export function sharedVariables() {
  return {
    DATABASE_URL: databaseUrl(),
    DATABASE_POOL_SIZE: wholeNumber(2, 200).default(10),
    REDIS_URL: redisUrl().required(),
    QUEUE_PREFIX: matching(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1 to 40 of letters, digits, - and _').default('dialgate'),
    LOG_LEVEL: Joi.string()
      .valid(...LOG_LEVELS)
      .default('info'),
    LOG_FORMAT: Joi.string().valid(...LOG_FORMATS),
    LOG_NUMBERS: Joi.string().valid('masked', 'full').default('masked'),
    ORPHAN_SECONDS: wholeNumber(60, 604_800).default(14_400),
  };
}

/** A comma-separated list: `a, b,c` → `['a', 'b', 'c']`; empty entries are dropped. */
export function list<Item extends string = string>(items: Joi.Schema = Joi.string()): Joi.ArraySchema<Item[]> {
  return commaSeparated.array().items(items) as Joi.ArraySchema<Item[]>;
}

const commaSeparated = Joi.extend((root: Joi.Root) => ({
  type: 'array',
  base: root.array(),
  coerce: {
    from: 'string',
    method: (value: string) => ({ value: splitList(value) }),
  },
})) as Joi.Root;

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A text of this shape. @param rule says so after the variable's name: `must be …`. */
export function matching(pattern: RegExp, rule: string): Joi.StringSchema {
  return Joi.string()
    .pattern(pattern)
    .messages({ 'string.pattern.base': `{{#label}} ${rule}` });
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): Joi.NumberSchema {
  return Joi.number().integer().min(min).max(max);
}

function redisUrl(): Joi.StringSchema {
  return Joi.string()
    .custom((url: string) => {
      readRedisUrl(url);
      return url;
    })
    .messages({ 'any.custom': '{{#label}} {{#error.message}}' });
}
