import { AUDIT_EVENTS, FAILURE_REASONS, PHONE_NUMBER_MAX_LENGTH, STATUS_MEANINGS } from '@dialgate/domain';
import type { SchemaObject } from 'openapi3-ts/oas31';
import { dialplanResults } from './dialplan-results.js';
import { healthSchemas, queue } from './health-answers.js';
import { orderSchema } from './order-answer.js';
import { count, oneOf, orNull, ref, text, time, whole, type Schemas } from './parts.js';

const timeOrNull = (description: string) => orNull(time(`${description} Null while it has not come.`));

const inBoth = {
  call_id: { ...text('The call’s id (UUIDv7).'), format: 'uuid' },
  created_at: time('When the call was accepted.'),
};

const number = { ...text('The number as it was asked for.'), maxLength: PHONE_NUMBER_MAX_LENGTH };

const retryAfter = orNull(count('After how many seconds it may be asked for again, where that is known.'));

const auditEntry = whole({
  id: text('Its number in the trail.'),
  at: time('When it happened.'),
  event: oneOf(AUDIT_EVENTS, 'What happened. The list may grow.\n\n'),
  source: { enum: ['api', 'cli', 'setup'], description: 'Where it was done.' },
  user_id: orNull(text('Who did it; null when nobody was logged in.')),
  user: orNull(
    text(
      'That user’s name. With a wrong login the name that was tried; of one that is no user’s, the first three characters.',
    ),
  ),
  subject_kind: { enum: ['user', 'call', 'key', 'webhook', null], description: 'What it was done to.' },
  subject: orNull(text('Name of the user, id of the call, the key or the webhook.')),
  address: orNull(text('The client’s address.')),
  request_id: orNull(text('The `X-Request-ID` of the answer.')),
  detail: {
    type: 'object',
    description:
      'What else is known, such as the `code` of a refusal and the last three digits of its number. `suppressed`: so many more ' +
      'of these came within a minute from the same user or address, or, without either, from all together.',
  },
});

const texts = (description: string) =>
  ({ type: 'array', items: { type: 'string' }, description }) satisfies SchemaObject;

const key = {
  key_id: { ...text('The key’s id (UUIDv7).'), format: 'uuid' },
  username: text('Whose key it is.'),
  name: text('What it is for.'),
  prefix: text('What stands in the key behind `dg_`.'),
  scopes: texts('What it may do, as far as its user’s role allows it.'),
  allowed_from: texts('Addresses and networks that it may be used from; from anywhere when empty.'),
  created_at: time('When it was made.'),
  expires_at: orNull(time('When it is void. Null: never.')),
  last_used_at: orNull(time('When it was used last, to the minute. Null: never.')),
  revoked_at: orNull(time('When it was revoked. Null: it was not.')),
} satisfies Schemas;

