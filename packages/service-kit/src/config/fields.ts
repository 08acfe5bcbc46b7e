import Joi from 'joi';

/** Kinds of variables that more than one service reads. */

/** A comma-separated list: `a, b,c` → `['a', 'b', 'c']`; empty entries are dropped. */
export function list(items: Joi.Schema = Joi.string()): Joi.ArraySchema<string[]> {
  return commaSeparated.array().items(items) as Joi.ArraySchema<string[]>;
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

/** `LOG_LEVEL` */
export function logLevel(): Joi.StringSchema {
  return Joi.string().valid('error', 'warn', 'info', 'debug').default('info');
}

/** `LOG_FORMAT`; without it the log looks where it is written to. */
export function logFormat(): Joi.StringSchema {
  return Joi.string().valid('json', 'text');
}

/** `LOG_NUMBERS`: whether phone numbers stand in logs in full or only with their last three digits. */
export function logNumbers(): Joi.StringSchema {
  return Joi.string().valid('masked', 'full').default('masked');
}

/** `DATABASE_URL` */
export function databaseUrl(): Joi.StringSchema {
  return Joi.string()
    .uri({ scheme: ['postgres', 'postgresql'] })
    .required();
}

/** `REDIS_URL` */
export function redisUrl(): Joi.StringSchema {
  return Joi.string()
    .uri({ scheme: ['redis', 'rediss'] })
    .required();
}

/** `ORPHAN_SECONDS`: after how long an answered call of an Asterisk without any worker is given up. */
export function orphanSeconds(): Joi.NumberSchema {
  return wholeNumber(60, 604_800).default(14_400);
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): Joi.NumberSchema {
  return Joi.number().integer().min(min).max(max);
}
