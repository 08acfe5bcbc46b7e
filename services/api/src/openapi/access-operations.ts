import { DialgateError, type ErrorCode } from '@dialgate/domain';
import type { OperationObject, PathsObject } from 'openapi3-ts/oas31';
import { oauthView, UnsupportedGrantType } from '../middleware/oauth-errors.js';
import { API_BASE, TOKEN_PATH } from '../paths.js';
import { keyQuery } from '../schemas/create-key.js';
import { invalidFields } from '../schemas/valid.js';
import { OAUTH_PROBLEM, OF_BODIES, OURS, problems, RATE_LIMIT_HEADERS } from './errors.js';
import { REQUEST_ID as EXAMPLE_ID } from './examples.js';
import { answer, json, noContent, ref, REQUEST_ID } from './parts.js';
import { query } from './requests.js';
import { needs } from './scopes.js';

const TAGS = ['Access'];

const LOGIN = { username: 'admin', password: 'correct horse battery staple' };

const TOKEN = {
  access_token: 'eyJhbGciOi…',
  token_type: 'bearer',
  expires_in: 1800,
  scope: 'calls:create calls:read calls:cancel webhooks:manage',
};

const LOGIN_ERRORS: ErrorCode[] = [
  'invalid_request',
  ...OF_BODIES,
  'invalid_credentials',
  'too_many_requests',
  ...OURS,
];
const LOGIN_EXAMPLES = [
  invalidFields([{ field: 'body.password', problem: 'is required' }]),
  new DialgateError('invalid_credentials', 'The username or the password is wrong.'),
];
const loginProblems = problems(TOKEN_PATH, LOGIN_ERRORS, LOGIN_EXAMPLES, OAUTH_PROBLEM);
const [badRequest, wrongLogin] = [loginProblems['400'], loginProblems['401']];

const logIn: OperationObject = {
  operationId: 'logIn',
  tags: TAGS,
  summary: 'Log in',
  description:
    'An OAuth 2 password grant, as a form or as JSON. Send the token with every other request as `Authorization: Bearer …`. ' +
    'Wrong logins are limited; right ones are not. There is no refresh token: log in again. The answer’s `scope` is all that ' +
    'the user’s role may do, whatever was asked for.',
  security: [{}],
  parameters: [REQUEST_ID],
  requestBody: {
    required: true,
    content: {
      'application/x-www-form-urlencoded': {
        schema: ref('Login'),
        examples: { login: { value: { grant_type: 'password', ...LOGIN } } },
      },
      ...json('Login', { login: { value: LOGIN } }),
    },
  },
  responses: {
    ...loginProblems,
    200: answer('The password is right.', json('Token', { token: { value: TOKEN } }), RATE_LIMIT_HEADERS),
    400: {
      ...badRequest,
      content: {
        'application/json': {
          ...badRequest?.content['application/json'],
          examples: {
            ...badRequest?.content['application/json']?.examples,
            unsupported_grant_type: { value: oauthView(new UnsupportedGrantType(), TOKEN_PATH, EXAMPLE_ID) },
          },
        },
      },
    },
    401: { ...wrongLogin, headers: { ...wrongLogin?.headers, ...RATE_LIMIT_HEADERS } },
  },
};

const logOut: OperationObject = {
  operationId: 'logOut',
  tags: TAGS,
  summary: 'Log out',
  description:
    'Ends the token that is sent with this request, at once and everywhere. Other tokens of the user stay good.',
  security: [{ bearerAuth: [] }],
  parameters: [REQUEST_ID],
  responses: {
    204: noContent('The token is void.'),
    ...problems(
      `${API_BASE}/logout`,
      ['unauthorized', 'forbidden', ...OURS],
      [new DialgateError('forbidden', 'An API key is revoked, not logged out.')],
    ),
  },
};

const AT_KEYS = `${API_BASE}/keys`;
const KEY_ID = '019b0c1e-8d11-7c22-b733-0a1b2c3d4e5f';

const KEY = {
  key_id: KEY_ID,
  username: 'crm',
  name: 'nightly callbacks',
  prefix: '9f2c1a7b04de',
  scopes: ['calls:create', 'calls:read'],
  allowed_from: ['192.0.2.0/24'],
  created_at: '2026-01-15T09:30:00.123Z',
  expires_at: '2027-01-15T09:30:00.123Z',
  last_used_at: null,
  revoked_at: null,
};

const KEY_ERRORS: ErrorCode[] = ['unauthorized', 'forbidden', ...OURS];

const createKey: OperationObject = {
  operationId: 'createKey',
  tags: TAGS,
  summary: 'Make an API key',
  description:
    'A key lets a machine in as its user, without a login: `Authorization: Bearer dg_…`. It is in this answer and can never ' +
    'be shown again.',
  ...needs('admin'),
  parameters: [REQUEST_ID],
  requestBody: {
    required: true,
    content: json('KeyRequest', {
      key: {
        value: {
          username: KEY.username,
          name: KEY.name,
          scopes: KEY.scopes,
          expires_in_days: 365,
          allowed_from: KEY.allowed_from,
        },
      },
    }),
  },
  responses: {
    201: answer('The key, this once.', json('NewKey', { key: { value: { ...KEY, key: `dg_${KEY.prefix}_…` } } })),
    ...problems(
      AT_KEYS,
      [...KEY_ERRORS, 'invalid_request', ...OF_BODIES],
      [invalidFields([{ field: 'body.scopes', problem: 'may not have admin: the user’s role is operator' }])],
    ),
  },
};

const listKeys: OperationObject = {
  operationId: 'listKeys',
  tags: TAGS,
  summary: 'All API keys',
  description: 'Good ones first, then the newest; 1,000 at most.',
  ...needs('admin'),
  parameters: [...query(keyQuery, { username: 'Only this user’s keys.' }), REQUEST_ID],
  responses: {
    200: answer('The keys, without what is secret of them.', json('Keys', { keys: { value: { keys: [KEY] } } })),
    ...problems(
      AT_KEYS,
      [...KEY_ERRORS, 'invalid_request'],
      [invalidFields([{ field: 'query.colour', problem: 'is not allowed' }])],
    ),
  },
};

const revokeKey: OperationObject = {
  operationId: 'revokeKey',
  tags: TAGS,
  summary: 'Revoke an API key',
  description: 'It is void at once, everywhere and for ever. To revoke it again is the same.',
  ...needs('admin'),
  parameters: [
    {
      name: 'key_id',
      in: 'path',
      required: true,
      description: 'The `key_id` of a list.',
      schema: { type: 'string', format: 'uuid' },
      example: KEY_ID,
    },
    REQUEST_ID,
  ],
  responses: {
    204: noContent('The key is void.'),
    ...problems(`${AT_KEYS}/${KEY_ID}`, [...KEY_ERRORS, 'key_not_found']),
  },
};

/** Logging in and out, and keys. */
export const accessPaths: PathsObject = {
  [TOKEN_PATH]: { post: logIn },
  [`${API_BASE}/logout`]: { post: logOut },
  [AT_KEYS]: { post: createKey, get: listKeys },
  [`${AT_KEYS}/{key_id}`]: { delete: revokeKey },
};
