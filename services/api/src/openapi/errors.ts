import { STATUS_CODES } from 'node:http';
import type { ErrorCode } from '@dialgate/domain';
import { httpStatusOf } from '../middleware/errors.js';
import type { Answer, Content, Example, Header, Json, Schema } from './types.js';

/** What each error code means to a client. A new code does not compile without its sentence. */
export const ERROR_MEANINGS: Readonly<Record<ErrorCode, string>> = {
  invalid_request:
    'Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too.',
  malformed_json: 'The body is not a JSON object.',
  unauthorized: 'There is no access token, or it is expired, forged, or its user was disabled.',
  invalid_credentials: 'The username or the password is wrong, or the user is disabled.',
  forbidden: 'This user may not do that.',
  not_found: 'There is nothing at this path.',
  call_not_found: 'There is no such call, or it is somebody else’s.',
  method_not_allowed: 'The path exists, but not with this method; the `Allow` header names those it has.',
  call_already_ended: 'The call has reached its final status; nothing can be hung up any more.',
  idempotency_key_in_use: 'The first request with this `Idempotency-Key` is still under way; repeat in a moment.',
  payload_too_large: 'The body is longer than any sensible request.',
  unsupported_media_type: 'The body is of another kind than the route reads, compressed, or not in UTF-8.',
  idempotency_key_reused: 'The `Idempotency-Key` came with another request before.',
  destination_refused:
    'The number is well-formed and may not be called: emergency, premium, blocked or a country not allowed.',
  context_not_allowed: 'Calls may not be put through to this dialplan context.',
  variable_not_allowed:
    'The operator’s `ALLOWED_VARIABLES` does not name this channel variable; `errors` names each of them.',
  too_many_requests: 'Too many requests or wrong logins; come back after `Retry-After` seconds.',
  too_many_calls: 'The user has as many calls as allowed; come back after `Retry-After` seconds.',
  internal: 'Something went wrong on our side; the log has more under the `request_id`.',
  database_unavailable: 'PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.',
  queue_unavailable: 'Redis does not answer, so the queues cannot be looked into. Calls are accepted all the same.',
  overloaded: 'Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.',
};

/** Every error code, those of our own side last. */
export const ERROR_CODES = (Object.keys(ERROR_MEANINGS) as ErrorCode[]).sort(
  (a, b) => httpStatusOf(a) - httpStatusOf(b) || a.localeCompare(b),
);

export const PROBLEM_JSON = 'application/problem+json';

/** The request's id in examples. */
const REQUEST_ID = '019b0c1e-7a52-7c3d-9e4f-5a6b7c8d9e0f';

export const errorCodeSchema: Schema = {
  type: 'string',
  enum: ERROR_CODES,
  description: 'What is wrong, for programs. The list may grow; treat an unknown code by its HTTP status.',
};

/** RFC 9457. */
export const problemSchema: Schema = {
  type: 'object',
  description: 'An error (RFC 9457).',
  properties: {
    type: { const: 'about:blank', description: 'The HTTP status says what kind of problem it is.' },
    title: { type: 'string', description: 'The name of the HTTP status.' },
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'The HTTP status.' },
    detail: { type: 'string', description: 'What is wrong, for people.' },
    instance: { type: 'string', description: 'The path of the request.' },
    code: { $ref: '#/components/schemas/ErrorCode' },
    request_id: { type: 'string', description: 'The `X-Request-ID` of the answer, to be found in the log.' },
    errors: {
      type: 'array',
      description: 'Every wrong field, with code `invalid_request` and refusals that concern one field.',
      items: { $ref: '#/components/schemas/FieldProblem' },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'],
};

export const fieldProblemSchema: Schema = {
  type: 'object',
  properties: {
    field: { type: 'string', description: 'Where it stands.', examples: ['body.timeout', 'path.number'] },
    problem: { type: 'string', description: 'What is wrong with it.' },
  },
  required: ['field', 'problem'],
};

export const REQUEST_ID_HEADER: Header = {
  description: 'The client’s own `X-Request-ID` if it sent one, else a new one.',
  required: true,
  schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
};

/** draft-ietf-httpapi-ratelimit-headers-08; absent where there is no limit. */
export const RATE_LIMIT_HEADERS: Readonly<Record<string, Header>> = {
  RateLimit: {
    description: 'What is left (`r`) of the limit, and in how many seconds it is whole again (`t`).',
    schema: { type: 'string', pattern: '^".+"; ?r=[0-9]+; ?t=[0-9]+' },
  },
  'RateLimit-Policy': {
    description: 'The limit: so many requests (`q`) within so many seconds (`w`).',
    schema: { type: 'string', pattern: '^".+"; ?q=[0-9]+; ?w=[0-9]+' },
  },
};

const RETRY_AFTER: Header = {
  description: 'After how many seconds to come back.',
  schema: { type: 'string', pattern: '^[0-9]+$' },
};

const ERROR_HEADERS: Readonly<Record<number, Readonly<Record<string, Header>>>> = {
  401: {
    'WWW-Authenticate': {
      description: 'How to say who one is.',
      required: true,
      schema: { type: 'string', examples: ['Bearer realm="dialgate"'] },
    },
  },
  409: { 'Retry-After': { ...RETRY_AFTER, description: `${RETRY_AFTER.description} Only with a key that is in use.` } },
  429: {
    'Retry-After': { ...RETRY_AFTER, required: true },
    ...RATE_LIMIT_HEADERS,
  },
  503: { 'Retry-After': { ...RETRY_AFTER, required: true } },
};

/**
 * The answers that these errors get, by HTTP status, each with an example per code.
 *
 * @param at the path in the examples.
 * @param details sentences that differ from an error's meaning, and fields it names.
 */
export function problems(
  at: string,
  codes: readonly ErrorCode[],
  details: Partial<Record<ErrorCode, { detail: string; errors?: readonly Json[] }>> = {},
): Record<string, Answer> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const status = httpStatusOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, sharing]) => [
        String(status),
        {
          description: sharing.map((code) => `\`${code}\`: ${ERROR_MEANINGS[code]}`).join('\n\n'),
          headers: { 'X-Request-ID': REQUEST_ID_HEADER, ...ERROR_HEADERS[status] },
          content: { [PROBLEM_JSON]: problemContent(at, status, sharing, details) },
        },
      ]),
  );
}

function problemContent(
  at: string,
  status: number,
  codes: readonly ErrorCode[],
  details: Partial<Record<ErrorCode, { detail: string; errors?: readonly Json[] }>>,
): Content {
  const example = (code: ErrorCode): Example => ({
    value: {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail: details[code]?.detail ?? ERROR_MEANINGS[code].replaceAll('`', ''),
      instance: at,
      code,
      request_id: REQUEST_ID,
      ...(details[code]?.errors === undefined ? {} : { errors: details[code].errors }),
    },
  });
  return {
    // What stands beside a $ref holds too.
    schema: { $ref: '#/components/schemas/Problem', properties: { code: { enum: codes }, status: { const: status } } },
    examples: Object.fromEntries(codes.map((code) => [code, example(code)])),
  };
}
