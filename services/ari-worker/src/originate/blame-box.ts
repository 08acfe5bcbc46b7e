import { retryWhileDatabaseIsDown } from '../events/retry-while-database-is-down.js';
import { tryAgainSoon, type Attempt, type Obstacle, type OriginateParts } from './attempt.js';

/**
 * Tells the breaker how the box has fared with an attempt. What it has refused for its own reasons is no end of the call while
 * another box is alive that has not refused it, however often this one takes it before that: its breaker bounds how often.
 *
 * @returns what follows for the attempt.
 */
export function createBlameBox({ slots, breaker }: Pick<OriginateParts, 'slots' | 'breaker'>) {
  return async ({ known: { call }, lease }: Attempt, obstacle: Obstacle | null): Promise<Obstacle | null> => {
    if (obstacle === null) breaker.happened({ type: 'answered' });
    if (obstacle === null || !('byBox' in obstacle)) return obstacle;
    const others = await retryWhileDatabaseIsDown(() => slots.othersFor(call.id, lease));
    const why = obstacle.then === 'fail' ? obstacle.reason : 'not_made';
    breaker.happened({ type: 'refused', isAlone: others === 'none_alive', why });
    if (obstacle.then !== 'fail' || others !== 'one_left') return obstacle;
    const { reason, hasChannel } = obstacle;
    return { ...tryAgainSoon(`${reason} on this Asterisk`), hasChannel, isRefusal: true };
  };
}
