import type { Calls, Observation } from '@dialgate/database';
import { transitionFor, type Call } from '@dialgate/domain';
import { aboutAttempt, logStatusUpdate, type Logger } from '@dialgate/service-kit';
import type { HeldSlots } from '../slots/held-slots.js';
import { inHand, type FollowedCall } from './followed-calls.js';
import type { LostDials } from './lost-dials.js';
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
  readonly lostDials: Pick<LostDials, 'isLost' | 'isAnothers' | 'restore'>;
  readonly log: Logger;
}): ApplyEvent {
  const { calls, held, lostDials, log } = options;

  return async (followedCall, observation) => {
    const { callId, attempt, event } = observation;
    if (typeof event === 'string' || event.type === 'hangup_requested') {
      await retryWhileDatabaseIsDown(() => calls.note(observation));
      return false;
    }
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries > 0 || mayBeOld(observation, followedCall) || !held.owns(followedCall.call)) {
        if (!(await refresh(followedCall, observation))) return false;
      }
      const { call } = followedCall;
      const transition = transitionFor(event, call);
      if (transition === null || call.claim === null) return false;

      const token = { attempt: call.attempt, ...call.claim };
      if (!(await retryWhileDatabaseIsDown(() => calls.apply(observation, transition, token)))) continue;

      followedCall.call = { ...call, status: transition.to, rang: call.rang || transition.to === 'ringing' };
      logStatusUpdate(log, { callId: call.id, attempt: call.attempt, ...transition });
      return transition.to !== transition.from;
    }
    log.error({ ...aboutAttempt(callId, attempt), event: event.type }, 'Call could not be moved');
    return false;
  };

  /**
   * Reads the row anew. What Asterisk said is true whoever holds the slot: while a slot changes hands, the old holder's socket
   * may be the only one that receives it. What was concluded is only the present holder's to write.
   *
   * @returns whether it is still the same attempt and may be written for.
   */
  async function refresh(followedCall: FollowedCall, observation: Observation): Promise<boolean> {
    const { id, attempt } = followedCall.call;
    const isAsterisks = observation.source === 'asterisk';
    const find = (): Promise<Call | null> => retryWhileDatabaseIsDown(() => calls.find(id));
    let fresh = await find();
    if (fresh !== null && isAsterisks && lostDials.isLost(fresh, attempt, soundsDialed(observation))) {
      if (await lostDials.restore(fresh, attempt)) fresh = await find();
    }
    if (fresh?.attempt !== followedCall.call.attempt || !(isAsterisks || held.owns(fresh))) return false;
    // What was concluded by who holds its slot is of the row as it stands, whoever dialled it.
    if (isAsterisks && lostDials.isAnothers(fresh)) return false;
    // What is behind in the row after a lost commit is not forgotten here: a phone that rang has rung.
    followedCall.call = { ...inHand(fresh), rang: fresh.ringingAt !== null || followedCall.call.rang };
    return true;
  }
}

/**
 * The permission to dial a call that is pending as far as we know may have been given, and its answer be on the way. And what was
 * concluded was concluded from the row: it may be behind what we know when the database has lost a commit.
 */
function mayBeOld({ source }: Observation, { call }: FollowedCall): boolean {
  return source === 'sweep' || (source === 'asterisk' && call.status === 'pending');
}

/** Nothing rings or is answered that was not dialled. The end of what was never up says nothing: deleting a channel is one, too. */
function soundsDialed({ event }: Observation): boolean {
  if (typeof event === 'string') return false;
  return event.type === 'ringing' || event.type === 'answered' || (event.type === 'hung_up' && event.wasUp);
}
