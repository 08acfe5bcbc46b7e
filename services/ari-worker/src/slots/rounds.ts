/** Something that is done again and again, never twice at once. */
export interface Rounds {
  readonly start: () => void;
  /** Has the next round begin as soon as no other is under way; nothing while they are stopped. */
  readonly soon: () => void;
  /** Resolves when the round under way is over; none follows until the next start. */
  readonly stop: () => Promise<void>;
}

/**
 * Rounds that begin so many milliseconds after the one before has begun, or when that is over, if it took longer: what depends
 * on somebody slow is not done more rarely than it must be.
 *
 * @param round must not throw.
 */
export function createRounds(everyMs: number, round: () => Promise<void>): Rounds {
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | undefined;
  let stopped = true;
  let again = false;

  function begin(): void {
    const begunAt = performance.now();
    again = false;
    underWay = round().finally(() => {
      underWay = undefined;
      schedule(again ? 0 : begunAt + everyMs - performance.now());
    });
  }

  function schedule(ms: number): void {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(begin, Math.max(0, ms));
  }

  return {
    start: () => {
      stopped = false;
      if (underWay === undefined) schedule(everyMs);
    },
    soon: () => {
      again = true;
      if (underWay === undefined) schedule(0);
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
