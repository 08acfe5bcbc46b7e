import { ORDER_ENDS, RETRIES, RETRY_CAUSES } from '@dialgate/domain';
import { count, oneOf, orNull, ref, text, time, whole } from './parts.js';

/** The `order` of a call. */
export const orderSchema = {
  ...whole({
    state: oneOf({
      open: 'a call of it is under way, or another may come',
      canceling: 'the client has ended it; its last call is not over yet',
      finished: 'nothing more comes of it',
    }),
    result: {
      anyOf: [ref('CallStatus'), { type: 'null' as const }],
      description: 'What came of the order: the status of its last call; null before its end.',
    },
    end: { anyOf: [oneOf(ORDER_ENDS), { type: 'null' as const }], description: 'Why it is over; null before.' },
    refusal: orNull(text('With the end `refused`: the code of the refusal.')),
    max: {
      type: 'integer' as const,
      ...{ minimum: RETRIES.min, maximum: RETRIES.max },
      description: 'How many calls more there may be.',
    },
    on: { type: 'array' as const, items: oneOf(RETRY_CAUSES), description: 'After what.' },
    after: count('How many seconds after the end of a call the next is made.'),
    ends_at: time('No call is made after this.'),
    calls: {
      type: 'array' as const,
      items: { type: 'string' as const, format: 'uuid' },
      description: 'The ids of its calls so far, the first one first.',
    },
    next_try_at: orNull(time('When the next call is due. Null while none is.')),
    finished_at: orNull(time('When it was over. Null before.')),
  }),
  type: ['object' as const, 'null' as const],
  description:
    'The order to be called again (`retry`) that this call belongs to, as it stands; null for a call without one.',
};
