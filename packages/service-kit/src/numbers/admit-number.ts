import { judgeNumber, type NumberPolicy, type NumberVerdict, type ReadNumber } from '@dialgate/domain';

let loading: Promise<{ readonly readNumber: ReadNumber }> | undefined;

/** Decides whether a number may be called: see `judgeNumber`. What is known of the world's numbers is loaded with the first. */
export async function admitNumber(number: string, policy: NumberPolicy): Promise<NumberVerdict> {
  loading ??= import('./read-number.js');
  return judgeNumber(number, policy, (await loading).readNumber);
}
