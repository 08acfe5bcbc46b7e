import {
  RETRIES,
  RETRY_AFTER_SECONDS,
  RETRY_CAUSES,
  RETRY_WITHIN_SECONDS,
  type Retry,
  type RetryCause,
} from '@dialgate/domain';
import Joi from 'joi';

/** An order to be called again, as a client says it. */
export interface WantedRetry {
  max: number;
  on: RetryCause[];
  /** In seconds. */
  after: number;
  /** In seconds. */
  within?: number;
}

const CAUSES = Object.keys(RETRY_CAUSES) as RetryCause[];

function between({ min, max }: { readonly min: number; readonly max: number }): Joi.NumberSchema {
  return Joi.number().integer().min(min).max(max);
}

export const retry = Joi.object<WantedRetry, true>({
  max: between(RETRIES).required().description('How many calls more there may be.'),
  on: Joi.array()
    .items(Joi.string().valid(...CAUSES))
    .unique()
    .min(1)
    .required()
    .description(
      `After what: ${Object.entries(RETRY_CAUSES)
        .map(([cause, meaning]) => `\`${cause}\`: ${meaning}`)
        .join(' ')}`,
    ),
  after: between(RETRY_AFTER_SECONDS)
    .required()
    .description(
      'How many seconds after the end of a call the next is made; later where a limit or an hour has it wait.',
    ),
  within: between(RETRY_WITHIN_SECONDS).description(
    `No further call is made more than so many seconds after the first may be dialled; without it ${RETRY_WITHIN_SECONDS.default}.`,
  ),
})
  .description(
    'Has the number called again where a call does not reach it: each time a call of its own, linked to the first by ' +
      '`attempt_of`, made when the one before is over and judged and limited like any other. `order` shows what came of it. ' +
      '`expires_in` holds for each of the calls. Ending any of them ends the order.',
  )
  .example({ max: 2, on: ['busy', 'no_answer'], after: 600 });

/** The same in the product's words; null for none. */
export function retryOf(wanted: WantedRetry | undefined): Retry | null {
  if (wanted === undefined) return null;
  const { max, on, after: afterSeconds, within: withinSeconds = RETRY_WITHIN_SECONDS.default } = wanted;
  return { max, on, afterSeconds, withinSeconds };
}
