import { API_BASE, BOARD_PATH } from '../paths.js';
import { problems, RATE_LIMIT_HEADERS, REQUEST_ID_HEADER } from './errors.js';
import { REQUEST_ID } from './requests.js';
import type { Answer, Json, Operation, Paths, Schema } from './types.js';

const ANYBODY = [{}];

const LOGIN = { username: 'admin', password: 'correct horse battery staple' };

const loginProblems = problems(`${API_BASE}/token`, [
  'malformed_json',
  'payload_too_large',
  'unsupported_media_type',
  'too_many_requests',
  'internal',
  'database_unavailable',
]);

const oauthError = (error: string, description: string, code: string): { value: Json } => ({
  value: {
    error,
    error_description: description,
    code,
    request_id: '019b0c1e-7a52-7c3d-9e4f-5a6b7c8d9e0f',
  },
});

const logIn: Operation = {
  operationId: 'logIn',
  tags: ['Access'],
  summary: 'Log in',
  description:
    'An OAuth 2 password grant, as a form or as JSON. Send the token with every other request as `Authorization: Bearer …`. ' +
    'Wrong logins are limited; right ones are not. There is no refresh token: log in again.',
  security: ANYBODY,
  parameters: [REQUEST_ID],
  requestBody: {
    required: true,
    content: {
      'application/x-www-form-urlencoded': {
        schema: { $ref: '#/components/schemas/Login' },
        examples: { login: { value: { grant_type: 'password', ...LOGIN } } },
      },
      'application/json': { schema: { $ref: '#/components/schemas/Login' }, examples: { login: { value: LOGIN } } },
    },
  },
  responses: {
    200: {
      description: 'The password is right.',
      headers: { 'X-Request-ID': REQUEST_ID_HEADER, ...RATE_LIMIT_HEADERS },
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/Token' },
          examples: { token: { value: { access_token: 'eyJhbGciOi…', token_type: 'bearer', expires_in: 1800 } } },
        },
      },
    },
    ...loginProblems,
    400: {
      ...loginProblems['400'],
      description: 'Fields are missing or wrong, or the grant is another one; or the body is no JSON at all.',
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/OauthError' },
          examples: {
            invalid_request: oauthError('invalid_request', 'body.password is required', 'invalid_request'),
            unsupported_grant_type: oauthError(
              'unsupported_grant_type',
              'The only grant type is password.',
              'invalid_request',
            ),
          },
        },
        ...loginProblems['400']?.content,
      },
    },
    401: {
      description: '`invalid_credentials`: the username or the password is wrong, or the user is disabled.',
      headers: { ...problems('', ['unauthorized'])['401']?.headers, ...RATE_LIMIT_HEADERS },
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/OauthError' },
          examples: {
            invalid_grant: oauthError('invalid_grant', 'The username or the password is wrong.', 'invalid_credentials'),
          },
        },
      },
    },
  },
};

const data = (description: string, schema: Schema, example?: Json): Answer => ({
  description,
  headers: { 'X-Request-ID': REQUEST_ID_HEADER },
  content: {
    'application/json': { schema, ...(example === undefined ? {} : { examples: { answer: { value: example } } }) },
  },
});

const html = (description: string): Answer => ({
  description,
  headers: { 'X-Request-ID': REQUEST_ID_HEADER },
  content: { 'text/html': { schema: { type: 'string' } } },
});

const open = (operation: Omit<Operation, 'tags' | 'security' | 'parameters'>, tag: string): Operation => ({
  ...operation,
  tags: [tag],
  security: ANYBODY,
  parameters: [REQUEST_ID],
});

const health: Operation = {
  operationId: 'getHealth',
  tags: ['Health'],
  summary: 'How the parts are',
  description: 'Always answered with 200; `status` is the news. Admins see every worker and the names of the machines.',
  security: [{}, { bearerAuth: [] }],
  parameters: [REQUEST_ID],
  responses: {
    200: data(
      'How the parts are.',
      { $ref: '#/components/schemas/Health' },
      {
        status: 'degraded',
        since: '2026-01-15T09:30:00.123Z',
        problems: ['Redis does not answer: calls are accepted, and dialled when it is back.'],
        database: { status: 'ok' },
        redis: { status: 'down' },
        queue: { waiting: 3, oldest_waiting_seconds: 12 },
        facts: null,
        workers: { total: 2, connected: 2 },
      },
    ),
    ...problems('/health', ['internal']),
  },
};

const OK = { $ref: '#/components/schemas/Alive' };

const boardErrors = problems(BOARD_PATH, [
  'unauthorized',
  'invalid_credentials',
  'forbidden',
  'too_many_requests',
  'internal',
  'database_unavailable',
  'queue_unavailable',
]);

/** Logging in, health, and the pages. */
export const otherPaths: Paths = {
  [`${API_BASE}/token`]: { post: logIn },
  '/health': { get: health },
  '/health/live': {
    get: open(
      {
        operationId: 'getLive',
        summary: 'Does the process run?',
        description: 'For whoever restarts it. Says nothing of the parts it needs: a restart would not mend them.',
        responses: { 200: data('It runs.', OK, { status: 'ok' }) },
      },
      'Health',
    ),
  },
  '/health/ready': {
    get: open(
      {
        operationId: 'getReady',
        summary: 'Can it accept calls?',
        description: 'For load balancers: 503 only while PostgreSQL does not answer.',
        responses: {
          200: data('It can.', OK, { status: 'ok' }),
          ...problems('/health/ready', ['internal', 'database_unavailable']),
        },
      },
      'Health',
    ),
  },
  '/': {
    get: open(
      {
        operationId: 'getAbout',
        summary: 'Who answers here',
        description: 'Name, version, and where to go on.',
        responses: { 200: data('Name and links.', { $ref: '#/components/schemas/About' }) },
      },
      'Pages',
    ),
  },
  '/openapi.json': {
    get: open(
      {
        operationId: 'getOpenapi',
        summary: 'This document',
        description: 'OpenAPI 3.1, for programs. Not there with `DOCS_ENABLED=false`.',
        responses: { 200: data('The document.', { type: 'object' }), ...problems('/openapi.json', ['not_found']) },
      },
      'Pages',
    ),
  },
  '/docs': {
    get: open(
      {
        operationId: 'getDocs',
        summary: 'This document, to read',
        description: 'One page without scripts. Not there with `DOCS_ENABLED=false`.',
        responses: { 200: html('The page.'), ...problems('/docs', ['not_found']) },
      },
      'Pages',
    ),
  },
  [BOARD_PATH]: {
    get: {
      operationId: 'getBoard',
      tags: ['Pages'],
      summary: 'What waits in the queues',
      description:
        'A Bull board for admins, read-only: a call’s row is the truth and its job a nudge, so nothing could be mended ' +
        'there. Browsers ask for username and password; an admin’s access token opens it too. Not there with ' +
        '`BOARD_ENABLED=false`.',
      security: [{ basicAuth: [] }, { bearerAuth: [] }],
      parameters: [REQUEST_ID],
      responses: {
        200: html('The page.'),
        ...boardErrors,
        ...problems(BOARD_PATH, ['not_found']),
        503: { ...boardErrors['503'], description: `${boardErrors['503']?.description ?? ''}\n\nBrowsers get a page.` },
      },
    },
  },
};
