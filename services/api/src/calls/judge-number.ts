import { once } from '../once.js';
import type { NumberVerdict } from './number-policy.js';
import type { NumberPolicy } from './number-rules.js';

/** Decides whether a number may be called. What is known of the world's numbers is loaded with the first. */
export async function judgeNumber(number: string, policy: NumberPolicy): Promise<NumberVerdict> {
  return (await numberPolicy()).judgeNumber(number, policy);
}

const numberPolicy = once(() => import('./number-policy.js'));
