import type { Attempt, Obstacle, OriginateParts } from './attempt.js';

/** A machine that was slow may still be; the others get their turn meanwhile. */
const RETRY_SOON_MS = 2_000;

/** Sends the dial request: once, whatever comes of it. */
export function createDial({ ari, lostDials, log }: OriginateParts) {
  /** @param deadline by `performance.now()`; later than that nothing is sent. */
  return async ({ known: { call }, channelId, lease }: Attempt, deadline: number): Promise<Obstacle | null> => {
    const withinMs = Math.floor(deadline - performance.now());
    // Our own slowness is no end of the call.
    if (withinMs <= 0) return { then: 'return_permit', why: 'the permission came too late', retryInMs: RETRY_SOON_MS };

    lostDials.sent(call.id, call.attempt, lease);
    const reply = await ari.dial(channelId, Math.ceil(call.ringTimeoutMs / 1000), withinMs);
    switch (reply.kind) {
      case 'ok':
        return null;
      case 'unknown':
        // The INVITE may be on its way, now or later. Never dial again; events or reconcile will tell.
        log.warn({ callId: call.id, why: reply.why }, 'Dial unanswered');
        return null;
      case 'refused':
        lostDials.notSent(call.id);
        return notDialed({ status: reply.status, asterisk: reply.message });
      case 'not_reached':
        lostDials.notSent(call.id);
        return notDialed({ why: reply.why });
    }
  };
}

/** The call ends: Asterisk refused the dial, or could not be reached. */
export function notDialed(detail: Readonly<Record<string, unknown>>): Extract<Obstacle, { then: 'fail' }> {
  return { then: 'fail', reason: 'not_dialed', detail, hasChannel: true };
}
