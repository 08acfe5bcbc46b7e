import type { AriClient } from './client.js';
import type { AriChannel } from './events.js';

/** A 180 or 183. */
const ALERTING = /^SIP 18[03]\b/;

/** Any, a 100 included. */
const RESPONSE = /^SIP \d/;

/**
 * Whether the callee's phone has rung or early media was sent, asked of a channel that is down: a 183 leaves no trace in its state.
 *
 * @throws when Asterisk does not answer.
 */
export async function hasAlerted(ari: Pick<AriClient, 'readVariable'>, channel: AriChannel): Promise<boolean> {
  return ALERTING.test(await lastResponse(ari, channel));
}

/**
 * Whether a channel was dialled, as far as it shows: it rings or is up, or its far end has said anything, if only that it tries. Of a
 * far end that has said nothing yet nobody can tell.
 *
 * @throws when Asterisk does not answer.
 */
export async function showsDial(ari: Pick<AriClient, 'readVariable'>, channel: AriChannel): Promise<boolean> {
  return ringsOrIsUp(channel) || RESPONSE.test(await lastResponse(ari, channel));
}

export function ringsOrIsUp({ state }: AriChannel): boolean {
  return state === 'Ringing' || state === 'Up';
}

/**
 * The last response to a channel's INVITE, as `SIP 100 Trying`: Asterisk keeps it where it keeps the causes of hangups (measured on
 * 22.10). Empty where it has none: before any response, and for channels that are not SIP.
 */
async function lastResponse(ari: Pick<AriClient, 'readVariable'>, { id, name }: AriChannel): Promise<string> {
  const reply = await ari.readVariable(id, `HANGUPCAUSE(${name},tech)`);
  if (reply.kind === 'ok') return reply.body.value;
  if (reply.kind === 'refused') return '';
  throw new Error(`Asterisk did not show a channel’s last response: ${reply.kind}`);
}
