import { PHONE_NUMBER_MAX_LENGTH } from '@dialgate/domain';
import { KEY_MAX_LENGTH } from '../calls/idempotency.js';
import {
  CALLER_ID_MAX_LENGTH,
  MAX_VARIABLES,
  METADATA_MAX_BYTES,
  METADATA_MAX_DEPTH,
  PRINTABLE,
  VARIABLE_MAX_LENGTH,
  VARIABLE_NAME,
  VARIABLES_MAX_BYTES,
} from '../schemas/create-call.js';
import {
  CALLER_ID_RULE,
  CONTEXT,
  CONTEXT_RULE,
  EXPIRES_IN_SECONDS,
  EXTENSION,
  EXTENSION_RULE,
  PRIORITY,
  RING_TIMEOUT_MS,
} from '../schemas/dialplan.js';
import { PASSWORD_MAX_LENGTH, USERNAME_MAX_LENGTH } from '../schemas/login.js';
import { RESERVED_VARIABLES } from '../schemas/reserved-variables.js';
import type { Parameter, Schema } from './types.js';

/** The number as a client sends it; NUMBER_VALIDATION says how much it must look like one. */
export const phoneNumber: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: PHONE_NUMBER_MAX_LENGTH,
  description:
    'Whom to call, in E.164 form: a plus, the country code, 7 to 15 digits in all. With `NUMBER_VALIDATION=dialable` also ' +
    'internal extensions such as `1001`.',
  examples: ['+33123456789'],
};

const reserved = RESERVED_VARIABLES.map(({ names, because }) => `- ${because}: ${names.map(code).join(' ')}`).join(
  '\n',
);

const options: Readonly<Record<string, Schema>> = {
  context: {
    type: 'string',
    pattern: CONTEXT.source,
    description: `Dialplan context an answered call goes to; one of \`ALLOWED_CONTEXTS\`. Without it \`DEFAULT_CONTEXT\`. It ${CONTEXT_RULE}.`,
    examples: ['outbound-ivr'],
  },
  extension: {
    type: 'string',
    pattern: EXTENSION.source,
    description: `Extension in the context; without it \`DEFAULT_EXTENSION\`. It ${EXTENSION_RULE}.`,
    examples: ['s'],
  },
  priority: {
    type: 'integer',
    minimum: PRIORITY.min,
    maximum: PRIORITY.max,
    description: 'Priority in the extension; without it `DEFAULT_PRIORITY`.',
    examples: [1],
  },
  timeout: {
    type: 'integer',
    minimum: RING_TIMEOUT_MS.min,
    maximum: RING_TIMEOUT_MS.max,
    description: 'How long it may ring, in milliseconds; without it `DEFAULT_TIMEOUT`.',
    examples: [30_000],
  },
  caller_id: {
    type: 'string',
    minLength: 1,
    maxLength: CALLER_ID_MAX_LENGTH,
    description: `Who the callee sees calling; without it \`DEFAULT_CALLER_ID\`. It ${CALLER_ID_RULE}.`,
    examples: ['"Support" <+33123456789>'],
  },
  variables: {
    type: 'object',
    description:
      `Channel variables for the dialplan. Which may be set the operator says with ALLOWED_VARIABLES: names that begin with DG_ ` +
      `unless set otherwise. At most ${VARIABLES_MAX_BYTES} bytes of UTF-8 in all, names included. ` +
      `Values are printable, and hostile to a dialplan that evaluates them: there use FILTER(). Names that mean something to Asterisk or to Dialgate are refused, whatever their case:\n\n${reserved}`,
    maxProperties: MAX_VARIABLES,
    propertyNames: { pattern: VARIABLE_NAME.source },
    additionalProperties: { type: 'string', maxLength: VARIABLE_MAX_LENGTH, pattern: PRINTABLE.source },
    examples: [{ DG_CUSTOMER_ID: '42' }],
  },
  expires_in: {
    type: 'integer',
    minimum: EXPIRES_IN_SECONDS.min,
    maximum: EXPIRES_IN_SECONDS.max,
    description:
      'A call that was not dialled within so many seconds ends `failed` with reason `expired` instead of ringing somebody ' +
      'late; without it `QUEUE_TTL_SECONDS`.',
    examples: [300],
  },
  metadata: {
    description:
      `Any JSON of yours, echoed with the call and never sent to Asterisk: at most ${METADATA_MAX_BYTES} bytes, nested at ` +
      `most ${METADATA_MAX_DEPTH} deep, no NUL characters, no key \`__proto__\`.`,
    examples: [{ order: 4711 }],
  },
};

/** Body of `POST /interaction/{number}`: everything is optional, and so is the body. */
export const callOptionsSchema: Schema = { type: 'object', additionalProperties: false, properties: options };

/** Body of `POST /calls`. */
export const callRequestSchema: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: { phone_number: phoneNumber, ...options },
  required: ['phone_number'],
};

/** Body of `POST /token`. */
export const loginSchema: Schema = {
  type: 'object',
  description: 'A password grant (RFC 6749 §4.3.2). Other fields, such as `scope`, are ignored.',
  properties: {
    grant_type: { type: 'string', enum: ['password', ''], description: 'The only grant there is; may be left out.' },
    username: {
      type: 'string',
      minLength: 1,
      maxLength: USERNAME_MAX_LENGTH,
      description: 'Upper and lower case are the same.',
      examples: ['admin'],
    },
    password: { type: 'string', minLength: 1, maxLength: PASSWORD_MAX_LENGTH, format: 'password' },
  },
  required: ['username', 'password'],
};

/** The call's id in a path. */
export const CALL_ID: Parameter = {
  name: 'call_id',
  in: 'path',
  required: true,
  description: 'The `call_id` of the answer to an accepted call.',
  schema: { type: 'string', format: 'uuid' },
  example: '019b0c1e-7a3f-7f10-8a2b-3c4d5e6f7a8b',
};

/** The number in a path. */
export const NUMBER: Parameter = {
  name: 'number',
  in: 'path',
  required: true,
  description: `${phoneNumber.description} The plus may stand as it is or as \`%2B\`.`,
  schema: { type: 'string', minLength: 1, maxLength: PHONE_NUMBER_MAX_LENGTH },
  example: '+33123456789',
};

/** draft-ietf-httpapi-idempotency-key-header-07 */
export const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Makes the request safe to repeat: the same key with the same request gets the first answer again, and no second ' +
    'call. Printable ASCII, bare or as a quoted string; good for at least 24 hours.',
  schema: { type: 'string', minLength: 1, maxLength: KEY_MAX_LENGTH },
  example: 'order-4711-callback-1',
};

/** Anybody may send it with any request. */
export const REQUEST_ID: Parameter = {
  name: 'X-Request-ID',
  in: 'header',
  description: 'Your id of the request, for the log and the answer; another text than this pattern is replaced.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
};

function code(text: string): string {
  return `\`${text}\``;
}
