import {
  CALLER_ID_RULE,
  CONTEXT,
  CONTEXT_RULE,
  EXPIRES_IN_SECONDS,
  EXTENSION,
  EXTENSION_RULE,
  parseCallerId,
  PHONE_NUMBER_MAX_LENGTH,
  PRIORITY,
  RING_TIMEOUT_MS,
  type CallerId,
} from '@dialgate/domain';
import Joi from 'joi';
import { KEY_MAX_LENGTH } from './idempotency-key.js';
import { retry, type WantedRetry } from './retry.js';
import { RESERVED_VARIABLES } from './reserved-variables.js';
import { callingWindow, notBefore, type WantedWindow } from './schedule.js';
import { hasOwnProto } from './valid.js';
import { webhookUrl } from './webhook.js';

/** What a client may say about a call; everything is optional. */
export interface CallOptions {
  context?: string;
  extension?: string;
  priority?: number;
  connect_to?: string;
  /** Ring time in milliseconds. */
  timeout?: number;
  caller_id?: CallerId;
  variables?: Record<string, string>;
  /** How long it may wait to be dialled, in seconds. */
  expires_in?: number;
  /** RFC 3339. */
  not_before?: string;
  calling_window?: WantedWindow;
  retry?: WantedRetry;
  webhook_url?: string;
  metadata?: unknown;
}

/** The same with the number, where the path does not say it. */
export interface CallRequest extends CallOptions {
  phone_number: string;
}

/** Names longer than 80 characters are refused; with number, quotes and brackets that makes 101. */
const CALLER_ID_MAX_LENGTH = 110;

const MAX_VARIABLES = 20;
export const VARIABLE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const VARIABLE_NAME_RULE = 'is not a variable name: a letter, then up to 63 letters, digits and _';
const VARIABLE_MAX_LENGTH = 1_024;

/** Bytes of UTF-8, names included. */
const VARIABLES_MAX_BYTES = 4_096;

/** Control characters and line separators would break out of a header; half a surrogate pair is no character at all. */
const PRINTABLE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u;

/** Bytes of its JSON in UTF-8. */
const METADATA_MAX_BYTES = 4_096;
const METADATA_MAX_DEPTH = 32;

/** Beyond these, JavaScript rounds what a client wrote, or PostgreSQL writes hundreds of digits for `1e308`. */
const METADATA_NUMBERS = { max: Number.MAX_SAFE_INTEGER, min: 1e-6 };

/** PostgreSQL's JSON cannot hold these two. */
const UNSTORABLE = /[\0\p{Cs}]/u;

/** Every problem is told in the same words, and once: what is too long is not looked at any more. */
const callerId = Joi.string()
  .max(CALLER_ID_MAX_LENGTH)
  .custom((text: string, helpers) => {
    const parsed = parseCallerId(text);
    return parsed !== null && PRINTABLE.test(parsed.name) ? parsed : problem(helpers, CALLER_ID_RULE);
  })
  .messages({ '*': CALLER_ID_RULE })
  .prefs({ abortEarly: true });

const variables = RESERVED_VARIABLES.reduce(
  (schema, { pattern, because }) => schema.pattern(pattern, Joi.forbidden().messages({ 'any.unknown': because })),
  Joi.object<Record<string, string>>(),
)
  .pattern(
    VARIABLE_NAME,
    Joi.string()
      .allow('')
      .max(VARIABLE_MAX_LENGTH)
      .pattern(PRINTABLE)
      .messages({ 'string.pattern.base': 'must be printable, without control characters' }),
  )
  .max(MAX_VARIABLES)
  .custom((value: Record<string, string>, helpers) => {
    if (hasOwnProto(helpers.original)) return problem(helpers, '__proto__ is not a variable name');
    const bytes = Object.entries(value).reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0);
    return bytes <= VARIABLES_MAX_BYTES
      ? value
      : problem(helpers, `must have at most ${VARIABLES_MAX_BYTES} bytes in all`);
  })
  .messages({ 'object.unknown': VARIABLE_NAME_RULE });

const metadata = Joi.any().custom((value: unknown, helpers) => {
  const wrong = metadataProblem(value);
  return wrong === null ? value : problem(helpers, wrong);
});

