import { retryWhileDatabaseIsDown } from '../events/retry-while-database-is-down.js';
import { tryAgainSoon, type Attempt, type Obstacle, type OriginateParts } from './attempt.js';

/** A call that so many attempts have met an obstacle of ends by it, whichever boxes they were on. */
const ATTEMPTS_MAX = 3;

/**
 * Tells the breaker how the box has fared with an attempt. What it has refused for its own reasons is no end of the call while
 * another box could carry it.
 *
 * @returns what follows for the attempt.
 */
export function createBlameBox({ slots, breaker }: OriginateParts) {
  return async ({ known: { call }, lease }: Attempt, obstacle: Obstacle | null): Promise<Obstacle | null> => {
    if (obstacle === null) breaker.happened({ type: 'answered' });
    if (obstacle === null || !('byBox' in obstacle)) return obstacle;
    const isAlone = !(await retryWhileDatabaseIsDown(() => slots.isAnotherBoxAlive(lease)));
    breaker.happened({ type: 'refused', isAlone, why: obstacle.then === 'fail' ? obstacle.reason : 'not_made' });
    if (obstacle.then !== 'fail' || isAlone || call.attempt >= ATTEMPTS_MAX) return obstacle;
    return { ...tryAgainSoon(`${obstacle.reason} on this Asterisk`), hasChannel: obstacle.hasChannel };
  };
}
