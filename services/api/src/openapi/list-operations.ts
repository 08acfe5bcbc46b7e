import type { PathsObject } from 'openapi3-ts/oas31';
import { API_BASE } from '../paths.js';
import { CALLS_PAGE, callsQuery, METADATA_FILTERS_MAX } from '../schemas/list-calls.js';
import { STATS_HOURS, statsQuery } from '../schemas/stats-query.js';
import { timelineQuery } from '../schemas/timeline-query.js';
import { invalidFields } from '../schemas/valid.js';
import { OURS, problems } from './errors.js';
import * as examples from './examples.js';
import { answer, json, REQUEST_ID } from './parts.js';
import { CALL_ID, OF_USER, query } from './requests.js';
import { needs } from './scopes.js';

const TAGS = ['Calls'];

/** Of whatever reads calls. */
const ERRORS = ['unauthorized', 'forbidden', 'invalid_request', ...OURS] as const;

/** Lists of calls, what became of them, and the timeline of each. */
export const listPaths: PathsObject = {
  [`${API_BASE}/calls`]: {
    get: {
      tags: TAGS,
      ...needs('calls:read'),
      operationId: 'listCalls',
      summary: 'Calls, the newest first',
      description:
        'Users see their own calls; with the scope `admin` everybody’s. Filters are all held at once. Calls that are accepted while ' +
        'pages are read are on none of the later ones; every other call is on exactly one. Where filters keep many calls out, a page ' +
        'may have fewer than `limit` calls, even none, and go on all the same: what counts is `next_cursor`. Besides the ' +
        `parameters below, \`metadata.order=4711\` asks for calls whose metadata hold this text, number or boolean under the key ` +
        `\`order\`; up to ${METADATA_FILTERS_MAX} keys. With \`Accept: text/csv\` everything that fits comes as one file.`,
      parameters: [
        ...query(callsQuery, {
          status: 'Only these; may be there several times.',
          phone_number: 'Only calls to this number, as it was asked for.',
          last_digits: 'Only calls to numbers that end so.',
          context: 'Only calls to this dialplan context.',
          failure_reason: 'Only these.',
          created_after: 'Only calls that were accepted then or later.',
          created_before: 'Only calls that were accepted before.',
          user: OF_USER,
          limit: 'The most calls that a page has.',
          cursor: 'The `next_cursor` of the page before.',
        }),
        REQUEST_ID,
      ],
      responses: {
        200: answer(
          'A page of calls.',
          {
            ...json('CallPage', examples.CALL_PAGE),
            'text/csv': {
              schema: { type: 'string', description: 'A line of column names, and one for each call (RFC 4180).' },
            },
          },
          {
            Link: { description: 'Where the next page is, with `rel="next"` (RFC 8288).', schema: { type: 'string' } },
          },
        ),
        ...problems(`${API_BASE}/calls`, ERRORS, [
          invalidFields([{ field: 'query.limit', problem: `must be a number from 1 to ${CALLS_PAGE.max}` }]),
        ]),
      },
    },
  },
  [`${API_BASE}/calls/stats`]: {
    get: {
      tags: TAGS,
      ...needs('calls:read'),
      operationId: 'getCallStats',
      summary: 'How many calls became what',
      description: 'Of the calls that were accepted since a time: one’s own, with the scope `admin` everybody’s.',
      parameters: [
        ...query(statsQuery, {
          since: `At most ${STATS_HOURS} hours ago; without it, an hour ago.`,
          user: OF_USER,
        }),
        REQUEST_ID,
      ],
      responses: {
        200: answer('What became of them, and what waits.', json('CallStats', examples.CALL_STATS)),
        ...problems(`${API_BASE}/calls/stats`, ERRORS),
      },
    },
  },
  [`${API_BASE}/calls/{call_id}/events`]: {
    get: {
      tags: TAGS,
      ...needs('calls:read'),
      operationId: 'getCallEvents',
      summary: 'The timeline of a call',
      description:
        'Everything that is known of the call, in the order in which it was written down. Once its status is a final one, its end is ' +
        'there; what Asterisk says after that may still be added.',
      parameters: [
        CALL_ID,
        ...query(timelineQuery, {
          limit: 'The most entries that a page has.',
          cursor: 'The `next_cursor` of the page before, or the `id` of any entry: what comes behind it.',
        }),
        REQUEST_ID,
      ],
      responses: {
        200: answer('A page of the timeline.', json('Timeline', examples.TIMELINE)),
        ...problems(
          `${API_BASE}/calls/${examples.CALL_ID}/events`,
          [...ERRORS, 'call_not_found'],
          [invalidFields([{ field: 'path.call_id', problem: 'must be a UUID' }])],
        ),
      },
    },
  },
};
