import type { ClaimAnswer, Lease } from '@dialgate/database';
import { isDatabaseAway, retryWhileDatabaseIsDown } from '../events/retry-while-database-is-down.js';
import { isClaimedUnder, type OriginateParts } from './attempt.js';

/** Claims a call for a slot. While a limit, over all workers or of its box, is known to be reached, the database is not asked. */
export function createClaimCall({ calls, limits }: OriginateParts) {
  /** By `performance.now()`. */
  let full: { readonly of: 'all' | 'box'; readonly until: number } = { of: 'all', until: 0 };

  return async (callId: string, lease: Lease): Promise<ClaimAnswer> => {
    // The jobs that were fetched beside the one that found it out need not ask again, nor make the pause longer.
    const retryInMs = Math.ceil(full.until - performance.now());
    if (retryInMs > 0) return { outcome: 'at_capacity', of: full.of, retryInMs };

    const answer = await claim(callId, lease);
    if (answer.outcome === 'at_capacity') full = { of: answer.of, until: performance.now() + answer.retryInMs };
    return answer;
  };

  /** A claim whose answer got lost may have been written: then the row carries our slot, and nobody else works on it. */
  async function claim(callId: string, lease: Lease): Promise<ClaimAnswer> {
    try {
      return await calls.claim(callId, lease, limits);
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
    }
    const call = await retryWhileDatabaseIsDown(() => calls.find(callId));
    if (!isClaimedUnder(call, lease) || call.status !== 'pending') return { outcome: 'nothing_to_do' };
    return { outcome: 'claimed', call, dialInMs: 0 };
  }
}
