import type { ParameterObject, PathsObject } from 'openapi3-ts/oas31';
import { API_BASE } from '../paths.js';
import { callStreamQuery, streamQuery } from '../schemas/stream-query.js';
import { TIMELINE_CURSOR } from '../schemas/timeline-query.js';
import { invalidFields } from '../schemas/valid.js';
import { OURS, problems } from './errors.js';
import * as examples from './examples.js';
import { answer, json, matching, noContent, REQUEST_ID } from './parts.js';
import { CALL_ID, OF_USER, query } from './requests.js';
import { needs } from './scopes.js';

const TAGS = ['Calls'];

const LAST_EVENT_ID: ParameterObject = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'The last id that you have got: what comes behind it.',
  schema: matching(TIMELINE_CURSOR.source),
};

const SENTENCES = {
  last_event_id: 'The same, where no header can be sent; the header wins.',
  ticket: 'From `POST /stream/tickets`, in place of a token: for the EventSource of a browser, which sends no header.',
};

const FORM =
  'Server-sent events (`text/event-stream`). Each entry of a timeline is one event: its `id`, and as `data` the JSON of an entry of ' +
  '`GET /calls/{call_id}/events` with the `call_id`. Keep the last id; when the connection breaks, come back with it as ' +
  '`Last-Event-ID`, on any instance: nothing is missing then, and nothing comes twice. An event `end` says that there is no more and ' +
  'why (`reason`: `call_ended`, or `access_ended` when the token or key is void); close then. Every 15 s comes a line that means ' +
  'nothing, or an id without data. Who does not read for 30 s is cut off. Beyond `USER_MAX_STREAMS` it is 429, beyond `MAX_STREAMS` 503, ' +
  'which an EventSource takes for the end: make a new one after `Retry-After`.';

const STREAM = { 'text/event-stream': { schema: { type: 'string' } } } as const;
const ERRORS = ['unauthorized', 'forbidden', 'invalid_request', 'too_many_requests', ...OURS] as const;
const WRONG_ID = invalidFields([{ field: 'header.last-event-id', problem: 'must be the id of an entry' }]);

/** Timelines as they are written. */
export const streamPaths: PathsObject = {
  [`${API_BASE}/calls/{call_id}/stream`]: {
    get: {
      tags: TAGS,
      ...needs('calls:read'),
      operationId: 'streamCall',
      summary: 'The timeline of a call, as it is written',
      description: `From its beginning, or from behind \`Last-Event-ID\`, to the end of the call. ${FORM}`,
      parameters: [CALL_ID, LAST_EVENT_ID, ...query(callStreamQuery, SENTENCES), REQUEST_ID],
      responses: {
        200: answer('The entries.', STREAM),
        204: noContent('The call is over, and you have got all of it.'),
        ...problems(`${API_BASE}/calls/${examples.CALL_ID}/stream`, [...ERRORS, 'call_not_found'], [WRONG_ID]),
      },
    },
  },
  [`${API_BASE}/stream`]: {
    get: {
      tags: TAGS,
      ...needs('calls:read'),
      operationId: 'streamCalls',
      summary: 'The timelines of all calls, as they are written',
      description:
        'Of one’s own calls; with the scope `admin` of everybody’s, or of those of one user. From now on, or from behind ' +
        `\`Last-Event-ID\`, unless that is more than a million entries ago. ${FORM}`,
      parameters: [LAST_EVENT_ID, ...query(streamQuery, { user: OF_USER, ...SENTENCES }), REQUEST_ID],
      responses: { 200: answer('The entries.', STREAM), ...problems(`${API_BASE}/stream`, ERRORS, [WRONG_ID]) },
    },
  },
  [`${API_BASE}/stream/tickets`]: {
    post: {
      tags: TAGS,
      ...needs('calls:read'),
      operationId: 'createStreamTicket',
      summary: 'A ticket that opens one stream',
      description:
        'Good once, within half a minute, on any instance. The stream that it opens sees what your token or key may see, and ends with it.',
      parameters: [REQUEST_ID],
      responses: {
        201: answer('The ticket.', json('StreamTicket', examples.STREAM_TICKET)),
        ...problems(`${API_BASE}/stream/tickets`, ['unauthorized', 'forbidden', 'too_many_requests', ...OURS]),
      },
    },
  },
};
