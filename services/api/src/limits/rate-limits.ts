import type { Logger } from '@dialgate/service-kit';
import { countHits, type Hit } from './hits.js';
import { openRedisLink } from './redis-link.js';
import { keepStates, type Change } from './states.js';

/** What several instances of a service count together. Nothing here ever fails or waits longer than 0.25 s for Redis. */
export interface RateLimits {
  /**
   * Counts one more under this key and says how many that makes in the present window. A window begins with its first
   * hit and lasts `windowMs` milliseconds.
   */
  readonly hit: (key: string, windowMs: number) => Promise<Hit>;
  /**
   * Reads what is kept under these keys and writes what `change` makes of it, all at once or not at all. `change` must be
   * pure: it is asked again when somebody else was faster.
   */
  readonly update: <State, Result>(keys: readonly string[], change: Change<State, Result>) => Promise<Result>;
  /** Whether counts are shared just now, as opposed to kept by this process alone. */
  readonly shared: () => boolean;
  readonly close: () => void;
}

/**
 * Opens the counters: in Redis, shared by all instances, and in memory while Redis is away, refuses or does not answer.
 * What Redis last said is remembered, so that its going gives nobody a fresh allowance; it is used again by itself.
 *
 * In memory each instance counts what it sees itself: with n instances up to n times the limit may pass meanwhile.
 */
export function openRateLimits(options: {
  readonly redisUrl: string;
  /** First part of all keys in Redis. */
  readonly prefix: string;
  readonly log: Logger;
}): RateLimits {
  const link = openRedisLink(options);
  return {
    hit: countHits(link, `${options.prefix}:limits:hits:`),
    update: keepStates(link, `${options.prefix}:limits:`),
    shared: link.usable,
    close: link.close,
  };
}
