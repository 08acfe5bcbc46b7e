/** So much longer than the work took, it rests: it takes a fifth of the time at most, however slow whatever it asks is. */
const REST_PER_WORK = 4;

/** Work that others ask for. */
export interface Soon {
  /** It is done soon, and behind this moment. Costs next to nothing. */
  readonly ask: () => void;
  /** It is not begun any more. */
  readonly stop: () => void;
}

/**
 * Work that is done once for all who asked for it meanwhile: at once for the first in a while, and then as often as its rests allow.
 *
 * @param restMs how long it rests at least, in milliseconds.
 * @param work must not reject; never begun twice at a time.
 */
export function soon(restMs: number, work: () => Promise<unknown>): Soon {
  let restsUntil = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let asked = 0;
  let stopped = false;

  async function carryOut(): Promise<void> {
    const [askedBefore, beganAt] = [asked, performance.now()];
    await work();
    const doneAt = performance.now();
    restsUntil = doneAt + Math.max(restMs, REST_PER_WORK * (doneAt - beganAt));
    timer = undefined;
    if (asked > askedBefore) ask();
  }

  function ask(): void {
    if (stopped) return;
    asked += 1;
    timer ??= setTimeout(() => void carryOut(), Math.max(0, restsUntil - performance.now()));
  }

  return {
    ask,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
