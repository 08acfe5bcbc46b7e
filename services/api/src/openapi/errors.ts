import { DialgateError, ERROR_MEANINGS, type ErrorCode } from '@dialgate/domain';
import type { HeadersObject, SchemaObject } from 'openapi3-ts/oas31';
import { REACHED_LIMIT } from '../middleware/limit-refusals.js';
import { REFUSED_NUMBER } from '../middleware/refusals.js';
import { httpStatusOf, problemView } from '../middleware/errors.js';
import { OAUTH_ERRORS, oauthView } from '../middleware/oauth-errors.js';
import { REQUEST_ID } from './examples.js';
import { answer, matching, oneOf, ref, text, whole, type Schemas } from './parts.js';

/** What any operation may meet, and what any that reads a body. */
export const OURS: ErrorCode[] = ['internal', 'database_unavailable', 'overloaded'];
export const OF_BODIES: ErrorCode[] = ['malformed_json', 'payload_too_large', 'unsupported_media_type'];

const problem = {
  type: {
    ...text(
      '`about:blank` where the HTTP status says all. Each refusal of a call and each limit on accepted calls has a type of its own.',
    ),
    pattern: '^(about:blank|urn:dialgate:problem:[a-z0-9_]+)$',
  },
  title: text('The name of the type; with `about:blank` that of the HTTP status.'),
  status: { type: 'integer', minimum: 400, maximum: 599, description: 'The HTTP status.' },
  detail: text('What is wrong, for people.'),
  instance: text('The path of the request.'),
  code: ref('ErrorCode'),
  request_id: text('The `X-Request-ID` of the answer, to be found in the log.'),
} satisfies Schemas;

const errors = {
  type: 'array',
  description: 'Every wrong field, with code `invalid_request` and refusals that concern one field.',
  items: ref('FieldProblem'),
} satisfies SchemaObject;

const reasons = {
  type: 'array',
  description: 'Of `/health/ready` and `/health/strict`: what is wrong, as in `/health`.',
  items: ref('HealthReason'),
} satisfies SchemaObject;

const family = {
  enum: [REFUSED_NUMBER, REACHED_LIMIT],
  description:
    'Stands in every refusal of a number, and in that of every limit on accepted calls, whatever its code: for clients that ' +
    'treat them alike.',
} satisfies SchemaObject;

const oauth = {
  error: {
    enum: [...OAUTH_ERRORS],
    description: '`temporarily_unavailable`: come back after `Retry-After` seconds.',
  },
  error_description: text('What is wrong, for people.'),
  ...problem,
} satisfies Schemas;

/** What is said of errors, by the names of the components. */
export const errorSchemas = {
  /** RFC 9457 */
  Problem: {
    ...whole(problem),
    properties: { ...problem, family, errors, reasons },
    description: 'An error (RFC 9457).',
  },
  OauthError: {
    ...whole(oauth),
    properties: { ...oauth, errors },
    description: 'What went wrong with a login, in the words of OAuth 2 (RFC 6749 §5.2) and as a problem (RFC 9457).',
  },
  FieldProblem: whole({
    field: { ...text('Where it stands.'), examples: ['body.timeout', 'path.number'] },
    problem: text('What is wrong with it.'),
  }),
  ErrorCode: oneOf(
    ERROR_MEANINGS,
    'What is wrong, for programs. The list may grow; treat an unknown code by its HTTP status.\n\n',
  ),
} satisfies Schemas;

/** draft-ietf-httpapi-ratelimit-headers-08; absent where there is no limit. */
export const RATE_LIMIT_HEADERS = {
  RateLimit: {
    description: 'What is left (`r`) of the limit, and in how many seconds it is whole again (`t`).',
    schema: matching('^".+"; ?r=[0-9]+; ?t=[0-9]+'),
  },
  'RateLimit-Policy': {
    description: 'The limit: so many requests (`q`) within so many seconds (`w`).',
    schema: matching('^".+"; ?q=[0-9]+; ?w=[0-9]+'),
  },
};

const comeBack = { description: 'After how many seconds to come back.', schema: matching('^[0-9]+$') };
const challenge = { type: 'string', examples: ['Bearer realm="dialgate"'] } satisfies SchemaObject;
const lacking = {
  type: 'string',
  examples: ['Bearer realm="dialgate", error="insufficient_scope", scope="calls:create"'],
} satisfies SchemaObject;

const ERROR_HEADERS: Readonly<Record<number, HeadersObject>> = {
  401: { 'WWW-Authenticate': { description: 'How to say who one is.', required: true, schema: challenge } },
  403: { 'WWW-Authenticate': { description: 'Which scope is missing (RFC 6750 §3.1).', schema: lacking } },
  409: { 'Retry-After': { ...comeBack, description: `${comeBack.description} Only with a key that is in use.` } },
  422: {
    'Retry-After': {
      ...comeBack,
      description: `${comeBack.description} Only outside the calling window, when it opens again.`,
    },
  },
  429: { 'Retry-After': { ...comeBack, required: true }, ...RATE_LIMIT_HEADERS },
  503: { 'Retry-After': { ...comeBack, required: true } },
};

const PROBLEM = { type: 'application/problem+json', component: 'Problem', view: problemView };

/** Of logins: RFC 6749 §5.2. */
export const OAUTH_PROBLEM = { type: 'application/json', component: 'OauthError', view: oauthView };

/**
 * The answers that these errors get, by HTTP status, each with an example per code.
 *
 * @param at the path in the examples.
 * @param thrown errors that say more than what their code means.
 * @param form what they look like.
 */
export function problems(
  at: string,
  codes: readonly ErrorCode[],
  thrown: readonly DialgateError[] = [],
  form: { readonly type: string; readonly component: string; readonly view: typeof problemView } = PROBLEM,
) {
  const answers = codes.map((code) => {
    const status = httpStatusOf(code);
    const sharing = codes.filter((other) => httpStatusOf(other) === status);
    const examples = sharing.map((one) => {
      const error =
        thrown.find((other) => other.code === one) ?? new DialgateError(one, ERROR_MEANINGS[one].replaceAll('`', ''));
      return [one, { value: form.view(error, at, REQUEST_ID) }] as const;
    });
    // What stands beside a $ref holds too.
    const schema = { ...ref(form.component), properties: { code: { enum: sharing }, status: { const: status } } };
    const meanings = sharing.map((one) => `\`${one}\`: ${ERROR_MEANINGS[one]}`).join('\n\n');
    const content = { [form.type]: { schema, examples: Object.fromEntries(examples) } };
    return [status, answer(meanings, content, ERROR_HEADERS[status])] as const;
  });
  return Object.fromEntries(answers);
}
