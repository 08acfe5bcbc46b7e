import { aboutAttempt } from '@dialgate/service-kit';
import { appOf } from '../ari/channels.js';
import type { AriChannel } from '../ari/events.js';
import { showsDial } from '../ari/last-response.js';
import { retryWhileDatabaseIsDown } from '../events/retry-while-database-is-down.js';
import { isClaimedUnder, type Attempt, type Obstacle, type OriginateParts } from './attempt.js';
import { notDialed } from './dial.js';

/** Ends an attempt that has met an obstacle. The row is always written before the channel is removed. */
export function createGiveUp({ calls, ari, followed, lostDials, order, applyEvent, log }: OriginateParts) {
  return async (attempt: Attempt, obstacle: Obstacle): Promise<void> => {
    if (obstacle.then === 'fail') await fail(attempt, obstacle);
    if (obstacle.then === 'void_claim') await voidClaim(attempt, obstacle);
    if (obstacle.then === 'return_permit') await returnPermit(attempt, obstacle);
    if (obstacle.then === 'yield') await yieldChannel(attempt);
  };

  async function fail(
    { known, token, channelId }: Attempt,
    { reason, detail, hasChannel }: Extract<Obstacle, { then: 'fail' }>,
  ): Promise<void> {
    const { id: callId, attempt } = known.call;
    const event = { type: 'refused', reason } as const;
    const observation = { callId, attempt, event, source: 'worker', receivedAt: performance.now(), detail } as const;
    await order.run(callId, () => applyEvent(known, observation));
    if (hasChannel) await ari.hangUp(channelId);
    followed.forget(callId, token.attempt);
  }

  /** Void first, then DELETE: a channel nobody has a claim on is one that nobody will dial. */
  async function voidClaim(
    attempt: Attempt,
    { why, retryInMs, hasChannel, isRefusal }: Extract<Obstacle, { then: 'void_claim' }>,
  ): Promise<void> {
    const { known, token } = attempt;
    const callId = known.call.id;
    const voided = await retryWhileDatabaseIsDown(() => calls.voidClaim(callId, token, why, retryInMs, isRefusal));
    log.warn({ ...aboutAttempt(callId, token.attempt), why, voided }, 'Originate given back');
    if (hasChannel) await yieldChannel(attempt);
    else followed.forget(callId, token.attempt);
  }

  /**
   * Only the one who was given the permission knows that no dial was sent, and sends none from here on. Returned first, then
   * DELETE. A call whose client wants it to end is not returned but ends; one that an adopter has is the adopter's.
   */
  async function returnPermit(
    attempt: Attempt,
    { why, retryInMs }: Extract<Obstacle, { then: 'return_permit' }>,
  ): Promise<void> {
    const { known, token } = attempt;
    const callId = known.call.id;
    const returned = await retryWhileDatabaseIsDown(() => calls.returnPermit({ callId, ...token }, why, retryInMs));
    log.warn({ ...aboutAttempt(callId, token.attempt), why, returned }, 'Permission given back');
    if (returned) return yieldChannel(attempt);
    const call = await retryWhileDatabaseIsDown(() => calls.find(callId));
    const stillPermitted = call?.attempt === token.attempt && call.status === 'dialing';
    return stillPermitted ? fail(attempt, notDialed({ why })) : yieldChannel(attempt);
  }

  /**
   * Removes the channel, unless another holds the call by now, who has its channel as well: the slot was adopted, or a failover lost
   * the claim of a slot that follows the call since.
   */
  async function yieldChannel({ known, token, lease, channelId }: Attempt): Promise<void> {
    const callId = known.call.id;
    const call = await retryWhileDatabaseIsDown(() => calls.find(callId));
    followed.forget(callId, token.attempt);
    const isAnothers =
      call?.attempt === token.attempt && call.endedAt === null && call.claim !== null && !isClaimedUnder(call, lease);
    if (isAnothers) return;
    const shown = await lookAt(ari, channelId);
    if (shown === 'unknown') return; // What it is comes out when rows are compared with channels.
    if (shown !== 'undialed' && call?.attempt === token.attempt && call.endedAt === null) {
      // A failover has lost a claim, and this attempt had the number of one that was dialled.
      if (lostDials.isLost(call, token.attempt, true)) await lostDials.restore(call, token.attempt, appOf(shown));
    } else await ari.hangUp(channelId);
  }
}

/** An attempt has not dialled its channel; but when making it went unanswered, that may be another's of the same name. */
async function lookAt(
  ari: Pick<OriginateParts['ari'], 'channel' | 'readVariable'>,
  channelId: string,
): Promise<AriChannel | 'undialed' | 'unknown'> {
  const reply = await ari.channel(channelId);
  if (reply.kind === 'refused' && reply.status === 404) return 'undialed'; // It may be made yet.
  if (reply.kind !== 'ok') return 'unknown';
  return showsDial(ari, reply.body).then(
    (isDialed) => (isDialed ? reply.body : 'undialed'),
    () => 'unknown',
  );
}
