/**
 * The database's clock as this process knows it, so that a statement can say when something happened whenever it may be
 * carried out: one that a bad network holds back for a minute must not stamp a minute too late.
 *
 * This is not what services/ari-worker/src/ari/lateness.ts does: the database is asked, so that each answer bounds its clock
 * on both sides, and an answer that contradicts the best one shows at once that the clock was set.
 */
export interface DatabaseClock {
  /** Whether the database has told the time yet. */
  readonly isSet: () => boolean;
  /**
   * Takes what the database said its time was.
   *
   * @param askedAt before the question was sent, and `receivedAt` when its answer came, both by `performance.now()`.
   * @param databaseMs milliseconds since the epoch.
   */
  readonly set: (askedAt: number, receivedAt: number, databaseMs: number) => void;
  /** The database's time at a moment of `performance.now()`, in milliseconds since the epoch. To be asked once it is set. */
  readonly at: (moment: number) => number;
}

/** How far two clocks may drift apart: half a millisecond a second, more than any that is in order. */
const DRIFT = 0.0005;

interface Reading {
  /** The database's time minus `performance.now()`. */
  readonly offset: number;
  /** By how much that may be wrong: half of what question and answer took. */
  readonly uncertainty: number;
  readonly readAt: number;
}

export function createDatabaseClock(): DatabaseClock {
  let best: Reading | null = null;

  return {
    isSet: () => best !== null,
    set: (askedAt, receivedAt, databaseMs) => {
      const reading = {
        offset: databaseMs - (askedAt + receivedAt) / 2,
        uncertainty: (receivedAt - askedAt) / 2,
        readAt: receivedAt,
      };
      if (best === null || isBetter(reading, best)) best = reading;
    },
    at: (moment) => moment + (best?.offset ?? NaN),
  };
}

/** A sharper reading than the best has become with its age, or one that contradicts it: the clock was set, or is another's. */
function isBetter(reading: Reading, best: Reading): boolean {
  const uncertainty = best.uncertainty + DRIFT * (reading.readAt - best.readAt);
  return (
    reading.uncertainty <= uncertainty || Math.abs(reading.offset - best.offset) > reading.uncertainty + uncertainty
  );
}
