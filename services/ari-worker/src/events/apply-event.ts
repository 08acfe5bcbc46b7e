import type { Calls, Observation } from '@dialgate/database';
import { transitionFor } from '@dialgate/domain';
import { logStatusUpdate, type Logger } from '@dialgate/service-kit';
import type { HeldSlots } from '../slots/held-slots.js';
import { inHand, type FollowedCall } from './followed-calls.js';
import { retryWhileDatabaseIsDown } from './retry-while-database-is-down.js';

/** @returns whether the call moved. */
export type ApplyEvent = (followedCall: FollowedCall, observation: Observation) => Promise<boolean>;

/** A call has fewer statuses than that, and each lost race means that it has moved or has a cancel request. */
const TRIES = 10;

/**
 * Decides what an observation does to a call and writes it. To be used one at a time per call (serialize-by-key.ts). While the
 * database is down it waits, in order.
 */
export function createApplyEvent(options: {
  readonly calls: Pick<Calls, 'apply' | 'find' | 'note'>;
  readonly held: Pick<HeldSlots, 'owns'>;
  readonly log: Logger;
}): ApplyEvent {
  const { calls, held, log } = options;

  return async (followedCall, observation) => {
    const { event } = observation;
    if (typeof event === 'string' || event.type === 'hangup_requested') {
      await retryWhileDatabaseIsDown(() => calls.note(observation));
      return false;
    }
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries > 0 || mayBeDialed(observation, followedCall) || !held.owns(followedCall.call)) {
        if (!(await refresh(followedCall, observation.source === 'asterisk'))) return false;
      }
      const { call } = followedCall;
      const transition = transitionFor(event, call);
      if (transition === null || call.claim === null) return false;

      const token = { attempt: call.attempt, slotEpoch: call.claim.slotEpoch };
      if (!(await retryWhileDatabaseIsDown(() => calls.apply(observation, transition, token)))) continue;

      followedCall.call = { ...call, status: transition.to, rang: call.rang || transition.to === 'ringing' };
      logStatusUpdate(log, { callId: call.id, attempt: call.attempt, ...transition });
      return transition.to !== transition.from;
    }
    log.error({ callId: followedCall.call.id, event: event.type }, 'Call could not be moved');
    return false;
  };

  /**
   * Reads the row anew. What Asterisk said is true whoever holds the slot: while a slot changes hands, the old holder's socket
   * may be the only one that receives it. What was concluded is only the present holder's to write.
   *
   * @returns whether it is still the same attempt and may be written for.
   */
  async function refresh(followedCall: FollowedCall, isAsterisks: boolean): Promise<boolean> {
    const fresh = await retryWhileDatabaseIsDown(() => calls.find(followedCall.call.id));
    if (fresh?.attempt !== followedCall.call.attempt || !(isAsterisks || held.owns(fresh))) return false;
    followedCall.call = inHand(fresh);
    return true;
  }
}

/** The permission to dial a call that is pending as far as we know may have been given, and its answer be on the way. */
function mayBeDialed({ source }: Observation, { call }: FollowedCall): boolean {
  return source === 'asterisk' && call.status === 'pending';
}
