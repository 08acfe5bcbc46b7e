import { Prisma, type Client } from './client.js';

/** What a statement says of the database's time, in milliseconds since the epoch. */
export const NOW_MS = Prisma.sql`(extract(epoch FROM clock_timestamp()) * 1000)::float8`;

/**
 * The database's clock as this process knows it, so that a statement can say when something happened whenever it may be
 * carried out: one that a bad network holds back for a minute must not stamp a minute too late.
 *
 * This is not what services/ari-worker/src/ari/lateness.ts does: the database is asked, so that each answer bounds its clock
 * on both sides, and an answer that contradicts the best one shows at once that the clock was set.
 */
export interface DatabaseClock {
  /** Whether the database has told the time often enough: the first answer may have waited for a connection, and the best counts. */
  readonly isSet: () => boolean;
  /**
   * Takes what the database said its time was.
   *
   * @param askedAt before the question was sent, and `receivedAt` when its answer came, both by `performance.now()`.
   * @param databaseMs milliseconds since the epoch.
   */
  readonly set: (askedAt: number, receivedAt: number, databaseMs: number) => void;
  /**
   * For how long, in milliseconds until a moment of `performance.now()`, the clock has gone on without a jump that was seen here;
   * without end when none was. Before a jump forward, what seems long ago may have been just now.
   */
  readonly steadyForMs: (moment: number) => number;
  /** The database's time at a moment of `performance.now()`, in milliseconds since the epoch. To be asked once it is set. */
  readonly at: (moment: number) => number;
}

/** How far two clocks may drift apart: half a millisecond a second, more than any that is in order. */
const DRIFT = 0.0005;

/** More than answers out of order or a clock that is being adjusted differ by, and less than a lease lasts without renewal. */
const JUMP_MS = 1_000;

/** How many answers it takes until one of them is sharp. */
const ENOUGH = 3;

interface Reading {
  /** The database's time minus `performance.now()`. */
  readonly offset: number;
  /** By how much that may be wrong: half of what question and answer took. */
  readonly uncertainty: number;
  readonly readAt: number;
}

export function createDatabaseClock(): DatabaseClock {
  let best: Reading | null = null;
  let jumpedAt = -Infinity;
  let told = 0;

  return {
    isSet: () => told >= ENOUGH,
    set: (askedAt, receivedAt, databaseMs) => {
      told += 1;
      const reading = {
        offset: databaseMs - (askedAt + receivedAt) / 2,
        uncertainty: (receivedAt - askedAt) / 2,
        readAt: receivedAt,
      };
      if (best !== null && contradiction(reading, best) > JUMP_MS) jumpedAt = receivedAt;
      if (best === null || isBetter(reading, best)) best = reading;
    },
    steadyForMs: (moment) => moment - jumpedAt,
    at: (moment) => moment + (best?.offset ?? NaN),
  };
}

/** A sharper reading than the best has become with its age, or one that contradicts it: the clock was set, or is another's. */
function isBetter(reading: Reading, best: Reading): boolean {
  return reading.uncertainty <= grown(best, reading.readAt) || contradiction(reading, best) > 0;
}

/** By how many milliseconds two readings differ beyond what either may be wrong by. */
function contradiction(reading: Reading, best: Reading): number {
  return Math.abs(reading.offset - best.offset) - (reading.uncertainty + grown(best, reading.readAt));
}

/** The uncertainty that a reading has come to have by a moment. */
function grown({ uncertainty, readAt }: Reading, moment: number): number {
  return uncertainty + DRIFT * (moment - readAt);
}

/** Has the answer to a statement that says NOW_MS as `now` tell the clock. */
export async function tellingTime<Row extends { readonly now: number }>(
  clock: DatabaseClock,
  ask: () => Promise<Row[]>,
): Promise<Row[]> {
  const askedAt = performance.now();
  const rows = await ask();
  if (rows[0] !== undefined) clock.set(askedAt, performance.now(), rows[0].now);
  return rows;
}

/** Asks the database for its time. */
export async function readClock(client: Client, clock: DatabaseClock): Promise<void> {
  await tellingTime(clock, () => client.$queryRaw<{ now: number }[]>`SELECT ${NOW_MS} AS now`);
}
