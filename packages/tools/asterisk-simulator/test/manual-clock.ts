import type { Clock } from '../src/clock.js';

/** A clock that stands still until it is told how much time (simulated ms) passes. */
export function manualClock(): Clock & { pass(ms: number): void } {
  let now = 0;
  let due: { at: number; act: () => void }[] = [];

  return {
    now: () => now,
    after(ms, act) {
      const entry = { at: now + ms, act };
      due.push(entry);
      return () => {
        due = due.filter((other) => other !== entry);
      };
    },
    pass(ms) {
      const until = now + ms;
      for (;;) {
        const next = due.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
        if (next === undefined) break;
        due = due.filter((other) => other !== next);
        now = next.at;
        next.act();
      }
      now = until;
    },
  };
}
