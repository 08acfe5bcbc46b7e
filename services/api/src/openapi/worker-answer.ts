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
