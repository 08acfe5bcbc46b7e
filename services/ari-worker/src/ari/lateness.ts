/** Within so long the quickest event is taken for one that came at once, in milliseconds. */
const WINDOW_MS = 60_000;

/** A socket that was silent for ten seconds is given up: what seems to be later than this comes of a clock that was set. */
const LATEST_MS = 20_000;

/**
 * Tells how late events come: a process that was paused, or a network that was silent, hears all at once what happened
 * over seconds. Asterisk stamps each event with its own clock, which is right or wrong by an amount that nobody knows;
 * the event with the least difference to ours was the quickest on its way, and the others are late by what they have
 * more.
 *
 * @returns a function of an event's stamp (null: it has none) and of the moment it was heard at (`performance.now()`),
 *   which gives milliseconds, 0 or more.
 */
export function eventLateness(): (stamp: Date | null, heardAt: number) => number {
  let since = -Infinity;
  let least = Infinity;
  let leastBefore = Infinity;

  function startWindow(at: number): void {
    leastBefore = at - since < 2 * WINDOW_MS ? least : Infinity;
    least = Infinity;
    since = at;
  }

  return (stamp, heardAt) => {
    if (stamp === null) return 0;
    if (heardAt - since > WINDOW_MS) startWindow(heardAt);
    const difference = heardAt - stamp.getTime();
    least = Math.min(least, difference);
    const late = difference - Math.min(least, leastBefore);
    if (late <= LATEST_MS) return late;
    least = difference;
    leastBefore = Infinity;
    return 0;
  };
}
