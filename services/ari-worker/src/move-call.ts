import type { Calls, Guard, Source } from '@dialgate/database';
import { DialgateError, isFinal, transitionFor, type Call, type CallEvent } from '@dialgate/domain';
import type { Logger } from '@dialgate/logging';
import type { FollowedCall } from './followed-calls.js';
import type { HeldSlots } from './held-slots.js';

/** Something that happened to a call and may move it. */
export interface Happening {
  readonly event: CallEvent;
  /** When it was heard, by `performance.now()`. */
  readonly heardAt: number;
  readonly asteriskAt?: Date | null;
  readonly source: Source;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export type MoveCall = ReturnType<typeof moveCalls>;

/** A call has fewer statuses than that, and each lost race means that it has moved. */
const TRIES = 10;

/**
 * Decides what a happening does to a call and writes it. To be used one at a time per call (in-order.ts). Waits, in order,
 * for a database that is away.
 *
 * @returns whether the call moved.
 */
export function moveCalls(options: {
  readonly calls: Pick<Calls, 'apply' | 'find'>;
  readonly held: Pick<HeldSlots, 'epochOf'>;
  readonly log: Logger;
}) {
  const { calls, held, log } = options;

  function rightToWrite({ attempt, claim }: Call): Guard | null {
    if (claim === null) return null;
    return held.epochOf(claim.slotId) === claim.slotEpoch ? { attempt, slotEpoch: claim.slotEpoch } : null;
  }

  return async (followedCall: FollowedCall, happening: Happening): Promise<boolean> => {
    const { event } = happening;
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      // An end is decided on the row as it stands: the client's wish may have been stored a moment ago.
      if (attempt > 1 || endsUnanswered(event, followedCall)) {
        const fresh = await patiently(() => calls.find(followedCall.call.id));
        if (fresh?.attempt !== followedCall.call.attempt) return false;
        followedCall.call = fresh;
      }
      const { call } = followedCall;
      const transition = transitionFor(event, call);
      if (transition === null) return false;

      // Only an owner writes: its slot's epoch must be the row's, now and in the statement.
      const guard = rightToWrite(call);
      if (guard === null) return false;
      const { source, heardAt, asteriskAt = null, detail = {} } = happening;
      const write = { callId: call.id, transition, guard, source, heardAt, asteriskAt, detail };
      if (!(await patiently(() => calls.apply(write)))) continue;

      const ringingAt = transition.to === 'ringing' ? new Date() : call.ringingAt;
      followedCall.call = { ...call, status: transition.to, ringingAt };
      if (transition.to !== transition.from) {
        const { from, to, failureReason, hangupCause } = transition;
        log.info({ callId: call.id, event: event.type, from, to, failureReason, hangupCause }, 'Updated call status');
      }
      return transition.to !== transition.from;
    }
    log.error({ callId: followedCall.call.id, event: event.type }, 'Call could not be moved');
    return false;
  };
}

function endsUnanswered(event: CallEvent, { call }: FollowedCall): boolean {
  return event.type === 'hung_up' && call.status !== 'answered' && !isFinal(call.status);
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;

/** Repeats what the database was away for, until it is back. What was heard in the meantime waits behind it, in order. */
export async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** Whether this is the database's absence, which passes, and not a fault, which does not. */
export function isDatabaseAway(error: unknown): boolean {
  return error instanceof DialgateError && error.code === 'database_unavailable';
}
