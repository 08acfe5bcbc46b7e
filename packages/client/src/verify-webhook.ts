import { Webhook } from 'standardwebhooks';
import type { components } from './generated/api.js';

export { WebhookVerificationError } from 'standardwebhooks';

/** The status that a call has got, and the call as it was then. */
export type CallEvent = components['schemas']['CallEvent'];

/** What a webhook brings: of a call, or `webhook.test`, which tells of none. */
export type WebhookEvent = components['schemas']['WebhookEvent'];

/**
 * Checks that a request is from the gateway (Standard Webhooks 1.0.0), no older than five minutes, and says what it brings.
 *
 * @param received.body the body as it came, and not what a parser made of it.
 * @param received.headers those of the request, as Node or fetch has them.
 * @param received.secret of the endpoint: `whsec_…`.
 * @throws {WebhookVerificationError} when it is not; answer 401 then.
 */
export function verifyWebhook(received: {
  readonly body: string | Buffer;
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly secret: string;
}): WebhookEvent {
  const { body, headers, secret } = received;
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  const single = entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
  return new Webhook(secret).verify(body, Object.fromEntries(single)) as WebhookEvent;
}
