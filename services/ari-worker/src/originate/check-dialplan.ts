import { tryAgainSoon, type OriginateParts, type Step } from './attempt.js';

/** A dialplan is reloaded now and then; until a yes is this old it is believed. */
const BELIEVE_FOR_MS = 3_000;

const REMEMBERED_MAX = 1_000;

/**
 * Asks whether the dialplan has a place for the answered call, before anybody is rung: when the context or extension is
 * missing, Asterisk drops the callee at once. Only a channel can ask; the function needs one to look from.
 */
export function createCheckDialplan({ ari }: OriginateParts): Step {
  const thereSince = new Map<string, number>();

  return async ({ known, channelId }) => {
    const { context, extension, priority } = known.call.destination;
    const place = `${context},${extension},${priority}`;
    const since = thereSince.get(place);
    if (since !== undefined && performance.now() - since < BELIEVE_FOR_MS) return null;

    const reply = await ari.readVariable(channelId, `DIALPLAN_EXISTS(${place})`);
    if (reply.kind !== 'ok') return tryAgainSoon('dialplan could not be asked');
    if (reply.body.value !== '1') {
      thereSince.delete(place);
      return { then: 'fail', reason: 'dialplan_missing', detail: {}, hasChannel: true, byBox: true };
    }
    if (thereSince.size >= REMEMBERED_MAX) thereSince.clear();
    thereSince.set(place, performance.now());
    return null;
  };
}
