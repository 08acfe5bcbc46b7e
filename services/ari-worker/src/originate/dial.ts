import { aboutAttempt } from '@dialgate/service-kit';
import type { Attempt, Obstacle, OriginateParts } from './attempt.js';

/** The dial request leaves within this time after its permission was asked for, or not at all. */
const DIAL_WITHIN_MS = 3_000;

/** A machine that was slow may still be; the others get their turn meanwhile. */
const RETRY_SOON_MS = 2_000;

/** Sends the dial request: once, whatever comes of it. */
export function createDial({ ari, room, lostDials, log }: OriginateParts) {
  /** @param askedAt when its permission was asked for, by `performance.now()`. */
  return async (attempt: Attempt, askedAt: number): Promise<Obstacle | null> => {
    const { known, channelId, lease, begunAt } = attempt;
    const { call } = known;
    const tookMs = performance.now() - askedAt;
    room.learn({ begunAt, step: 'dialed', tookMs });
    const withinMs = Math.floor(DIAL_WITHIN_MS - tookMs);
    if (withinMs <= 0) return notSent('the permission came too late');

    if (known.channelGone) return notSent('its channel was gone before it could be dialled');

    lostDials.sent(call.id, call.attempt, lease);
    const reply = await ari.dial(channelId, Math.ceil(call.ringTimeoutMs / 1000), withinMs);
    switch (reply.kind) {
      case 'ok':
        return null;
      case 'unknown':
        // The INVITE may be on its way, now or later. Never dial again; events or reconcile will tell.
        log.warn({ ...aboutAttempt(call.id, call.attempt), why: reply.why }, 'Dial unanswered');
        return null;
      case 'refused':
        lostDials.notSent(call.id);
        return notDialed({ status: reply.status, asterisk: reply.message });
      case 'not_reached':
        lostDials.notSent(call.id);
        return notSent(`Asterisk ${reply.why}`);
    }
  };
}

/** Our own slowness is no end of the call, and neither is an Asterisk that is away or not ready: it has carried out nothing. */
function notSent(why: string): Extract<Obstacle, { then: 'return_permit' }> {
  return { then: 'return_permit', why, retryInMs: RETRY_SOON_MS };
}

/** The call ends: Asterisk refused the dial. */
export function notDialed(detail: Readonly<Record<string, unknown>>): Extract<Obstacle, { then: 'fail' }> {
  return { then: 'fail', reason: 'not_dialed', detail, hasChannel: true };
}
