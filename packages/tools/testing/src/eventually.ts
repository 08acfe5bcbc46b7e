import { patience } from './slowness.js';

/** Against hanging only: a check that holds is over as soon as it does. */
const WITHIN_MS = 40_000;

/** How soon a check is made again. */
const AGAIN_MS = 15;

/** For a state that may be over when it is looked at more rarely. */
export const AT_ONCE = AGAIN_MS;

/** One that costs much is made less often: it takes up to a fifth of the time, not most of it, from what it waits for. */
const REST_PER_CHECK = 4;
/** And so is one that has long been made in vain: this share of a wait more is nothing to whoever waits. */
const REST_PER_WAITED = 1 / 10;
const REST_MAX_MS = 250;

/**
 * Waits until a check holds: it may be false or throw for a while. The last complaint is what the test sees.
 *
 * @param withinMs how long it may take on a quiet machine, in milliseconds; a slow one has as much more time as it is slower.
 * @param mostRestMs how long it may rest between two checks, in milliseconds. For what passes again: `AT_ONCE`.
 * @returns what the check returned.
 */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  withinMs = WITHIN_MS,
  mostRestMs = REST_MAX_MS,
): Promise<Exclude<Result, false | null | undefined>> {
  const beganAt = performance.now();
  const deadline = beganAt + patience(withinMs);
  for (;;) {
    let complaint: unknown;
    const startedAt = performance.now();
    try {
      const result = await check();
      if (result !== false && result !== null && result !== undefined) {
        return result as Exclude<Result, false | null | undefined>;
      }
      complaint = new Error(`still ${String(result)} after ${withinMs} ms: ${check.toString().slice(0, 200)}`);
    } catch (error) {
      complaint = error;
    }
    const now = performance.now();
    if (now > deadline) throw complaint;
    const dear = Math.max((now - startedAt) * REST_PER_CHECK, (now - beganAt) * REST_PER_WAITED);
    const restMs = Math.min(Math.max(AGAIN_MS, dear), mostRestMs);
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
}
