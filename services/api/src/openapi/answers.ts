import { CALL_STATUSES, FAILURE_REASONS, PHONE_NUMBER_MAX_LENGTH } from '@dialgate/domain';
import type { Json, Schema } from './types.js';

const HOW_STATUSES_COME_ABOUT: Readonly<Record<(typeof CALL_STATUSES)[number], string>> = {
  pending: 'accepted, waits to be dialled',
  dialing: 'the one dial request of its life is being sent',
  ringing: 'the far end says that it rings',
  answered: 'somebody picked up; the call runs its dialplan context',
  completed: 'final: it was answered and is over',
  busy: 'final: the line was busy, or the callee declined',
  no_answer: 'final: it rang, and nobody picked up in time',
  failed: 'final: it could not be put through; `failure_reason` says why',
  canceled: 'final: the client took it back before anybody answered',
};

export const callStatusSchema: Schema = {
  type: 'string',
  enum: CALL_STATUSES,
  description: CALL_STATUSES.map((status) => `- \`${status}\`: ${HOW_STATUSES_COME_ABOUT[status]}`).join('\n'),
};

export const failureReasonSchema: Schema = {
  type: 'string',
  enum: Object.keys(FAILURE_REASONS),
  description: Object.entries(FAILURE_REASONS)
    .map(([reason, meaning]) => `- \`${reason}\`: ${meaning}`)
    .join('\n'),
};

const callId: Schema = { type: 'string', format: 'uuid', description: 'The call’s id (UUIDv7).' };
const calledNumber: Schema = {
  type: 'string',
  maxLength: PHONE_NUMBER_MAX_LENGTH,
  description: 'The number as it was asked for.',
};
const time = (description: string): Schema => ({
  type: 'string',
  format: 'date-time',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
  description: `${description} ISO 8601 in UTC, with milliseconds.`,
});
const timeOrNull = (description: string): Schema => ({
  ...time(`${description} Null while it has not come.`),
  type: ['string', 'null'],
});

/** The answer to an accepted call. */
export const acceptedCallSchema: Schema = whole({
  success: { const: true },
  call_id: callId,
  phone_number: calledNumber,
  message: { type: 'string' },
  channel: { type: 'null', description: 'No channel exists yet.' },
  status: { const: 'pending' },
  created_at: time('When the call was accepted.'),
});

/** A call as it stands. */
export const callSchema: Schema = whole({
  call_id: callId,
  phone_number: calledNumber,
  status: { $ref: '#/components/schemas/CallStatus' },
  channel: { type: ['string', 'null'], description: 'Its channel in Asterisk; null before a worker took the call.' },
  context: { type: 'string', description: 'Dialplan context.' },
  extension: { type: 'string', description: 'Extension in the context.' },
  priority: { type: 'integer', description: 'Priority in the extension.' },
  caller_id: { type: ['string', 'null'], description: 'Who the callee sees calling.' },
  created_at: time('When it was accepted.'),
  dialed_at: timeOrNull('When it was dialled.'),
  ringing_at: timeOrNull('When it began to ring.'),
  answered_at: timeOrNull('When somebody picked up.'),
  ended_at: timeOrNull('When it was over.'),
  duration: {
    type: ['integer', 'null'],
    minimum: 0,
    description: 'Whole seconds from answer to end; null if it was never answered or is still up.',
  },
  failure_reason: {
    anyOf: [{ $ref: '#/components/schemas/FailureReason' }, { type: 'null' }],
    description: 'Why it did not simply take its course. Always set with `failed`.',
  },
  hangup_cause: {
    type: ['integer', 'null'],
    minimum: 0,
    maximum: 127,
    description: 'Q.850 cause, as Asterisk gave it.',
  },
  hangup_cause_text: { type: ['string', 'null'], description: 'The cause’s name in Q.850.' },
  sip_status: { type: ['integer', 'null'], description: 'The SIP response that ended it, if there was one.' },
  hangup_by: { enum: ['callee', 'gateway', 'dialplan', 'unknown', null], description: 'Who hung up.' },
  attempt_number: { type: 'integer', minimum: 1, description: 'Which attempt to dial it this is.' },
  is_active: { type: 'boolean', description: 'Not in a final status.' },
  is_completed: { type: 'boolean', description: 'In a final status, whichever.' },
  metadata: { description: 'What the request said, or null.' },
});

/** RFC 6749 §5.1 */
export const tokenSchema: Schema = whole({
  access_token: { type: 'string', description: 'To be sent as `Authorization: Bearer …`.' },
  token_type: { const: 'bearer' },
  expires_in: { type: 'integer', minimum: 1, description: 'How long it is good for, in seconds.' },
});

/** RFC 6749 §5.2 */
export const oauthErrorSchema: Schema = {
  ...whole({
    error: { enum: ['invalid_request', 'unsupported_grant_type', 'invalid_grant'] },
    error_description: { type: 'string', description: 'What is wrong, for people.' },
    code: { enum: ['invalid_request', 'invalid_credentials'] },
    request_id: { type: 'string', description: 'The `X-Request-ID` of the answer.' },
  }),
  description: 'A refused login, in the words of OAuth 2.',
};

export const aliveSchema: Schema = whole({ status: { const: 'ok' } });

const upOrDown: Schema = whole({ status: { enum: ['ok', 'down'] } });

