/** Wall time and timers of the simulated Asterisk, handed in so that tests can hold the hands of the clock. */
export interface Clock {
  /** Milliseconds since the epoch. Always real time: a worker compares it with its own and the database's. */
  now(): number;
  /** Calls `act` once after `simulatedMs`; the returned function cancels it and may be called at any time. */
  after(simulatedMs: number, act: () => void): () => void;
}

/** A clock whose timers run `speed` times faster than real telephones do; `now()` stays true. */
export function realClock(speed: number): Clock {
  return {
    now: () => Date.now(),
    after(simulatedMs, act) {
      const timer = setTimeout(act, Math.min(simulatedMs / speed, LONGEST_TIMER_MS));
      return () => clearTimeout(timer);
    },
  };
}

/** Node fires a timer of more than 2^31 ms at once; a ring timeout of years must not. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Asterisk's way to write a time, as in `"2026-11-22T08:28:32.123+0000"`. */
export function asteriskTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, -1)}+0000`;
}
