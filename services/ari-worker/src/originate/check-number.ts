import type { OriginateParts, Step } from './attempt.js';

/** Judges the number again, by this worker's own settings: they may have changed while the call waited. */
export function createCheckNumber({ admitNumber }: OriginateParts): Step {
  return async ({ known: { call } }) => {
    const judged = await admitNumber(call.phoneNumber);
    if (judged.verdict === 'allowed') return null;
    const refusal = judged.verdict === 'refused' ? judged.refusal : 'malformed';
    return { then: 'fail', reason: 'not_allowed', detail: { refusal }, hasChannel: false };
  };
}
