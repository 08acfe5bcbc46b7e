/** Clocks that are in order drift apart by no more than this; by so much less the quickest is believed as it ages. */
const DRIFT = 1e-4;

/**
 * What was late comes within milliseconds once it can be read. If all that comes over so long, in milliseconds of our own
 * clock, is late by at least so much, then nothing is late: Asterisk's clock was set back.
 */
const STEP_SEEN_AFTER_MS = 5_000;
const STEP_MS = 100;

/** What is known of the difference between our clock and Asterisk's. */
interface Known {
  /** The difference of the quickest event, as it may have drifted until `at`. */
  readonly least: number;
  readonly at: number;
  /** The events received since the last one that was in time: the first of them, and the quickest. */
  readonly late: { readonly since: number; readonly least: number } | null;
}

/**
 * Tells how late comes what Asterisk says: a process that was paused, or a network that was silent, receives all at once what
 * happened over seconds. Asterisk stamps each event, and each channel that it makes on request, with its own clock, which is
 * right or wrong by an amount that nobody knows; what has the least difference to ours was the quickest on its way, and the
 * others are late by what they have more.
 *
 * This is not the estimate that packages/database/src/clock.ts makes: a stamp says when it was sent and not when we asked, so
 * that it bounds the other clock on one side only, and a clock that was set back shows in no single stamp.
 *
 * @returns a function of a stamp (null: there is none) and of when it was received (`performance.now()`), which gives
 *   milliseconds, 0 or more.
 */
export function createLateness(): (stamp: Date | null, receivedAt: number) => number {
  let known: Known = { least: Infinity, at: 0, late: null };

  return (stamp, receivedAt) => {
    if (stamp === null) return 0;
    const difference = receivedAt - stamp.getTime();
    known = learn(known, difference, receivedAt);
    return difference - known.least;
  };
}

/** Under load an event waits in Asterisk before it is sent; no longer than this, in milliseconds. */
const QUEUED_MAX_MS = 10_000;

/**
 * When something that is received now would have been received in time, by `performance.now()`.
 *
 * @param stamp Asterisk's time of it; null: there is none.
 * @param sentSince it was sent after this, by our clock: it cannot be much older, whatever it is stamped. A clock that was set back
 *   by an hour would else date an hour early what comes until that has been seen.
 */
export type InTimeAt = (stamp: Date | null, sentSince: number) => number;

export function createInTimeAt(lateBy: ReturnType<typeof createLateness>): InTimeAt {
  return (stamp, sentSince) => {
    const now = performance.now();
    return Math.max(now - lateBy(stamp, now), Math.min(now, sentSince - QUEUED_MAX_MS));
  };
}

function learn(before: Known, difference: number, at: number): Known {
  const least = Math.min(before.least + DRIFT * (at - before.at), difference);
  if (difference - least < STEP_MS) return { least, at, late: null };

  const { since, least: leastLate } = before.late ?? { since: at, least: difference };
  const late = { since, least: Math.min(leastLate, difference) };
  return at - since < STEP_SEEN_AFTER_MS ? { least, at, late } : { least: late.least, at, late: null };
}
