import {
  allThatMayRing,
  firstMomentInside,
  zonedWindowOf,
  type Call,
  type JudgedCall,
  type Verdict,
} from '@dialgate/domain';
import { aboutAttempt } from '@dialgate/service-kit';
import { retryWhileDatabaseIsDown } from '../events/retry-while-database-is-down.js';
import type { Obstacle, OriginateParts, Step } from './attempt.js';

type AskedCall = JudgedCall & Pick<Call, 'userId' | 'phoneNumber' | 'callingWindow'>;

/** How long a call is left alone whose hours never come again; it expires meanwhile. */
const NEVER_AGAIN_MS = 3_600_000;

/**
 * Decides again whether the call may be placed, by this worker's own settings and by what the database says now: settings,
 * permissions and the do-not-call list may have changed while it waited, and the hour has. A call that its client wants at other
 * hours goes on waiting, as long as it has not expired.
 */
export function createCheckAdmission({ admission, admissionFacts, log }: OriginateParts): Step {
  return async ({ known: { call } }) => {
    const { verdict, at } = await judged(call);
    if (verdict.verdict === 'allowed') return outsideItsHours(call, at);
    const refusal = verdict.verdict === 'refused' ? verdict.refusal : 'malformed';
    log.info({ ...aboutAttempt(call.id, call.attempt), refusal }, 'Call not allowed any more');
    return { then: 'fail', reason: 'not_allowed', detail: { refusal }, hasChannel: false };
  };

  async function judged(call: AskedCall): Promise<{ readonly verdict: Verdict; readonly at: Date }> {
    const number = await admission.number(call.phoneNumber);
    if (number.verdict !== 'allowed') return { verdict: number, at: new Date(0) };
    const mayRing = allThatMayRing(number, await admission.second(call.connectTo));
    const facts = await retryWhileDatabaseIsDown(() => admissionFacts(call.userId, mayRing));
    return { verdict: await admission.call(call, number, facts), at: facts.at };
  }
}

/** @param at by the database's clock. */
function outsideItsHours({ callingWindow }: AskedCall, at: Date): Obstacle | null {
  if (callingWindow === null) return null;
  const opensAt = firstMomentInside([zonedWindowOf(callingWindow)], at);
  const retryInMs = opensAt === null ? NEVER_AGAIN_MS : opensAt.getTime() - at.getTime();
  if (retryInMs === 0) return null;
  return { then: 'void_claim', why: 'outside its calling window', retryInMs, hasChannel: false };
}