/** Bodies of answers, by the names of their components. */
export const answerSchemas = {
  AcceptedCall: whole({
    ...inBoth,
    phone_number: number,
    success: { const: true },
    message: text('For people.'),
    channel: { type: 'null', description: 'No channel exists yet.' },
    status: { const: 'pending' },
  }),
  Call: whole({
    ...inBoth,
    phone_number: orNull({ ...number, description: 'The number as it was asked for; null when it was erased.' }),
    status: ref('CallStatus'),
    channel: orNull(text('Its channel in Asterisk; null before a worker took the call.')),
    context: text('Dialplan context.'),
    extension: text('Extension in the context.'),
    priority: { type: 'integer', description: 'Priority in the extension.' },
    connect_to: orNull(
      text('The number or extension that the callee is connected to; null for none, or when it was erased.'),
    ),
    caller_id: orNull(text('Who the callee sees calling.')),
    not_before: orNull(time('It waits until then. Null: it may be dialled at once.')),
    calling_window: {
      ...whole({
        spans: texts('Such as `mon-fri 09:00-18:00`.'),
        time_zones: texts('It is dialled only when the clocks on the wall in all of these show such a time.'),
      }),
      type: ['object', 'null'],
      description: 'The hours it was ordered for; null for any.',
    },
    dialed_at: timeOrNull('When it was dialled.'),
    ringing_at: timeOrNull('When it began to ring.'),
    answered_at: timeOrNull('When somebody picked up.'),
    ended_at: timeOrNull('When it was over.'),
    duration: orNull(count('Whole seconds from answer to end; null if it was never answered or is still up.')),
    failure_reason: {
      anyOf: [ref('FailureReason'), { type: 'null' }],
      description: 'Why it did not simply take its course. Always set with `failed`.',
    },
    hangup_cause: { ...orNull(count('Q.850 cause, as Asterisk gave it.')), maximum: 127 },
    hangup_cause_text: orNull(text('The cause’s name in Q.850.')),
    sip_status: { type: ['integer', 'null'], description: 'The SIP response that ended it, if there was one.' },
    hangup_by: { enum: ['callee', 'gateway', 'dialplan', 'unknown', null], description: 'Who hung up.' },
    attempt_number: { type: 'integer', minimum: 1, description: 'Which attempt to dial it this is.' },
    is_active: { type: 'boolean', description: 'Not in a final status.' },
    is_completed: { type: 'boolean', description: 'In a final status, whichever.' },
    metadata: { description: 'What the request said, or null.' },
    results: dialplanResults,
    attempt_of: orNull({
      ...text('The first call of the order that this one was made for; null for a first call and for one by itself.'),
      format: 'uuid',
    }),
    try_number: { type: 'integer', minimum: 1, description: 'Which of the calls of its order this is.' },
    order: orderSchema,
    erased_at: orNull(
      time(
        'When number, caller ID, variables, metadata and results were erased (`PERSONAL_DATA_DAYS`); null for a call that still has them.',
      ),
    ),
  }),
  CallPage: whole({
    data: { type: 'array', items: ref('Call'), description: 'The newest first.' },
    next_cursor: orNull(text('For the next page, as `cursor`; null when all has been looked at.')),
  }),
  CallStats: whole({
    since: time('Since when they were accepted.'),
    total: count('How many there were.'),
    truncated: { type: 'boolean', description: 'There were more than are counted: these are the newest.' },
    by_status: { type: 'object', additionalProperties: count('How many are in this status.') },
    by_failure_reason: {
      type: 'object',
      additionalProperties: count('How many have this reason; those without are not here.'),
    },
    answer_ratio: {
      type: ['number', 'null'],
      minimum: 0,
      maximum: 1,
      description: 'Answered calls of those that were dialled and are answered or over; null where there is none.',
    },
    average_duration_seconds: { type: ['number', 'null'], minimum: 0, description: 'Of answered calls that are over.' },
    queue: { ...queue, description: 'What waits to be dialled just now, of all users.' },
  }),
  Timeline: whole({
    call_id: inBoth.call_id,
    data: { type: 'array', items: ref('TimelineEntry'), description: 'The oldest first.' },
    next_cursor: orNull(text('For the next page, as `cursor`; null on the last.')),
  }),
  StreamTicket: whole({
    ticket: text('To be sent as `ticket` with the address of a stream. It cannot be shown again.'),
    expires_in: { type: 'integer', minimum: 1, description: 'How long it waits for its use, in seconds.' },
  }),
  TimelineEntry: whole({
    id: text('Its running number; greater than those of the call’s entries before it.'),
    event: text(
      'What happened: `created`, `claimed`, `dial_sent`, `ringing`, `answered`, `hung_up` and so on. The list may grow.',
    ),
    status: {
      anyOf: [ref('CallStatus'), { type: 'null' }],
      description: 'The status that the call got by it, or null.',
    },
    at: time('When it happened; of what came from Asterisk, when it was received.'),
    asterisk_at: orNull(time('When it happened by Asterisk’s own clock; null for what did not come from it.')),
    source: { enum: ['api', 'worker', 'asterisk', 'sweep'], description: 'Where it is known from.' },
    detail: { type: 'object', description: 'What else is known: causes, reasons, the attempt.' },
  }),
  Batch: whole({
    accepted: count('How many of the calls were accepted.'),
    refused: count('How many were not.'),
    results: {
      type: 'array',
      items: whole({
        status: { type: 'integer', description: 'The HTTP status that the call would have got alone.' },
        call: { anyOf: [ref('AcceptedCall'), { type: 'null' }], description: 'Null where it was refused.' },
        replayed: { type: 'boolean', description: 'This is the first answer to its `idempotency_key` again.' },
        problem: { anyOf: [ref('Problem'), { type: 'null' }], description: 'Why it was refused.' },
        retry_after: retryAfter,
      }),
      description: 'In the order of the request.',
    },
  }),
  CallCheck: whole({
    acceptable: { type: 'boolean', description: 'Whether the call would be accepted just now.' },
    phone_number: { ...number, description: 'The number as it was asked for.' },
    number: orNull(text('The same in E.164 form, or the digits of an extension; null where it may not be called.')),
    country: orNull(text('Where the number is at home (ISO 3166-1 alpha-2), where that can be told.')),
    not_before: orNull(time('It would wait until then. Null: it would be dialled at once.')),
    status: { type: 'integer', description: 'The HTTP status that the call would get.' },
    problem: { anyOf: [ref('Problem'), { type: 'null' }], description: 'Why it would be refused.' },
    retry_after: retryAfter,
  }),
  CallStatus: oneOf(STATUS_MEANINGS),
  FailureReason: oneOf(FAILURE_REASONS),
  /** RFC 6749 §5.1 */
  Token: whole({
    access_token: text('To be sent as `Authorization: Bearer …`.'),
    token_type: { const: 'bearer' },
    expires_in: { type: 'integer', minimum: 1, description: 'How long it is good for, in seconds.' },
    scope: text('What it may do: words with spaces between them.'),
  }),
  Key: whole(key),
  NewKey: whole({ ...key, key: text('To be sent as `Authorization: Bearer …`. It cannot be shown again.') }),
  Keys: whole({ keys: { type: 'array', items: ref('Key') } }),
  ...healthSchemas,
  AuditPage: whole({
    entries: { type: 'array', items: auditEntry, description: 'The latest first.' },
    next_cursor: orNull(text('For the next page, as `cursor`; null on the last.')),
  }),
  About: whole({
    name: { const: 'dialgate' },
    version: text('The version of this program.'),
    links: { type: 'object', additionalProperties: { type: 'string' }, description: 'Where to go on.' },
  }),
} satisfies Schemas;
