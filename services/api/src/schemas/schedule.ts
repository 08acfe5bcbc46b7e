import {
  CALLING_SPAN_RULE,
  CALLING_SPANS_MAX,
  isTimeZone,
  NOT_BEFORE_MAX_DAYS,
  parseCallingSpan,
  TIME_ZONE_RULE,
} from '@dialgate/domain';
import Joi from 'joi';
import { time } from './time.js';

/** Hours that a client orders, as it says them. */
export interface WantedWindow {
  spans: string[];
  /** IANA; without it, where the number is at home. */
  time_zone?: string;
}

const span = Joi.string().custom((text: string, helpers) =>
  parseCallingSpan(text) === null ? helpers.message({ custom: CALLING_SPAN_RULE }) : text,
);

const timeZone = Joi.string().custom((zone: string, helpers) =>
  isTimeZone(zone) ? zone : helpers.message({ custom: TIME_ZONE_RULE }),
);

export const notBefore = time
  .description(
    `Nobody is called before this time, at most ${NOT_BEFORE_MAX_DAYS} days ahead. The call waits as \`pending\`, and counts as ` +
      'open. A time that has passed says nothing.',
  )
  .example('2026-01-15T09:30:00Z');

export const callingWindow = Joi.object<WantedWindow, true>({
  spans: Joi.array()
    .items(span)
    .min(1)
    .max(CALLING_SPANS_MAX)
    .required()
    .description('Such as `08:00-21:00`, `mon-fri 09:00-18:00` or `sat 10:00-24:00`; in any of them.'),
  time_zone: timeZone.description('Such as `Europe/Paris`. Without it, all that the number may be at home in.'),
})
  .description(
    'The hours at which it may be dialled, by the clock on the wall. Outside of them it waits as `pending`, as long as `expires_in` ' +
      'lets it; that counts from their first beginning. Where `CALLING_WINDOW` is set, both must be open.',
  )
  .example({ spans: ['mon-fri 09:00-18:00'], time_zone: 'Europe/Paris' });