const workerSchema: Schema = whole({
  asterisk: { type: 'string', description: 'Name of its Asterisk.' },
  slot: { type: ['integer', 'null'], minimum: 1, description: 'Number of its slot.' },
  app: { type: ['string', 'null'], description: 'Its application in Asterisk.' },
  holder: { type: ['string', 'null'], description: 'Host and process.' },
  connection: { enum: ['connecting', 'connected', 'unauthorized', 'unreachable', 'replaced', 'closed', null] },
  since: timeOrNull('Since when the connection is so.'),
  version: { type: ['string', 'null'], description: 'Version of Asterisk.' },
  active_calls: { type: ['integer', 'null'], minimum: 0 },
  facts_waiting: { type: ['integer', 'null'], minimum: 0, description: 'Of this worker; null when it is not known.' },
  facts_dropped: { type: ['integer', 'null'], minimum: 0, description: 'Of this worker; null when it is not known.' },
});

export const healthSchema: Schema = whole({
  status: {
    enum: ['ok', 'degraded', 'down'],
    description: '`degraded`: calls are accepted and something needs a person. `down`: no call can be accepted.',
  },
  since: time('Since when this process sees the status.'),
  problems: { type: 'array', items: { type: 'string' }, description: 'What is wrong, in sentences.' },
  database: upOrDown,
  redis: upOrDown,
  queue: {
    anyOf: [
      whole({
        waiting: { type: 'integer', minimum: 0, description: 'Calls that wait to be dialled.' },
        oldest_waiting_seconds: { type: ['integer', 'null'], minimum: 0 },
      }),
      { type: 'null' },
    ],
    description: 'Null while PostgreSQL cannot be asked.',
  },
  facts: {
    anyOf: [
      whole({
        waiting: {
          type: 'integer',
          minimum: 0,
          description:
            'Facts heard about calls that are not written down yet: many while a worker is without PostgreSQL.',
        },
        dropped: {
          type: 'integer',
          minimum: 0,
          description: 'How many were dropped since the workers’ start, because 50,000 were waiting at one of them.',
        },
      }),
      { type: 'null' },
    ],
    description: 'What all workers keep. Null while Redis cannot be asked.',
  },
  workers: {
    anyOf: [
      whole({ total: { type: 'integer', minimum: 0 }, connected: { type: 'integer', minimum: 0 } }),
      { type: 'array', items: workerSchema },
      { type: 'null' },
    ],
    description:
      'How many there are, null while PostgreSQL cannot be asked; for admins each of them, and then what they say of themselves.',
  },
});

export const aboutSchema: Schema = whole({
  name: { const: 'dialgate' },
  version: { type: 'string' },
  links: { type: 'object', additionalProperties: { type: 'string' }, description: 'Where to go on.' },
});

/** A call in examples. */
export const EXAMPLE_CALL_ID = '019b0c1e-7a3f-7f10-8a2b-3c4d5e6f7a8b';

export const EXAMPLE_ACCEPTED: Json = {
  success: true,
  call_id: EXAMPLE_CALL_ID,
  phone_number: '+33123456789',
  message: 'Call accepted',
  channel: null,
  status: 'pending',
  created_at: '2026-01-15T09:30:00.123Z',
};

const EXAMPLE_CALL = {
  call_id: EXAMPLE_CALL_ID,
  phone_number: '+33123456789',
  status: 'completed',
  channel: `${EXAMPLE_CALL_ID}.1`,
  context: 'outbound-ivr',
  extension: 's',
  priority: 1,
  caller_id: '"Support" <+33199999999>',
  created_at: '2026-01-15T09:30:00.123Z',
  dialed_at: '2026-01-15T09:30:00.171Z',
  ringing_at: '2026-01-15T09:30:01.902Z',
  answered_at: '2026-01-15T09:30:07.455Z',
  ended_at: '2026-01-15T09:30:49.031Z',
  duration: 41,
  failure_reason: null,
  hangup_cause: 16,
  hangup_cause_text: 'Normal call clearing',
  sip_status: null,
  hangup_by: 'callee',
  attempt_number: 1,
  is_active: false,
  is_completed: true,
  metadata: { order: 4711 },
} satisfies Json;

const NEVER_ANSWERED = { answered_at: null, duration: null };

/** Calls in several states. */
export const EXAMPLE_CALLS = {
  completed: { summary: 'Answered, and over', value: EXAMPLE_CALL },
  pending: {
    summary: 'Waits to be dialled',
    value: {
      ...EXAMPLE_CALL,
      ...NEVER_ANSWERED,
      status: 'pending',
      channel: null,
      dialed_at: null,
      ringing_at: null,
      ended_at: null,
      hangup_cause: null,
      hangup_cause_text: null,
      hangup_by: null,
      is_active: true,
      is_completed: false,
    },
  },
  failed: {
    summary: 'The number does not exist',
    value: {
      ...EXAMPLE_CALL,
      ...NEVER_ANSWERED,
      status: 'failed',
      ringing_at: null,
      ended_at: '2026-01-15T09:30:01.010Z',
      failure_reason: 'invalid_number',
      hangup_cause: 1,
      hangup_cause_text: 'Unallocated (unassigned) number',
      sip_status: 404,
      hangup_by: 'unknown',
    },
  },
} satisfies Record<string, { summary: string; value: Json }>;

/** An object that always has all of these. Open to more of them in later versions, as answers are. */
function whole(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, required: Object.keys(properties) };
}
