import { isFinal } from '@dialgate/domain';
import { logStatusUpdate, sleep } from '@dialgate/service-kit';
import { retryWhileDatabaseIsDown } from '../events/retry-while-database-is-down.js';
import { isClaimedUnder, tryAgainSoon, type Attempt, type Obstacle, type OriginateParts } from './attempt.js';

/** How soon a dial whose turn has not come asks again. */
const ASK_AGAIN_MS = 10;

/**
 * A dial whose turn has not come after so many questions is given up: what a stall has piled up would have all that come later
 * wait as well. Where answers are quick that is a second or two. Questions are counted and no time, for whoever is slow has
 * missed nothing: the pace is kept by the permissions.
 */
const MOST_QUESTIONS = 100;

/** Nor after so long, but for the first question: whether the call may be dialled at this hour, and to this number, was asked before. */
const ADMITTED_FOR_MS = 10_000;

/** The call may be dialled, once, soon after its permission was asked for (by `performance.now()`). */
interface Permission {
  readonly then: 'dial';
  readonly askedAt: number;
}

type Answer = 'granted' | 'denied' | 'not_yet';

/** Waits until it is the call's turn to be dialled, and asks for the one permission to dial it. */
export function createWaitForPermission({ calls, slot, limits, log }: OriginateParts) {
  const isPaced = limits.originatePerSecond > 0 || (limits.perBox?.originatePerSecond ?? 0) > 0;

  return async (attempt: Attempt): Promise<Permission | Obstacle> => {
    const admittedUntil = performance.now() + ADMITTED_FOR_MS;
    await until(attempt.dialAt);
    for (let questions = 1; questions <= MOST_QUESTIONS; questions++) {
      if (questions > 1) {
        await sleep(ASK_AGAIN_MS);
        if (performance.now() > admittedUntil) break;
      }
      if (!isStillReady(attempt)) return tryAgainSoon('the slot was not ready for the dial');
      const { answer, askedAt } = await permission(attempt);
      if (answer === 'denied') return { then: 'yield' };
      if (answer === 'granted') return granted(attempt, askedAt);
    }
    return tryAgainSoon('its turn to be dialled did not come');
  };

  function isStillReady({ lease }: Attempt): boolean {
    const current = slot.lease();
    return current?.slotId === lease.slotId && current.epoch === lease.epoch;
  }

  /**
   * The dial compare-and-set, also when its answer got lost: only this originate ever asks for this attempt, so a row that
   * is dialing under our attempt and epoch then is one that we have won. Where all answers came, such a row was made true again
   * for a dial of the same number that a failover had lost. One that still waits for us, under a limit, has not had its turn yet.
   *
   * It cannot have been given before it was asked for, which is when the first statement left that may have done so.
   */
  async function permission({ known, token, lease }: Attempt): Promise<{ answer: Answer; askedAt: number }> {
    const callId = known.call.id;
    let askedAt = performance.now();
    let left = false;
    let isAnswerLost = false;
    function onAsked(): void {
      if (!left) askedAt = performance.now();
      left = true;
    }
    const answer = await retryWhileDatabaseIsDown(async (): Promise<Answer> => {
      const asked = calls.permitDial({ callId, ...token }, limits, onAsked);
      asked.catch(() => (isAnswerLost = true));
      if (await asked) return 'granted';
      const call = await calls.find(callId);
      if (!isClaimedUnder(call, lease) || call.attempt !== token.attempt) return 'denied';
      if (call.status === 'dialing') return isAnswerLost ? 'granted' : 'denied';
      return isPaced && call.status === 'pending' && call.cancelRequestedAt === null ? 'not_yet' : 'denied';
    });
    return { answer, askedAt };
  }

  function granted({ known, token }: Attempt, askedAt: number): Permission | Obstacle {
    // Its channel was removed, and we were told so before this answer came: the client took the call back.
    if (isFinal(known.call.status)) return { then: 'nothing' };
    known.call = { ...known.call, status: 'dialing', dialed: true };
    const moved = { event: 'dial_sent', from: 'pending', to: 'dialing' } as const;
    logStatusUpdate(log, { callId: known.call.id, attempt: token.attempt, ...moved });
    return { then: 'dial', askedAt };
  }
}

async function until(at: number): Promise<void> {
  const ms = at - performance.now();
  if (ms > 0) await sleep(ms);
}
