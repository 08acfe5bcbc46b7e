import { DialgateError, type ErrorCode } from '@dialgate/domain';
import type { ContentObject, OperationObject, PathItemObject, PathsObject } from 'openapi3-ts/oas31';
import { reason, type HealthReason } from '../health/reasons.js';
import { BOARD_PATH, RECENT_CALLS_PATH } from '../paths.js';
import { recentCallsQuery } from '../schemas/recent-calls.js';
import { OURS, problems } from './errors.js';
import { answer, json, REQUEST_ID } from './parts.js';
import { query } from './requests.js';
import { needs } from './scopes.js';

/** What a tag's operations have in common: anybody may ask. */
const get = (tag: string, operation: OperationObject): PathItemObject => ({
  get: { tags: [tag], security: [{}], parameters: [REQUEST_ID], ...operation },
});

const DOCUMENT: ContentObject = { 'application/json': { schema: { type: 'object' } } };
const HTML: ContentObject = { 'text/html': { schema: { type: 'string' } } };
const ALIVE = json('Alive', { answer: { value: { status: 'ok' } } });

const REASONS: readonly HealthReason[] = [
  reason('redis_away', 'Redis does not answer: calls are accepted, and dialled when it is back.'),
];

const HEALTH = {
  status: 'degraded',
  since: '2026-01-15T09:30:00.123Z',
  version: '0.1.0',
  commit: null,
  problems: REASONS.map(({ problem }) => problem),
  reasons: REASONS,
  database: { status: 'ok' },
  redis: { status: 'down' },
  queue: { waiting: 3, oldest_waiting_seconds: 12 },
  facts: null,
  workers: { total: 2, connected: 2 },
  boxes: { total: 1, ready: 1 },
  processes: null,
};

/** Of the pages for admins. */
const ADMIN_ERRORS: ErrorCode[] = [
  'unauthorized',
  'invalid_credentials',
  'forbidden',
  'not_found',
  'too_many_requests',
  ...OURS,
];

/** Health, and the pages. */
export const otherPaths: PathsObject = {
  '/health': get('Health', {
    operationId: 'getHealth',
    summary: 'How the parts are',
    description:
      'Always answered with 200; `status` and `reasons` are the news. Admins see every worker and the names of the machines.',
    security: [{}, ...needs('admin').security],
    responses: {
      200: answer('How the parts are.', json('Health', { answer: { value: HEALTH } })),
      ...problems('/health', ['internal']),
    },
  }),
  '/health/live': get('Health', {
    operationId: 'getLive',
    summary: 'Does the process run?',
    description: 'For whoever restarts it. Says nothing of the parts it needs: a restart would not mend them.',
    responses: { 200: answer('It runs.', ALIVE) },
  }),
  '/health/ready': get('Health', {
    operationId: 'getReady',
    summary: 'Can it accept calls?',
    description:
      'For load balancers: 503 only while PostgreSQL does not answer, or writes nothing: it is read-only, or was full lately.',
    responses: { 200: answer('It can.', ALIVE), ...problems('/health/ready', ['internal', 'database_unavailable']) },
  }),
  '/health/strict': get('Health', {
    operationId: 'getStrict',
    summary: 'Would a call posted now leave?',
    description:
      'For monitoring. 503 while no call can be accepted, and while what is accepted would not be dialled, with the `reasons`. A queue ' +
      'that is long under a limit and moves is well.',
    security: [{}, ...needs('admin').security],
    responses: {
      200: answer('It would.', ALIVE),
      ...problems(
        '/health/strict',
        ['internal', 'database_unavailable', 'calls_would_wait'],
        [new DialgateError('calls_would_wait', REASONS[0]?.problem ?? '', { reasons: REASONS })],
      ),
    },
  }),
  '/': get('Pages', {
    operationId: 'getAbout',
    summary: 'Who answers here',
    description: 'Name, version, and where to go on.',
    responses: { 200: answer('Name and links.', json('About')) },
  }),
  '/openapi.json': get('Pages', {
    operationId: 'getOpenapi',
    summary: 'This document',
    description: 'OpenAPI 3.1, for programs. Not there with `DOCS_ENABLED=false`.',
    responses: { 200: answer('The document.', DOCUMENT), ...problems('/openapi.json', ['not_found']) },
  }),
  '/docs': get('Pages', {
    operationId: 'getDocs',
    summary: 'This document, to read',
    description: 'A page of Swagger UI that asks no other host for anything. Not there with `DOCS_ENABLED=false`.',
    responses: { 200: answer('The page.', HTML), ...problems('/docs', ['not_found']) },
  }),
  [BOARD_PATH]: get('Pages', {
    operationId: 'getBoard',
    summary: 'What waits in the queues',
    description:
      'A Bull board for admins, read-only: a call’s row is the truth and its job a nudge, so nothing could be mended ' +
      'there. Browsers ask for username and password; an access token or API key with the scope `admin` opens it too. Not there with ' +
      '`BOARD_ENABLED=false`. While Redis is away, browsers get a page that says so.',
    security: [{ basicAuth: [] }, ...needs('admin').security],
    responses: { 200: answer('The page.', HTML), ...problems(BOARD_PATH, [...ADMIN_ERRORS, 'queue_unavailable']) },
  }),
  [RECENT_CALLS_PATH]: get('Pages', {
    operationId: 'getRecentCalls',
    summary: 'What became of the calls of the last hour',
    description:
      'A page for admins, from PostgreSQL and without scripts: how many calls wait, are being dialled, ring and are up; how many of the ' +
      'last hour became what, and why; and the newest 200 of them one by one, with the last three digits of their numbers. Opened as ' +
      `\`${BOARD_PATH}\` is, and not there with \`BOARD_ENABLED=false\` either.`,
    parameters: [
      ...query(recentCallsQuery, {
        status: 'Lists only these: open ones however old they are, others of the last hour.',
      }),
      REQUEST_ID,
    ],
    security: [{ basicAuth: [] }, ...needs('admin').security],
    responses: {
      200: answer('The page.', HTML),
      ...problems(RECENT_CALLS_PATH, ['invalid_request', ...ADMIN_ERRORS]),
    },
  }),
};
