import { CALL_LIMIT_NAMES, DialgateError, type ErrorCode, type FieldProblem } from '@dialgate/domain';
import { refusal as callRefusal } from '../calls/refusal.js';
import type { OperationObject, PathsObject } from 'openapi3-ts/oas31';
import { REFUSAL_CODES } from '../middleware/refusals.js';
import { API_BASE } from '../paths.js';
import { BATCH_MAX } from '../schemas/create-call.js';
import { invalidFields } from '../schemas/valid.js';
import { OF_BODIES, OURS, problems, RATE_LIMIT_HEADERS } from './errors.js';
import * as examples from './examples.js';
import { answer, json, REQUEST_ID } from './parts.js';
import { needs } from './scopes.js';
import { CALL_ID, IDEMPOTENCY_KEY, NUMBER } from './requests.js';

const TAGS = ['Calls'];

const CREATE_ERRORS: ErrorCode[] = [
  'unauthorized',
  'forbidden',
  'user_suspended',
  'invalid_request',
  ...OF_BODIES,
  'idempotency_key_in_use',
  'idempotency_key_reused',
  ...REFUSAL_CODES,
  'too_many_requests',
  ...CALL_LIMIT_NAMES,
  ...OURS,
];

/** Of requests about calls to be made, whose refusals stand in the answer. */
const ASK_ERRORS: ErrorCode[] = [
  'unauthorized',
  'forbidden',
  'user_suspended',
  'invalid_request',
  ...OF_BODIES,
  ...OURS,
];

/** Of whatever asks for one call. */
const CALL_ERRORS: ErrorCode[] = ['unauthorized', 'forbidden', 'invalid_request', 'call_not_found', ...OURS];

const CREATE_EXAMPLES = [
  invalidFields([
    { field: 'body.timeout', problem: 'must be greater than or equal to 1000' },
    { field: 'body.colour', problem: 'is not allowed' },
  ]),
  ...REFUSAL_CODES.map((code) => {
    const variables = code === 'variable_not_allowed' ? { variables: ['TRUNK'] } : {};
    return callRefusal({ verdict: 'refused', refusal: code, ...variables }, 'path.number');
  }),
];

const ACCEPTED = answer(
  'The call is written down and will reach exactly one final status.',
  json('AcceptedCall', examples.ACCEPTED),
  {
    Location: {
      description: 'Where its status is. Begins with the `X-Forwarded-Prefix` of a trusted proxy.',
      required: true,
      schema: { type: 'string' },
    },
    'X-Queue': {
      description:
        '`degraded` while Redis is away or full: the call is accepted all the same, and dialled a little later.',
      schema: { const: 'degraded' },
    },
    ...RATE_LIMIT_HEADERS,
    'Idempotency-Replayed': {
      description: '`true` when this is the first answer to the `Idempotency-Key` again.',
      schema: { const: 'true' },
    },
  },
);

const creation = (at: string, operation: OperationObject): OperationObject => ({
  tags: TAGS,
  ...operation,
  ...needs('calls:create'),
  responses: { 202: ACCEPTED, ...problems(at, CREATE_ERRORS, CREATE_EXAMPLES) },
});

const NO_UUID = [
  refusal('invalid_request', 'The call id is not a UUID.', { field: 'path.call_id', problem: 'must be a UUID' }),
];

const AT_CALL = `${API_BASE}/calls/${examples.CALL_ID}`;

const status = (operationId: string, summary: string): OperationObject => ({
  tags: TAGS,
  ...needs('calls:read'),
  operationId,
  summary,
  description: 'The call as it stands. Users see their own calls; all calls with the scope `admin`.',
  parameters: [CALL_ID, REQUEST_ID],
  responses: {
    200: answer('The call.', json('CurrentCall', examples.CURRENT_CALLS)),
    ...problems(AT_CALL, CALL_ERRORS, NO_UUID),
  },
});

const hangUp = (operationId: string, summary: string): OperationObject => ({
  tags: TAGS,
  ...needs('calls:cancel'),
  operationId,
  summary,
  description:
    'A call that waits is canceled at once. A live one is hung up by its worker within a second or so; it ends ' +
    '`canceled` if nobody had answered, else `completed`. An order to be called again ends with any of its calls. There is nothing to be said in a body: one is not read.',
  parameters: [CALL_ID, REQUEST_ID],
  responses: {
    202: answer('The cancel request is written down; the call as it stands now.', json('Call', examples.PENDING_CALL)),
    ...problems(`${AT_CALL}/hangup`, [...CALL_ERRORS, 'call_already_ended'], NO_UUID),
  },
});

/** Asking for a call, looking at it, ending it. */
export const callPaths: PathsObject = {
  [`${API_BASE}/interaction/{number}`]: {
    post: creation(`${API_BASE}/interaction/${examples.NUMBER}`, {
      operationId: 'callNumber',
      summary: 'Call a number',
      description:
        'Accepts a call to the number and answers at once; workers dial it through Asterisk. What becomes of it is told by ' +
        'its status. Everything in the body is optional, and so is the body. Unknown fields are refused by name.',
      parameters: [NUMBER, IDEMPOTENCY_KEY, REQUEST_ID],
      requestBody: { required: false, content: json('CallOptions', examples.OPTIONS) },
    }),
  },
  [`${API_BASE}/calls`]: {
    post: creation(`${API_BASE}/calls`, {
      operationId: 'createCall',
      summary: 'Call a number, all in the body',
      description: 'The same with the number in the body.',
      parameters: [IDEMPOTENCY_KEY, REQUEST_ID],
      requestBody: { required: true, content: json('CallRequest', examples.REQUEST) },
    }),
  },
  [`${API_BASE}/calls/batch`]: {
    post: {
      tags: TAGS,
      ...needs('calls:create'),
      operationId: 'createCalls',
      summary: 'Call many numbers',
      description:
        `At most ${BATCH_MAX} calls, each accepted or refused by itself, exactly as if it had been asked for alone: each counts ` +
        'for every limit, and each may have an `idempotency_key`, so that the whole batch can be repeated safely.',
      parameters: [REQUEST_ID],
      requestBody: { required: true, content: json('BatchRequest', examples.BATCH_REQUEST) },
      responses: {
        200: answer('What became of each call.', json('Batch', examples.BATCH), {
          'X-Queue': {
            description:
              '`degraded` while Redis is away or full: calls are accepted all the same, and dialled a little later.',
            schema: { const: 'degraded' },
          },
        }),
        ...problems(`${API_BASE}/calls/batch`, ASK_ERRORS, []),
      },
    },
  },
  [`${API_BASE}/calls/check`]: {
    post: {
      tags: TAGS,
      ...needs('calls:create'),
      operationId: 'checkCall',
      summary: 'Ask whether a call would be accepted',
      description:
        'Judges the request as `POST /calls` would at this moment, and writes nothing. It counts as a request for a call. The ' +
        'do-not-call list is not asked.',
      parameters: [REQUEST_ID],
      requestBody: { required: true, content: json('CallRequest', examples.REQUEST) },
      responses: {
        200: answer('What would become of it.', json('CallCheck', examples.CHECK), RATE_LIMIT_HEADERS),
        ...problems(`${API_BASE}/calls/check`, [...ASK_ERRORS, 'too_many_requests'], []),
      },
    },
  },
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

function refusal(code: ErrorCode, message: string, field: FieldProblem): DialgateError {
  return new DialgateError(code, message, { fields: [field] });
}
