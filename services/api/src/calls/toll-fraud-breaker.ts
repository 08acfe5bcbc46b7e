import type { Users } from '@dialgate/database';
import { DialgateError, isSignOfFraud } from '@dialgate/domain';
import type { Logger } from '@dialgate/service-kit';
import type { CreateCall } from './create-call.js';
import type { WantedCall } from './judge-call.js';

/** Within which time refusals are counted, in milliseconds; it begins with the first. */
const WINDOW_MS = 3_600_000;

/**
 * Suspends a user whose requests were refused so often, for reasons such as a stolen token collects, within an hour. The refusals
 * are counted in Redis over all instances, so that a restart forgets none; while Redis is away each instance goes on counting by
 * itself. Whatever goes wrong in counting or suspending, the request stays refused and others are not.
 *
 * @param refusals how many suspend; 0 is off.
 */
export function withTollFraudBreaker(
  createCall: CreateCall,
  deps: {
    readonly refusals: number;
    readonly users: Pick<Users, 'suspend'>;
    /** Counts one more under the key, in a window of so many milliseconds, over all instances; never fails. */
    readonly hit: (key: string, windowMs: number) => Promise<{ readonly hits: number }>;
    readonly log: Logger;
  },
): CreateCall {
  const { refusals, users, hit, log } = deps;
  if (refusals === 0) return createCall;

  async function count({ userId, suspensionLiftedAt }: WantedCall): Promise<void> {
    // A suspension that was lifted begins a new count.
    const since = suspensionLiftedAt?.getTime() ?? 0;
    const { hits } = await hit(`fraud:${userId}:${since}`, WINDOW_MS);
    if (hits < refusals) return;
    const suspended = await users.suspend(userId, `TOLL_FRAUD_BREAKER: ${refusals} refused requests within an hour`);
    if (suspended) log.warn({ userId, refusals }, 'User suspended by toll fraud breaker');
  }

  return async (wanted) => {
    try {
      return await createCall(wanted);
    } catch (error) {
      if (error instanceof DialgateError && isSignOfFraud(error.code)) {
        await count(wanted).catch((failure: unknown) =>
          log.error({ userId: wanted.userId, error: failure }, 'Suspending a user failed'),
        );
      }
      throw error;
    }
  };
}
