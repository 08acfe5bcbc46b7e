import { openRedisScripts } from '@dialgate/redis';
import type { Logger } from '@dialgate/service-kit';
import { createHitCounter } from './hits.js';
import { createSharedStates } from './states.js';

/** What several instances of a service count together. Nothing here ever fails or waits longer than 0.25 s for Redis. */
export type RateLimits = ReturnType<typeof openRateLimits>;

/**
 * Opens the counters: in Redis, shared by all instances, and in memory while Redis is away, refuses or does not answer.
 * What Redis last said is remembered, so that its going gives nobody a fresh allowance; it is used again by itself.
 *
 * In memory each instance counts what it sees itself: with n instances up to n times the limit may pass meanwhile.
 */
export function openRateLimits(options: {
  readonly redisUrl: string;
  /** QUEUE_PREFIX, in the first part of all keys in Redis. */
  readonly prefix: string;
  readonly log: Logger;
}) {
  const { redisUrl, prefix, log } = options;
  const role = 'rate-limits';
  const scripts = openRedisScripts({
    redisUrl,
    prefix,
    under: ':limits:',
    onAway: (error) => log.warn({ role, error }, 'Rate limits in memory'),
    onBack: () => log.info({ role }, 'Rate limits shared again'),
  });
  return {
    /**
     * Counts one more under this key and says how many that makes in the present window. A window begins with its first
     * hit and lasts `windowMs` milliseconds.
     */
    hit: createHitCounter(scripts),
    /** Reads what is kept under these keys and writes what the change makes of it, all at once or not at all. */
    update: createSharedStates(scripts),
    /** Whether counts are shared just now, as opposed to kept by this process alone. */
    shared: scripts.usable,
    close: scripts.close,
  };
}
