import { REASON_CODES } from '../health/reasons.js';
import { count, orNull, ref, text, time, whole, type Schemas } from './parts.js';
import { boxSchema, workerSchema } from './worker-answer.js';

/** What waits. */
export const queue = whole({
  waiting: count('Calls that wait to be dialled.'),
  oldest_waiting_seconds: orNull(count('How long the oldest of them has been waiting.')),
});

const pendingWrites = whole({
  waiting: count(
    'Pending writes: what workers know of calls and have not written down yet; many while one is without PostgreSQL.',
  ),
  dropped: count('How many were dropped since the workers’ start, because 50,000 were waiting at one of them.'),
});

const upOrDown = whole({ status: { enum: ['ok', 'down'] } });

/** Bodies of the answers about health, by the names of their components. */
export const healthSchemas = {
  Alive: whole({ status: { const: 'ok' } }),
  Health: whole({
    status: {
      enum: ['ok', 'degraded', 'down'],
      description:
        '`ok`: a call posted now would leave. `degraded`: calls are accepted and something needs a person; `reasons` says whether ' +
        'they leave. `down`: no call can be accepted.',
    },
    since: time('Since when this process sees the status.'),
    version: text('The version of this program.'),
    commit: orNull(text('The commit that it was built from; for admins.')),
    problems: { type: 'array', items: { type: 'string' }, description: 'What is wrong, in sentences.' },
    reasons: { type: 'array', items: ref('HealthReason'), description: 'The same for programs.' },
    database: upOrDown,
    redis: upOrDown,
    queue: { anyOf: [queue, { type: 'null' }], description: 'Null while PostgreSQL cannot be asked.' },
    facts: {
      anyOf: [pendingWrites, { type: 'null' }],
      description: 'What all workers keep. Null while Redis cannot be asked.',
    },
    workers: {
      anyOf: [
        whole({ total: count('How many there are.'), connected: count('Those whose Asterisk is connected.') }),
        { type: 'array', items: workerSchema },
        { type: 'null' },
      ],
      description:
        'How many there are, null while PostgreSQL cannot be asked; for admins each of them, and then what they say of themselves.',
    },
    boxes: {
      anyOf: [
        whole({
          total: count('How many there are.'),
          ready: count('Those with a worker that can have calls dialled.'),
        }),
        { type: 'array', items: boxSchema },
        { type: 'null' },
      ],
      description:
        'The Asterisks that have a worker or open calls, or had a worker within the last day: how many, and for admins each of them. ' +
        'Null while PostgreSQL cannot be asked.',
    },
    processes: {
      type: ['array', 'null'],
      items: whole({
        service: text('`api`, `ari-worker` or `webhook-worker`.'),
        holder: text('Host and process.'),
        version: orNull(text('Its version.')),
        commit: orNull(text('The commit that it was built from.')),
      }),
      description: 'Every process that says that it runs; for admins. Null while Redis cannot be asked.',
    },
  }),
  HealthReason: whole({
    code: {
      type: 'string',
      examples: [...REASON_CODES],
      description: 'What is wrong, for programs. The list may grow.',
    },
    stops: {
      enum: ['accepting', 'leaving', null],
      description:
        '`accepting`: no call is taken. `leaving`: a call posted now would not be dialled before this is mended. Null: calls go on.',
    },
    problem: text('What is wrong, for people.'),
    guide: text('The part of the guide that says how to mend it.'),
  }),
} satisfies Schemas;
