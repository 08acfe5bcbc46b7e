import type { Call, JudgedCall, Verdict } from '@dialgate/domain';
import { retryWhileDatabaseIsDown } from '../events/retry-while-database-is-down.js';
import type { OriginateParts, Step } from './attempt.js';

type AskedCall = JudgedCall & Pick<Call, 'userId' | 'phoneNumber'>;

/**
 * Decides again whether the call may be placed, by this worker's own settings and by what the database says now: settings,
 * permissions and the do-not-call list may have changed while it waited, and the hour has.
 */
export function createCheckAdmission({ admission, admissionFacts, log }: OriginateParts): Step {
  return async ({ known: { call } }) => {
    const verdict = await judged(call);
    if (verdict.verdict === 'allowed') return null;
    const refusal = verdict.verdict === 'refused' ? verdict.refusal : 'malformed';
    log.info({ callId: call.id, refusal }, 'Call not allowed any more');
    return { then: 'fail', reason: 'not_allowed', detail: { refusal }, hasChannel: false };
  };

  async function judged(call: AskedCall): Promise<Verdict> {
    const number = await admission.number(call.phoneNumber);
    if (number.verdict !== 'allowed') return number;
    const facts = await retryWhileDatabaseIsDown(() => admissionFacts(call.userId, number.mayRing));
    return admission.call(call, number, facts);
  }
}
