import type { AskAdmissionFacts, Calls, NewCall } from '@dialgate/database';
import type { DialgateError } from '@dialgate/domain';
import { createJudgeCall, type WantedCall } from './judge-call.js';
import { createCheckHook } from './open-hook.js';
import { refusal } from './refusal.js';

/** What would become of a request for a call. */
export interface CheckedCall {
  readonly call: NewCall;
  /** Why it would be refused just now; null when it would be accepted. */
  readonly inTheWay: DialgateError | null;
}

export type CheckCall = (wanted: WantedCall) => Promise<CheckedCall>;

/**
 * Judges a request as if it were to make a call, and writes nothing. The do-not-call list is not asked: who is on it is nobody's
 * business, and a call costs nothing where it is refused.
 *
 * @throws DialgateError `invalid_request`, `overloaded`, `database_unavailable`
 */
export function createCheckCall(
  deps: Parameters<typeof createJudgeCall>[0] &
    Parameters<typeof createCheckHook>[0] & { readonly calls: Pick<Calls, 'limitInTheWay'> },
): CheckCall {
  const { admissionFacts, calls } = deps;
  const unlisted: AskAdmissionFacts = async (...asked) => ({
    ...(await admissionFacts(...asked)),
    onDoNotCallList: false,
  });
  const judgeCall = createJudgeCall({ ...deps, admissionFacts: unlisted });
  const checkHook = createCheckHook(deps);

  return async (wanted) => {
    const { call, verdict } = await judgeCall(wanted);
    const inTheWay =
      verdict.verdict === 'allowed'
        ? ((await checkHook(wanted)) ?? (await calls.limitInTheWay(call)))
        : refusal(verdict, wanted.number.field, wanted.body);
    return { call, inTheWay };
  };
}
