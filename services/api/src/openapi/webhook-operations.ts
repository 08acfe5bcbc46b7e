import { ALL_CALL_EVENTS, DialgateError, type ErrorCode } from '@dialgate/domain';
import type { OperationObject, ParameterObject, PathsObject } from 'openapi3-ts/oas31';
import { API_BASE } from '../paths.js';
import { invalidFields } from '../schemas/valid.js';
import { logQuery } from '../schemas/webhook.js';
import { OF_BODIES, OURS, problems } from './errors.js';
import { CALL_ID } from './examples.js';
import { answer, json, noContent, REQUEST_ID } from './parts.js';
import { query } from './requests.js';
import { needs } from './scopes.js';

const AT = `${API_BASE}/webhooks`;
const ID = '019b0c1e-9e22-7a11-8c44-1b2c3d4e5f60';
const DELIVERY_ID = '5f0c7e1a-2b3c-4d5e-8f90-a1b2c3d4e5f6';

const WEBHOOK = {
  webhook_id: ID,
  username: 'crm',
  url: 'https://crm.example.com/hooks/calls',
  description: 'order desk',
  per_call: false,
  events: [ALL_CALL_EVENTS],
  enabled: true,
  disabled_at: null,
  disabled_reason: null,
  failing_since: null,
  previous_secret_until: null,
  created_at: '2026-01-15T09:30:00.123Z',
};

const DELIVERY = {
  delivery_id: DELIVERY_ID,
  type: 'call.answered',
  call_id: CALL_ID,
  sequence: 4,
  timestamp: '2026-01-15T09:30:07.455Z',
  status: 'delivered',
  next_attempt_at: null,
  attempts: [{ attempt: 1, at: '2026-01-15T09:30:08.020Z', http_status: 204, error: null, duration_ms: 41 }],
};

const ERRORS: ErrorCode[] = ['unauthorized', 'forbidden', ...OURS];
const BODY_ERRORS: ErrorCode[] = ['invalid_request', ...OF_BODIES];
const BAD_URL = [invalidFields([{ field: 'body.url', problem: 'must begin with https://' }])];
const DISABLED = [new DialgateError('webhook_disabled', 'The endpoint is switched off; switch it on first.')];

const inPath = (name: string, example: string): ParameterObject => ({
  name,
  in: 'path',
  required: true,
  description: `The \`${name}\` of a list.`,
  schema: { type: 'string', format: 'uuid' },
  example,
});
const WEBHOOK_ID = inPath('webhook_id', ID);

const operation = (parameters: ParameterObject[], rest: OperationObject): OperationObject => ({
  tags: ['Webhooks'],
  ...needs('webhooks:manage'),
  parameters: [...parameters, REQUEST_ID],
  ...rest,
});

const one = { webhook: { value: WEBHOOK } };
const withSecret = { webhook: { value: { ...WEBHOOK, secret: 'whsec_…' } } };

