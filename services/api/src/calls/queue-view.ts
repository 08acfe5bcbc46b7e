import type { QueuePlace } from '@dialgate/database';
import type { DialLimits } from '@dialgate/redis';

/** No dial time is given out further ahead than this and one gap; a later one is of a clock that was set back. */
const PACE_AHEAD_MS = 1_000;

/**
 * What a waiting call's owner is told of its place in the queue. The order is that in which the calls became due; a call that goes
 * back, because a worker or its Asterisk could not dial it, may be overtaken.
 *
 * @param place null: it does not wait.
 * @param limits those of the workers; null when they are not known.
 */
export function queueView(place: QueuePlace | null, limits: DialLimits | null) {
  if (place === null) return null;
  const isDue = place.dueAt <= place.now;
  const start = isDue ? estimatedStart(place, limits) : place.dueAt;
  return {
    position: isDue && place.ahead !== null ? place.ahead + 1 : null,
    estimated_start: start === null ? null : start.toISOString(),
  };
}

/**
 * By the pace and the room that are configured. Null where only a guess could be made: nobody takes calls, too many wait, or the
 * call needs the place of one that is still going on, for nobody knows how long people talk.
 */
function estimatedStart(
  { now, ahead, open, nextDialAt, isServed }: QueuePlace,
  limits: DialLimits | null,
): Date | null {
  if (!isServed || limits === null || ahead === null) return null;
  const { maxConcurrentCalls: lines, originatePerSecond: pace } = limits;
  if (lines > 0 && open + ahead >= lines) return null;
  if (pace === 0) return now;
  const gapMs = 1_000 / pace;
  const next = Math.min(nextDialAt.getTime(), now.getTime() + PACE_AHEAD_MS + gapMs);
  return new Date(Math.max(next, now.getTime()) + ahead * gapMs);
}
