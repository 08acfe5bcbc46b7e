import type { AriClient } from '../ari/client.js';
import type { AriChannel } from '../ari/events.js';

/** A 180 or 183. Asterisk keeps the last response to an INVITE where it keeps the causes of hangups (measured on 22.10). */
const ALERTING = /^SIP 18[03]\b/;

/**
 * Whether the callee's phone has rung or early media was sent, asked of a channel that is down: a 183 leaves no trace in its state.
 *
 * @returns false also where Asterisk does not say, such as before any response, and of channels that are not SIP.
 */
export async function hasAlerted(ari: Pick<AriClient, 'readVariable'>, { id, name }: AriChannel): Promise<boolean> {
  const reply = await ari.readVariable(id, `HANGUPCAUSE(${name},tech)`);
  return reply.kind === 'ok' && ALERTING.test(reply.body.value);
}
