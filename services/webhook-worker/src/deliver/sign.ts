import { createHmac } from 'node:crypto';

/**
 * The headers of a delivery by Standard Webhooks 1.0.0: an HMAC-SHA256 over id, time and body for each secret.
 *
 * @param id without dots: they separate what is signed.
 * @param secrets `whsec_` and base64; two while a rotation's overlap lasts.
 * @param at of this attempt.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedHeaders(id: string, body: string, secrets: readonly string[], at: Date): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
