import { answerSchemas } from './answers.js';
import { orNull, time, whole } from './parts.js';

const queue = {
  ...whole({
    position: {
      type: ['integer', 'null'],
      minimum: 1,
      description:
        'Its place among the calls that wait, by when they became due. Null while it waits for its time, and when more than 1,000 wait.',
    },
    estimated_start: orNull(
      time(
        'When it will about be dialled, by the pace and the room that are configured; of a call that waits for its time, that time. Null ' +
          'where nobody can know: no worker can take calls, an Asterisk has limits of its own, or the call has to wait for the end of another.',
      ),
    ),
  }),
  type: ['object' as const, 'null' as const],
  description: 'Where it waits; null when it does not, or a worker has taken it.',
};

export const currentCallSchemas = {
  /** A call that was asked for by its id. */
  CurrentCall: whole({ ...answerSchemas.Call.properties, queue }),
};
