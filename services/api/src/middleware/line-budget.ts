/** Of each minute. A flood of nobodies must not push out of the log what users and workers did. */
const LINES = 60;
const MINUTE_MS = 60_000;

/**
 * Keeps lines that anybody can cause to so many a minute.
 *
 * @param whenOver is told at the end of a minute how many lines were left out of it.
 * @returns whether one more may be written.
 */
export function lineBudget(whenOver: (leftOut: number) => void, { lines = LINES, withinMs = MINUTE_MS } = {}) {
  let written = 0;
  let leftOut = 0;
  let endsAt = 0;

  return (): boolean => {
    const now = performance.now();
    if (now >= endsAt) {
      written = 0;
      endsAt = now + withinMs;
    }
    if (written < lines) {
      written += 1;
      return true;
    }
    if (leftOut === 0) {
      setTimeout(() => {
        whenOver(leftOut);
        leftOut = 0;
      }, endsAt - now).unref();
    }
    leftOut += 1;
    return false;
  };
}
