import type { Lease } from '@dialgate/database';
import { channelIdFor, type Call } from '@dialgate/domain';
import type { JobEnd } from '@dialgate/redis';
import { aboutAttempt } from '@dialgate/service-kit';
import { tryAgainSoon, type Attempt, type Obstacle, type OriginateParts } from './attempt.js';
import { createBlameBox } from './blame-box.js';
import { createCheckAdmission } from './check-admission.js';
import { createClaimCall } from './claim-call.js';
import { createCreateChannel } from './create-channel.js';
import { createDial } from './dial.js';
import { createWaitForPermission } from './dial-permission.js';
import { createCheckDialplan } from './check-dialplan.js';
import { createGiveUp } from './give-up.js';

const ENTER_WITHIN_MS = 5_000;

/** A job that came just as this worker stopped taking any: another one has it at once, and this one takes none until it knows better. */
const NOT_NOW: JobEnd = { putBackForMs: 200, resting: 'own' };

/**
 * Carries out one originate job. Everything before the permission may be repeated freely. Only the worker that gets the
 * permission dials, once.
 *
 * A job that cannot be carried out now is simply done: the row's `next_enqueue_at` brings the call back. A limit over all workers
 * or of this box, and a worker that does not originate just now, put it back into its place in the queue.
 */
export function createOriginateCall(parts: OriginateParts): (callId: string) => Promise<JobEnd> {
  const { slot, breaker, room, followed, lostDials, underWay, log } = parts;
  const claimCall = createClaimCall(parts);
  const checkAdmission = createCheckAdmission(parts);
  const createChannel = createCreateChannel(parts);
  const checkDialplan = createCheckDialplan(parts);
  const blameBox = createBlameBox(parts);
  const waitForPermission = createWaitForPermission(parts);
  const dial = createDial(parts);
  const giveUp = createGiveUp(parts);

  return async (callId) => {
    if (underWay.has(callId)) return 'done';
    const lease = slot.lease();
    if (lease === null || !breaker.takes()) return NOT_NOW;
    underWay.add(callId);
    try {
      const claim = await claimCall(callId, lease);
      if (claim.outcome === 'nothing_to_do') return 'nothing_to_do';
      if (claim.outcome === 'at_capacity')
        return { putBackForMs: claim.retryInMs, resting: claim.of === 'all' ? 'all' : 'own' };
      const dialed = lostDials.attemptOf(callId);
      // A row that waits although it was dialled here has lost that: it rings nobody again.
      if (dialed !== null) await lostDials.restore(claim.call, dialed);
      else await originate(claim.call, lease, performance.now() + claim.dialInMs);
      return 'done';
    } finally {
      underWay.delete(callId);
    }
  };

  /** The whole way of a claimed call. Each step says what keeps it from the next, if anything does. */
  async function originate(call: Call, lease: Lease, dialAt: number): Promise<void> {
    const attempt = begin(call, lease, dialAt);
    const obstacle =
      (await checkAdmission(attempt)) ??
      (await blameBox(attempt, (await enterApplication(attempt)) ?? (await checkDialplan(attempt))));
    if (obstacle !== null) return giveUp(attempt, obstacle);

    const permission = await waitForPermission(attempt);
    if (permission.then !== 'dial') return giveUp(attempt, permission);

    const refusal = await dial(attempt, permission.askedAt);
    if (refusal !== null) await giveUp(attempt, refusal);
  }

  function begin(call: Call, lease: Lease, dialAt: number): Attempt {
    const { id: callId, attempt, phoneNumber } = call;
    const known = followed.learn(call);
    log.info({ ...aboutAttempt(callId, attempt), phoneNumber }, 'Originate begins');
    return {
      known,
      token: { attempt, slotId: lease.slotId, slotEpoch: lease.epoch },
      channelId: channelIdFor(callId, attempt),
      lease,
      begunAt: performance.now(),
      dialAt,
    };
  }

  /** Makes the channel, and waits until it has entered our application. */
  async function enterApplication(attempt: Attempt): Promise<Obstacle | null> {
    const arrival = slot.expect(attempt.channelId);
    const askedAt = performance.now();
    try {
      const obstacle = await createChannel(attempt);
      if (obstacle !== null) return obstacle;
      const entered = await arrival.within(ENTER_WITHIN_MS);
      room.learn({ begunAt: attempt.begunAt, step: 'entered', tookMs: performance.now() - askedAt });
      if (entered) return null;
      slot.requireReconcile('channel never entered the application');
      return { ...tryAgainSoon('channel never entered the application'), byBox: true };
    } finally {
      arrival.forget();
    }
  }
}
