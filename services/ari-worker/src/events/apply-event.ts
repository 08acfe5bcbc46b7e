import type { Calls, Source } from '@dialgate/database';
import { transitionFor, type CallEvent } from '@dialgate/domain';
import { logStatusUpdate, type Logger } from '@dialgate/service-kit';
import type { FollowedCall } from './followed-calls.js';
import type { HeldSlots } from '../slots/held-slots.js';
import { retryWhileDatabaseIsDown } from './retry-while-database-is-down.js';

/** Something that happened to a call and may move it. */
export interface Happening {
  readonly event: CallEvent;
  /** When it was heard or, of what came late, would have been; by `performance.now()`. */
  readonly receivedAt: number;
  readonly asteriskAt?: Date | null;
  readonly source: Source;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export type MoveCall = ReturnType<typeof moveCalls>;

/** A call has fewer statuses than that, and each lost race means that it has moved or has a cancel request. */
const TRIES = 10;

/**
 * Decides what a happening does to a call and writes it. To be used one at a time per call (in-order.ts). Waits, in order,
 * for a database that is away.
 *
 * @returns whether the call moved.
 */
export function moveCalls(options: {
  readonly calls: Pick<Calls, 'apply' | 'find'>;
  readonly held: Pick<HeldSlots, 'owns'>;
  readonly log: Logger;
}) {
  const { calls, held, log } = options;

  return async (followedCall: FollowedCall, happening: Happening): Promise<boolean> => {
    const { event } = happening;
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      if (attempt > 1 || mayBeDialed(happening, followedCall) || !held.owns(followedCall.call)) {
        if (!(await refresh(followedCall, happening.source === 'asterisk'))) return false;
      }
      const { call } = followedCall;
      const transition = transitionFor(event, call);
      if (transition === null || call.claim === null) return false;

      const token = { attempt: call.attempt, slotEpoch: call.claim.slotEpoch };
      const { source, receivedAt, asteriskAt = null, detail = {} } = happening;
      const write = { callId: call.id, transition, token, source, receivedAt, asteriskAt, detail };
      if (!(await retryWhileDatabaseIsDown(() => calls.apply(write)))) continue;

      const ringingAt = transition.to === 'ringing' ? new Date() : call.ringingAt;
      followedCall.call = { ...call, status: transition.to, ringingAt };
      logStatusUpdate(log, { callId: call.id, attempt: call.attempt, ...transition });
      return transition.to !== transition.from;
    }
    log.error({ callId: followedCall.call.id, event: event.type }, 'Call could not be moved');
    return false;
  };

  /**
   * Reads the row anew. What was heard from Asterisk is true whoever holds the slot: while a slot changes hands, the old
   * holder's socket may be the only one that hears. What was concluded is only the present holder's to write.
   *
   * @returns whether it is still the same attempt and may be written for.
   */
  async function refresh(followedCall: FollowedCall, heard: boolean): Promise<boolean> {
    const fresh = await retryWhileDatabaseIsDown(() => calls.find(followedCall.call.id));
    if (fresh?.attempt !== followedCall.call.attempt || !(heard || held.owns(fresh))) return false;
    followedCall.call = fresh;
    return true;
  }
}

/** The permission to dial a call that is pending as far as we know may have been given, and its answer be on the way. */
function mayBeDialed({ source }: Happening, { call }: FollowedCall): boolean {
  return source === 'asterisk' && call.status === 'pending';
}
