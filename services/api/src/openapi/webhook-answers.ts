import { ALL_CALL_EVENTS, CALL_WEBHOOK_EVENTS, TEST_EVENT } from '@dialgate/domain';
import { answerSchemas } from './answers.js';
import { count, oneOf, orNull, ref, text, time, whole, type Schemas } from './parts.js';

const uuid = (description: string) => ({ ...text(description), format: 'uuid' });

const webhook = {
  webhook_id: uuid('The endpoint’s id (UUIDv7).'),
  username: text('Whose calls it is told of.'),
  url: text('Where events are posted to.'),
  description: orNull(text('For people.')),
  per_call: {
    type: 'boolean',
    description:
      'Whether it stands for the `webhook_url` of calls at one host: `url` is its origin then, and the secret that of the user.',
  },
  events: {
    type: 'array',
    items: { enum: [ALL_CALL_EVENTS, ...Object.keys(CALL_WEBHOOK_EVENTS)] },
    description: 'Which events are sent.',
  },
  enabled: { type: 'boolean', description: 'Whether anything is sent.' },
  disabled_at: orNull(time('Since when nothing is sent.')),
  disabled_reason: {
    enum: ['by_user', 'gone', 'failing', null],
    description: '`gone`: it answered 410. `failing`: nothing has succeeded for three days.',
  },
  failing_since: orNull(time('Since when no delivery has succeeded; null after one that did.')),
  previous_secret_until: orNull(
    time('Until when deliveries are signed with the secret before the last rotation as well.'),
  ),
  created_at: time('When it was made. It is told what happened since.'),
} satisfies Schemas;

const attempt = whole({
  attempt: { type: 'integer', minimum: 1, description: '1, 2, 3 …' },
  at: time('When it was over.'),
  http_status: orNull(count('What the receiver answered; null when it did not.')),
  error: orNull(
    text(
      'Why there was no answer: `address_refused`, `https_required`, `timeout`, `unreachable`, `tls` or `call_gone`.',
    ),
  ),
  duration_ms: count('How long it took, in milliseconds.'),
});

const delivery = whole({
  delivery_id: uuid('The `webhook-id`: the same in every attempt.'),
  type: text('The type of the event.'),
  call_id: orNull(uuid('Null for a test.')),
  sequence: orNull(count('The number of the event among the call’s.')),
  timestamp: time('When it happened.'),
  status: { enum: ['waiting', 'delivered', 'failed'], description: '`waiting`: it is being sent, or tried again.' },
  next_attempt_at: orNull(time('When it is tried next.')),
  attempts: { type: 'array', items: attempt, description: 'The last ten.' },
});

/** Bodies that have to do with webhooks, by the names of their components. */
export const webhookSchemas = {
  Webhook: whole(webhook),
  NewWebhook: whole({
    ...webhook,
    secret: text('What deliveries are signed with: `whsec_` and base64. It cannot be shown again.'),
  }),
  CallWebhookSecret: whole({
    username: text('Whose calls it is for.'),
    secret: text('What their reports are signed with: `whsec_` and base64. It cannot be shown again.'),
    previous_secret_until: orNull(time('Until when they are signed with the one before as well; null for the first.')),
  }),
  Webhooks: whole({ webhooks: { type: 'array', items: ref('Webhook') } }),
  WebhookDeliveries: whole({
    deliveries: { type: 'array', items: delivery, description: 'The newest first.' },
    next_cursor: orNull(text('For the next page, as `cursor`; null on the last.')),
  }),
  QueuedDelivery: whole({ delivery_id: uuid('The `webhook-id` that it has.') }),
  Replayed: whole({ replayed: count('How many deliveries that makes.') }),
  /** What receivers get: payloadOf of the domain makes it. */
  CallEvent: whole({
    type: oneOf(CALL_WEBHOOK_EVENTS),
    timestamp: time('When it happened.'),
    data: {
      ...answerSchemas.Call,
      properties: {
        ...answerSchemas.Call.properties,
        sequence: {
          type: 'integer',
          minimum: 1,
          description: '1, 2, 3 … of the call’s events: events may overtake each other.',
        },
      },
      required: [...answerSchemas.Call.required, 'sequence'],
      description: 'The call as it was then.',
    },
  }),
  TestEvent: whole({
    type: { const: TEST_EVENT, description: 'Somebody asked for a test. It tells of no call.' },
    timestamp: time('When it was asked for.'),
    data: whole({ test: { const: true } }),
  }),
  WebhookEvent: { oneOf: [ref('CallEvent'), ref('TestEvent')], description: 'Whatever an endpoint is sent.' },
} satisfies Schemas;
