import type { AriClient } from './client.js';
import type { AriChannel } from './events.js';

/** A 180 or 183. */
const ALERTING = /^SIP 18[03]\b/;

/** Any, a 100 included. */
const RESPONSE = /^SIP \d/;

/** Whether the callee's phone has rung or early media was sent, asked of a channel that is down: a 183 leaves no trace in its state. */
export async function hasAlerted(ari: Pick<AriClient, 'readVariable'>, channel: AriChannel): Promise<boolean> {
  return ALERTING.test(await lastResponse(ari, channel));
}

/** Whether the far end has said anything, if only that it tries, asked of a channel that is down: then it was dialled. */
export async function hasResponded(ari: Pick<AriClient, 'readVariable'>, channel: AriChannel): Promise<boolean> {
  return RESPONSE.test(await lastResponse(ari, channel));
}

/**
 * The last response to a channel's INVITE, as `SIP 100 Trying`: Asterisk keeps it where it keeps the causes of hangups (measured on
 * 22.10). Empty where it does not say: before any response, and for channels that are not SIP.
 */
async function lastResponse(ari: Pick<AriClient, 'readVariable'>, { id, name }: AriChannel): Promise<string> {
  const reply = await ari.readVariable(id, `HANGUPCAUSE(${name},tech)`);
  return reply.kind === 'ok' ? reply.body.value : '';
}
