import type { ErrorCode } from '@dialgate/domain';
import { API_BASE } from '../paths.js';
import { EXAMPLE_ACCEPTED, EXAMPLE_CALL_ID, EXAMPLE_CALLS } from './answers.js';
import { problems, RATE_LIMIT_HEADERS, REQUEST_ID_HEADER } from './errors.js';
import { CALL_ID, IDEMPOTENCY_KEY, NUMBER, REQUEST_ID } from './requests.js';
import type { Answer, Json, Operation, Paths } from './types.js';

const TOKEN = [{ bearerAuth: [] }];

const AT_NUMBER = `${API_BASE}/interaction/+33123456789`;
const AT_CALL = `${API_BASE}/calls/${EXAMPLE_CALL_ID}`;

/** Any route for users. */
const FOR_USERS: ErrorCode[] = ['unauthorized', 'internal', 'database_unavailable'];

const CREATE_ERRORS: ErrorCode[] = [
  ...FOR_USERS,
  'invalid_request',
  'malformed_json',
  'idempotency_key_in_use',
  'payload_too_large',
  'unsupported_media_type',
  'idempotency_key_reused',
  'destination_refused',
  'context_not_allowed',
  'variable_not_allowed',
  'too_many_requests',
  'too_many_calls',
  'overloaded',
];

const EXAMPLE_DETAILS = {
  invalid_request: {
    detail: '2 fields are wrong; see errors.',
    errors: [
      { field: 'body.timeout', problem: 'must be greater than or equal to 1000' },
      { field: 'body.colour', problem: 'is not allowed' },
    ],
  },
  destination_refused: {
    detail: 'Emergency numbers are never called.',
    errors: [{ field: 'path.number', problem: 'Emergency numbers are never called.' }],
  },
  context_not_allowed: {
    detail: 'Calls may not be put through to this context.',
    errors: [{ field: 'body.context', problem: 'is not one of the allowed contexts' }],
  },
  variable_not_allowed: {
    detail: 'Only channel variables that ALLOWED_VARIABLES names may be set.',
    errors: [{ field: 'body.variables.TRUNK', problem: 'is not named by ALLOWED_VARIABLES' }],
  },
} satisfies Partial<Record<ErrorCode, { detail: string; errors: Json[] }>>;

const NO_UUID = {
  invalid_request: {
    detail: 'The call id is not a UUID.',
    errors: [{ field: 'path.call_id', problem: 'must be a UUID' }],
  },
};

const ACCEPTED: Answer = {
  description: 'The call is written down and will reach exactly one final status.',
  headers: {
    'X-Request-ID': REQUEST_ID_HEADER,
    Location: { description: 'Where its status is.', required: true, schema: { type: 'string' } },
    'X-Queue': {
      description: '`degraded` while Redis is away: the call is accepted all the same, and dialled a little later.',
      schema: { const: 'degraded' },
    },
    ...RATE_LIMIT_HEADERS,
    'Idempotency-Replayed': {
      description: '`true` when this is the first answer to the `Idempotency-Key` again.',
      schema: { const: 'true' },
    },
  },
  content: {
    'application/json': {
      schema: { $ref: '#/components/schemas/AcceptedCall' },
      examples: { accepted: { value: EXAMPLE_ACCEPTED } },
    },
  },
};

const EXAMPLE_OPTIONS = {
  context: 'outbound-ivr',
  timeout: 30_000,
  caller_id: '"Support" <+33199999999>',
  variables: { customer_id: '42' },
  metadata: { order: 4711 },
};

const callByNumber: Operation = {
  operationId: 'callNumber',
  tags: ['Calls'],
  summary: 'Call a number',
  description:
    'Accepts a call to the number and answers at once; workers dial it through Asterisk. What becomes of it is told by ' +
    'its status. Everything in the body is optional, and so is the body. Unknown fields are refused by name.',
  security: TOKEN,
  parameters: [NUMBER, IDEMPOTENCY_KEY, REQUEST_ID],
  requestBody: {
    required: false,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/CallOptions' },
        examples: { context: { summary: 'With options', value: EXAMPLE_OPTIONS } },
      },
    },
  },
  responses: { 202: ACCEPTED, ...problems(AT_NUMBER, CREATE_ERRORS, EXAMPLE_DETAILS) },
};

const callByBody: Operation = {
  operationId: 'createCall',
  tags: ['Calls'],
  summary: 'Call a number, all in the body',
  description: 'The same with the number in the body.',
  security: TOKEN,
  parameters: [IDEMPOTENCY_KEY, REQUEST_ID],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/CallRequest' },
        examples: { call: { value: { phone_number: '+33123456789', ...EXAMPLE_OPTIONS } } },
      },
    },
  },
  responses: { 202: ACCEPTED, ...problems(`${API_BASE}/calls`, CREATE_ERRORS, EXAMPLE_DETAILS) },
};

const call = (description: string, examples: keyof typeof EXAMPLE_CALLS): Answer => ({
  description,
  headers: { 'X-Request-ID': REQUEST_ID_HEADER },
  content: {
    'application/json': {
      schema: { $ref: '#/components/schemas/Call' },
      examples: examples === 'completed' ? EXAMPLE_CALLS : { [examples]: EXAMPLE_CALLS[examples] },
    },
  },
});

const status = (operationId: string, summary: string): Operation => ({
  operationId,
  tags: ['Calls'],
  summary,
  description: 'The call as it stands. Users see their own calls, admins all.',
  security: TOKEN,
  parameters: [CALL_ID, REQUEST_ID],
  responses: {
    200: call('The call.', 'completed'),
    ...problems(AT_CALL, [...FOR_USERS, 'invalid_request', 'call_not_found'], NO_UUID),
  },
});

const hangUp = (operationId: string, summary: string): Operation => ({
  operationId,
  tags: ['Calls'],
  summary,
  description:
    'A call that waits is canceled at once. A live one is hung up by its worker within a second or so; it ends ' +
    '`canceled` if nobody had answered, else `completed`.',
  security: TOKEN,
  parameters: [CALL_ID, REQUEST_ID],
  responses: {
    202: call('The wish is written down; the call as it stands now.', 'pending'),
    ...problems(
      `${AT_CALL}/hangup`,
      [...FOR_USERS, 'invalid_request', 'call_not_found', 'call_already_ended'],
      NO_UUID,
    ),
  },
});

/** Calls: withDatabaseErrors for one, looking at it, ending it. */
export const callPaths: Paths = {
  [`${API_BASE}/interaction/{number}`]: { post: callByNumber },
  [`${API_BASE}/calls`]: { post: callByBody },
  [`${API_BASE}/status/{call_id}`]: { get: status('getStatus', 'What became of a call') },
  [`${API_BASE}/interaction/{call_id}/status`]: {
    get: status('getInteractionStatus', 'What became of a call, under /interaction'),
  },
  [`${API_BASE}/calls/{call_id}/hangup`]: { post: hangUp('hangUpCall', 'Cancel or hang up a call') },
  [`${API_BASE}/calls/{call_id}`]: {
    get: status('getCall', 'What became of a call, under /calls'),
    delete: hangUp('deleteCall', 'Cancel or hang up a call, by DELETE'),
  },
};