/** Being told of calls. */
export const webhookPaths: PathsObject = {
  [AT]: {
    get: operation([], {
      operationId: 'listWebhooks',
      summary: 'Where one is told of calls',
      description: 'One’s own endpoints; with the scope `admin` everybody’s, 1,000 at most.',
      responses: {
        200: answer(
          'The endpoints, without their secrets.',
          json('Webhooks', { webhooks: { value: { webhooks: [WEBHOOK] } } }),
        ),
        ...problems(AT, ERRORS),
      },
    }),
    post: operation([], {
      operationId: 'createWebhook',
      summary: 'Be told of calls',
      description:
        'Makes an endpoint of one’s own. Each change of the status of one’s calls is posted there, by Standard Webhooks 1.0.0: ' +
        'signed, repeated for three days until it is answered with 2xx, at least once. The secret is in this answer and in that to ' +
        'its rotation, and cannot be shown again.',
      requestBody: {
        required: true,
        content: json('WebhookRequest', { webhook: { value: { url: WEBHOOK.url, events: ['call.*'] } } }),
      },
      responses: {
        201: answer('The endpoint, with its secret this once.', json('NewWebhook', withSecret), {
          Location: { description: 'Its path.', required: true, schema: { type: 'string' } },
        }),
        ...problems(AT, [...ERRORS, ...BODY_ERRORS, 'webhook_limit_reached'], BAD_URL),
      },
    }),
  },
  [`${AT}/{webhook_id}`]: {
    get: operation([WEBHOOK_ID], {
      operationId: 'getWebhook',
      summary: 'An endpoint as it stands',
      description: 'With what keeps it from being sent to, if anything.',
      responses: {
        200: answer('The endpoint.', json('Webhook', one)),
        ...problems(`${AT}/${ID}`, [...ERRORS, 'webhook_not_found']),
      },
    }),
    patch: operation([WEBHOOK_ID], {
      operationId: 'changeWebhook',
      summary: 'Change an endpoint, switch it on or off',
      description:
        'While it is off, nothing is sent and nothing new is kept for it; ask for that again (`replay`) when it is on.',
      requestBody: { required: true, content: json('WebhookPatch', { off: { value: { enabled: false } } }) },
      responses: {
        200: answer('The endpoint as it is now.', json('Webhook', one)),
        ...problems(`${AT}/${ID}`, [...ERRORS, ...BODY_ERRORS, 'webhook_not_found', 'webhook_of_calls'], BAD_URL),
      },
    }),
    delete: operation([WEBHOOK_ID], {
      operationId: 'deleteWebhook',
      summary: 'Remove an endpoint',
      description: 'With all that waits for it, and its log.',
      responses: { 204: noContent('It is gone.'), ...problems(`${AT}/${ID}`, [...ERRORS, 'webhook_not_found']) },
    }),
  },
  [`${AT}/{webhook_id}/rotate-secret`]: {
    post: operation([WEBHOOK_ID], {
      operationId: 'rotateWebhookSecret',
      summary: 'Get a new secret',
      description: 'For 24 hours deliveries are signed with both secrets, so that receivers may change when they like.',
      responses: {
        200: answer('The endpoint, with its new secret this once.', json('NewWebhook', withSecret)),
        ...problems(`${AT}/${ID}/rotate-secret`, [...ERRORS, 'webhook_not_found', 'webhook_of_calls']),
      },
    }),
  },
  [`${API_BASE}/webhook-secret`]: {
    post: operation([], {
      operationId: 'rotateCallWebhookSecret',
      summary: 'Get a secret for the webhooks of calls',
      description:
        'Signs what goes to the `webhook_url`s of one’s calls. For 24 hours the one before signs as well. The first has to be asked for ' +
        'before a call may have a `webhook_url`.',
      responses: {
        200: answer(
          'The secret, this once.',
          json('CallWebhookSecret', {
            secret: { value: { username: WEBHOOK.username, secret: 'whsec_…', previous_secret_until: null } },
          }),
        ),
        ...problems(`${API_BASE}/webhook-secret`, ERRORS),
      },
    }),
  },
  [`${AT}/{webhook_id}/test`]: {
    post: operation([WEBHOOK_ID], {
      operationId: 'testWebhook',
      summary: 'Send a test',
      description: 'An event of the type `webhook.test`. One waits at a time: another request gets the same.',
      responses: {
        202: answer('It waits to be sent.', json('QueuedDelivery', { test: { value: { delivery_id: DELIVERY_ID } } })),
        ...problems(
          `${AT}/${ID}/test`,
          [...ERRORS, 'webhook_not_found', 'webhook_disabled', 'webhook_of_calls'],
          DISABLED,
        ),
      },
    }),
  },
  [`${AT}/{webhook_id}/replay`]: {
    post: operation([WEBHOOK_ID], {
      operationId: 'replayWebhooks',
      summary: 'Send everything since a time again',
      description:
        'The events of all calls accepted since then, also what was never sent because the endpoint was off. What was sent before ' +
        'comes under the same id. The newest 2,000 calls at most.',
      requestBody: {
        required: true,
        content: json('ReplayRequest', { since: { value: { since: '2026-01-15T09:30:00Z' } } }),
      },
      responses: {
        202: answer('They wait to be sent.', json('Replayed', { replayed: { value: { replayed: 12 } } })),
        ...problems(
          `${AT}/${ID}/replay`,
          [...ERRORS, ...BODY_ERRORS, 'webhook_not_found', 'webhook_disabled'],
          DISABLED,
        ),
      },
    }),
  },
  [`${AT}/{webhook_id}/deliveries`]: {
    get: operation(
      [
        WEBHOOK_ID,
        ...query(logQuery, {
          limit: 'How many deliveries a page has.',
          cursor: 'The `next_cursor` of the page before.',
        }),
      ],
      {
        operationId: 'listWebhookDeliveries',
        summary: 'What was sent, and what came of it',
        description:
          'Kept for `WEBHOOK_LOG_DAYS`. Neither what was sent nor what was answered is kept, but for the status.',
        responses: {
          200: answer(
            'A page of the log.',
            json('WebhookDeliveries', { page: { value: { deliveries: [DELIVERY], next_cursor: null } } }),
          ),
          ...problems(`${AT}/${ID}/deliveries`, [...ERRORS, 'invalid_request', 'webhook_not_found']),
        },
      },
    ),
  },
  [`${AT}/{webhook_id}/deliveries/{delivery_id}/replay`]: {
    post: operation([WEBHOOK_ID, inPath('delivery_id', DELIVERY_ID)], {
      operationId: 'replayWebhook',
      summary: 'Send a delivery again',
      description: 'Under the same id, whatever came of it before.',
      responses: {
        202: answer(
          'It waits to be sent.',
          json('QueuedDelivery', { delivery: { value: { delivery_id: DELIVERY_ID } } }),
        ),
        ...problems(
          `${AT}/${ID}/deliveries/${DELIVERY_ID}/replay`,
          [...ERRORS, 'webhook_not_found', 'webhook_disabled'],
          DISABLED,
        ),
      },
    }),
  },
};
