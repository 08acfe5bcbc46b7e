import type { DialplanDestination } from '@dialgate/domain';
import type { AriClient } from '../ari/client.js';

/** Whether the dialplan has a place for the answered call; `unsure` when Asterisk did not say. */
export type DialplanCheck = (
  channel: string,
  destination: DialplanDestination,
) => Promise<'there' | 'missing' | 'unsure'>;

/** A dialplan is reloaded now and then; until a yes is this old it is believed. */
const BELIEVE_FOR_MS = 3_000;

const REMEMBERED_MAX = 1_000;

/**
 * Asks Asterisk before anybody is rung: it would answer the callee and drop them at once when the context or extension is
 * missing. Only a channel can ask; the function needs one to look from.
 */
export function dialplanCheck(ari: Pick<AriClient, 'readVariable'>): DialplanCheck {
  const thereSince = new Map<string, number>();

  return async (channel, { context, extension, priority }) => {
    const place = `${context},${extension},${priority}`;
    const since = thereSince.get(place);
    if (since !== undefined && performance.now() - since < BELIEVE_FOR_MS) return 'there';

    const reply = await ari.readVariable(channel, `DIALPLAN_EXISTS(${place})`);
    if (reply.kind !== 'ok') return 'unsure';
    if (reply.body.value !== '1') {
      thereSince.delete(place);
      return 'missing';
    }
    if (thereSince.size >= REMEMBERED_MAX) thereSince.clear();
    thereSince.set(place, performance.now());
    return 'there';
  };
}
