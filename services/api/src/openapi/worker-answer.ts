import { SLOT_CONNECTIONS } from '@dialgate/domain';
import { count, orNull, text, time, whole } from './parts.js';

/** How one worker's slot stands, for admins. */
export const workerSchema = whole({
  asterisk: text('What its Asterisk is called.'),
  entity_id: orNull(text('Which Asterisk it is, as that says itself.')),
  slot: { type: ['integer', 'null'], minimum: 1, description: 'Number of its slot.' },
  app: orNull(text('Its application in Asterisk.')),
  holder: orNull(text('Host and process.')),
  connection: {
    enum: [...Object.keys(SLOT_CONNECTIONS), null],
    description: 'How it stands with Asterisk: `reasons` beside it says what each word but `connected` means.',
  },
  ready: orNull({ type: 'boolean', description: 'Whether it can have calls dialled just now.' }),
  since: orNull(time('Since when the connection is so.')),
  version: orNull(text('Version of Asterisk.')),
  active_calls: orNull(count('Calls it looks after.')),
  answered_rate: orNull({
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: 'How many of the last 50 channels that it asked for were made.',
  }),
  breaker: { enum: ['closed', 'open', 'half_open', null], description: 'open: calls go to other Asterisks for 10 s.' },
  facts_waiting: orNull(count('Of this worker; null when it is not known.')),
  facts_dropped: orNull(count('Of this worker; null when it is not known.')),
  worker_version: orNull(text('Version of the worker itself.')),
  worker_commit: orNull(text('The commit that it was built from.')),
});

/** How one Asterisk stands with all its workers, for admins. */
export const boxSchema = whole({
  names: { type: 'array', items: text('One name.'), description: 'What its workers call it.' },
  entity_id: orNull(text('Which Asterisk it is, as that says itself.')),
  held_slots: count('Its workers: 0 when all are gone.'),
  ready: { type: 'boolean', description: 'Whether one of them can have calls dialled just now.' },
  active_calls: count('Open calls on it, also those that nobody looks after.'),
  answered_rate: orNull({
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: 'The lowest of its workers; null when none says one.',
  }),
  breaker: {
    enum: ['closed', 'open', 'half_open', null],
    description: 'The least open of its workers: open when all are, closed when one is.',
  },
});
