import { once } from '../once.js';
import type { NumberVerdict } from './number-policy.js';
import type { NumberPolicy } from './number-rules.js';

/** The number of a request, where it stood there (`path.number`), and what the policy says of it. */
export interface AskedNumber {
  readonly text: string;
  readonly field: string;
  readonly verdict: NumberVerdict;
}

/** Decides whether a number may be called. What is known of the world's numbers is loaded with the first. */
export async function judgeNumber(number: string, policy: NumberPolicy): Promise<NumberVerdict> {
  return (await numberPolicy()).judgeNumber(number, policy);
}

const numberPolicy = once(() => import('./number-policy.js'));