const options: { [Field in keyof CallOptions]-?: Joi.Schema } = {
  context: Joi.string()
    .pattern(CONTEXT)
    .messages({ 'string.pattern.base': CONTEXT_RULE })
    .description(
      `Dialplan context an answered call goes to; one of \`ALLOWED_CONTEXTS\`. Without it \`DEFAULT_CONTEXT\`. It ${CONTEXT_RULE}.`,
    )
    .example('outbound-ivr'),
  extension: Joi.string()
    .pattern(EXTENSION)
    .messages({ 'string.pattern.base': EXTENSION_RULE })
    .description(
      `Extension in the context, one of \`ALLOWED_EXTENSIONS\`; without it \`DEFAULT_EXTENSION\`. It ${EXTENSION_RULE}.`,
    )
    .example('s'),
  priority: between(PRIORITY)
    .description('Priority in the extension, one of `ALLOWED_PRIORITIES`; without it `DEFAULT_PRIORITY`.')
    .example(1),
  connect_to: Joi.string()
    .max(PHONE_NUMBER_MAX_LENGTH)
    .description(
      'A second number that the callee is connected to when they have answered, judged and counted like the first, or an internal ' +
        'extension that `CONNECT_EXTENSIONS` names. Where `CONNECT_CONTEXT` is set; it is where the call goes on, so that `context`, ' +
        '`extension` and `priority` cannot be said as well. `timeout` holds for both phones.',
    )
    .example('+33187654321'),
  timeout: between(RING_TIMEOUT_MS)
    .description('How long it may ring, in milliseconds; without it `DEFAULT_TIMEOUT`.')
    .example(30_000),
  caller_id: callerId
    .description(
      `Who the callee sees calling, the number one of \`ALLOWED_CALLER_IDS\`; without it \`DEFAULT_CALLER_ID\`. It ${CALLER_ID_RULE.replace('"Name" <number>', '`$&`')}.`,
    )
    .example('"Support" <+33123456789>'),
  variables: variables
    .description(
      'Channel variables for the dialplan. Which may be set the operator says with ALLOWED_VARIABLES: names that begin with ' +
        `DG_ unless set otherwise. At most ${VARIABLES_MAX_BYTES} bytes of UTF-8 in all, names included. Values are ` +
        'printable, and hostile to a dialplan that evaluates them: there use FILTER(). Names that mean something to ' +
        `Asterisk or to Dialgate are refused, whatever their case:\n\n${reservedNames()}`,
    )
    .example({ DG_CUSTOMER_ID: '42' }),
  expires_in: between(EXPIRES_IN_SECONDS)
    .description(
      'A call that was not dialled within so many seconds ends `failed` with reason `expired` instead of ringing somebody ' +
        'late; without it `QUEUE_TTL_SECONDS`. Counts from the moment at which it may be dialled first.',
    )
    .example(300),
  not_before: notBefore,
  calling_window: callingWindow,
  retry,
  webhook_url: webhookUrl,
  metadata: metadata
    .description(
      `Any JSON of yours, echoed with the call and never sent to Asterisk: at most ${METADATA_MAX_BYTES} bytes, nested at ` +
        `most ${METADATA_MAX_DEPTH} deep, no NUL characters, no key \`__proto__\`, no numbers above ${METADATA_NUMBERS.max} ` +
        `or, besides 0, below 0.000001 in size: send such as text.`,
    )
    .example({ order: 4711 }),
};

/** Body of `POST /interaction/{number}`. */
export const callOptions = Joi.object<CallOptions>(options);

/** Body of `POST /calls`. The number's shape is judged with the policy, which knows what is configured. */
export const callRequest = Joi.object<CallRequest>({
  ...options,
  phone_number: Joi.string()
    .max(PHONE_NUMBER_MAX_LENGTH)
    .required()
    .description(
      'Whom to call, in E.164 form: a plus, the country code, 7 to 15 digits in all. With `NUMBER_VALIDATION=dialable` also ' +
        'internal extensions such as `1001`, and national numbers of `HOME_COUNTRY`.',
    )
    .example('+33123456789'),
});

/** How many calls one request may ask for. */
export const BATCH_MAX = 1_000;

/** One call of a batch. */
export interface BatchItem extends CallRequest {
  idempotency_key?: string;
}

export const batchItem = (callRequest as Joi.ObjectSchema<BatchItem>).keys({
  idempotency_key: Joi.string()
    .max(KEY_MAX_LENGTH)
    .pattern(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/)
    .messages({ 'string.pattern.base': 'must be printable ASCII' })
    .description('Makes the call safe to ask for again, in a batch or alone: as the header `Idempotency-Key` does.')
    .example('order-4711-callback-1'),
});

/** Body of `POST /calls/batch`. Each call is looked at by itself: what is wrong with one is no matter of the others. */
export const batchRequest = Joi.object<{ calls: object[] }>({
  calls: Joi.array().items(Joi.object().unknown()).min(1).max(BATCH_MAX).required(),
});

function between({ min, max }: { readonly min: number; readonly max: number }): Joi.NumberSchema {
  return Joi.number().integer().min(min).max(max);
}

function reservedNames(): string {
  const lines = RESERVED_VARIABLES.map(({ names, because }) => `- ${because}: \`${names.join('` `')}\``);
  return lines.join('\n');
}

function problem(helpers: Joi.CustomHelpers, text: string): Joi.ErrorReport {
  return helpers.message({ custom: text });
}

/** What is wrong with a client's notes, or null. Looks at the depth first: what comes behind it is recursive. */
function metadataProblem(value: unknown): string | null {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > METADATA_MAX_DEPTH) return `must be nested at most ${METADATA_MAX_DEPTH} deep`;
    if (level.some(hasOwnProto)) return 'must not have a key __proto__';
    if (level.some(isUnsafeNumber))
      return `must not hold numbers above ${METADATA_NUMBERS.max} or, besides 0, below 0.000001 in size`;
    level = level.flatMap((one): unknown[] => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  const json = JSON.stringify(value);
  if (Buffer.byteLength(json) > METADATA_MAX_BYTES) return `must have at most ${METADATA_MAX_BYTES} bytes as JSON`;
  return holdsUnstorable(value) ? 'must not hold NUL characters or broken Unicode' : null;
}

function isUnsafeNumber(value: unknown): boolean {
  if (typeof value !== 'number' || value === 0) return false;
  const size = Math.abs(value);
  return !(size >= METADATA_NUMBERS.min && size <= METADATA_NUMBERS.max);
}

function holdsUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return UNSTORABLE.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => UNSTORABLE.test(key) || holdsUnstorable(inner));
}
