/**
 * The database's clock as this process knows it, so that a statement can say when something happened whenever it may be
 * carried out: one that a bad network holds back for a minute must not stamp a minute too late.
 */
export interface DatabaseClock {
  /** Whether the database has told the time yet. */
  readonly isSet: () => boolean;
  /**
   * Takes what the database said its time was.
   *
   * @param askedAt before the question was sent, and `heardAt` when its answer came, both by `performance.now()`.
   * @param databaseMs milliseconds since the epoch.
   */
  readonly set: (askedAt: number, heardAt: number, databaseMs: number) => void;
  /** The database's time at a moment of `performance.now()`, in milliseconds since the epoch. To be asked once it is set. */
  readonly at: (moment: number) => number;
}

/** Clocks drift: an answer that is older than that has to make way for any newer one. */
const BELIEVE_FOR_MS = 60_000;

interface Reading {
  /** The database's time minus `performance.now()`. */
  readonly offset: number;
  /** By how much that may be wrong: half of what question and answer took. */
  readonly uncertainty: number;
  readonly readAt: number;
}

export function databaseClock(): DatabaseClock {
  let best: Reading | null = null;

  return {
    isSet: () => best !== null,
    set: (askedAt, heardAt, databaseMs) => {
      const reading = {
        offset: databaseMs - (askedAt + heardAt) / 2,
        uncertainty: (heardAt - askedAt) / 2,
        readAt: heardAt,
      };
      if (best === null || isBetter(reading, best)) best = reading;
    },
    at: (moment) => moment + (best?.offset ?? NaN),
  };
}

/** A sharper reading, one in the place of an old one, or one that contradicts it: the clock was set, or is another's. */
function isBetter(reading: Reading, best: Reading): boolean {
  const contradicts = Math.abs(reading.offset - best.offset) > reading.uncertainty + best.uncertainty;
  return contradicts || reading.uncertainty <= best.uncertainty || reading.readAt - best.readAt > BELIEVE_FOR_MS;
}
