import { ALL_CALL_EVENTS, CALL_WEBHOOK_EVENTS, type FieldProblem } from '@dialgate/domain';
import Joi from 'joi';
import { pageCursor, pageLimit } from './page.js';
import { time } from './time.js';

/** A webhook endpoint to be made. */
export interface WebhookRequest {
  url: string;
  events?: string[];
  description?: string;
}

/** What shall be different about one. */
export interface WebhookPatch {
  url?: string;
  events?: string[];
  description?: string | null;
  enabled?: boolean;
}

const URL_MAX_LENGTH = 2_048;

const url = Joi.string()
  .max(URL_MAX_LENGTH)
  .description(
    'Where events are posted to: https, unless the installation allows http, and no address of a private network.',
  )
  .example('https://crm.example.com/hooks/calls');

export const webhookUrl = Joi.string()
  .max(URL_MAX_LENGTH)
  .description(
    'Where this call is reported to, beside one’s endpoints: every event of it, by Standard Webhooks 1.0.0, signed with the secret ' +
      'that `POST /webhook-secret` gives. Its host one of `ALLOWED_WEBHOOK_HOSTS`; else as the address of an endpoint. Each call ' +
      'of a `retry` is reported there. No answer shows it.',
  )
  .example('https://crm.example.com/calls/4711');

const events = Joi.array()
  .items(Joi.string().valid(ALL_CALL_EVENTS, ...Object.keys(CALL_WEBHOOK_EVENTS)))
  .unique()
  .min(1)
  .description('Which events are sent; all (`call.*`) when left out.');

const description = Joi.string()
  .max(200)
  .pattern(/^[^\p{Cc}\p{Surrogate}]+$/u)
  .messages({ 'string.pattern.base': 'must not hold control characters' })
  .description('For people.');

export const webhookRequest = Joi.object<WebhookRequest, true>({
  url: url.required(),
  events,
  description,
}).description('A webhook endpoint to be made.');

export const webhookPatch = Joi.object<WebhookPatch, true>({
  url,
  events,
  description: description.allow(null),
  enabled: Joi.boolean().description('Whether anything is sent. What waits is sent when it is switched on again.'),
})
  .min(1)
  .description('What shall be different; the rest stays.');

export const replayRequest = Joi.object<{ since: string }, true>({
  since: time
    .required()
    .description('The events of calls accepted then or later are sent again; of the newest 2,000 at most.')
    .example('2026-01-15T09:30:00Z'),
}).description('What to send again.');

export const LOG_PAGE = { default: 50, max: 200 };

export const logQuery = Joi.object<{ limit?: string; cursor?: string }, true>({
  limit: pageLimit(LOG_PAGE),
  cursor: pageCursor(/^[A-Za-z0-9_-]{1,100}$/),
});

/**
 * What is wrong with the address of an endpoint, or with the `webhook_url` of a call. Where its name leads to is judged for every
 * connection, by whoever sends.
 *
 * @param allowHttp see WEBHOOK_ALLOW_HTTP.
 * @param field where it stands.
 */
export function urlProblems(text: string | undefined, allowHttp: boolean, field = 'body.url'): FieldProblem[] {
  if (text === undefined) return [];
  const problem = urlProblem(text, allowHttp);
  return problem === null ? [] : [{ field, problem }];
}

function urlProblem(text: string, allowHttp: boolean): string | null {
  const parsed = URL.canParse(text) ? new URL(text) : null;
  if (parsed === null || /[\s\p{Cc}]/u.test(text)) return 'must be an absolute URL';
  if (!['https:', ...(allowHttp ? ['http:'] : [])].includes(parsed.protocol)) {
    return allowHttp ? 'must begin with https:// or http://' : 'must begin with https://';
  }
  if (parsed.username !== '' || parsed.password !== '') return 'must not hold a username or a password';
  return parsed.hash === '' ? null : 'must not have a fragment';
}
