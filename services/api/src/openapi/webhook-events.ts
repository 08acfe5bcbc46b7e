import { TEST_EVENT } from '@dialgate/domain';
import type { PathItemObject } from 'openapi3-ts/oas31';
import { CALLS } from './examples.js';
import { json } from './parts.js';

const { value: call } = CALLS.completed;

/** What receivers get (OpenAPI 3.1, `webhooks`). */
export const webhookEvents: Record<string, PathItemObject> = {
  callEvent: {
    post: {
      operationId: 'onCallEvent',
      tags: ['Webhooks'],
      summary: 'A call has another status, or somebody asked for a test',
      description:
        'With the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` of Standard Webhooks 1.0.0.',
      requestBody: {
        content: json('WebhookEvent', {
          completed: { value: { type: 'call.completed', timestamp: call.ended_at, data: { ...call, sequence: 5 } } },
          test: { value: { type: TEST_EVENT, timestamp: call.ended_at, data: { test: true } } },
        }),
      },
      responses: {
        '2XX': { description: 'Taken. Everything else is repeated, a redirect among it.' },
        410: { description: 'Nothing more is wanted: the endpoint is switched off.' },
      },
    },
  },
};
