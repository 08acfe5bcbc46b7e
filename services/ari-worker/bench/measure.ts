import { postgresCpu } from '@dialgate/testing';

/** A row of a benchmark's report. */
export interface Measured {
  readonly name: string;
  readonly perSecond: number;
  /** Of this process, for each. */
  readonly cpuMicros: number;
  /** Of PostgreSQL with all its processes, for each; null where that cannot be measured. */
  readonly postgresMicros: number | null;
}

export type Measure = (name: string, count: number, work: () => Promise<unknown>) => Promise<Measured>;

/** @param databaseUrl of a role that may ask PostgreSQL for its processes. */
export async function createMeasure(databaseUrl: string): Promise<Measure> {
  const postgres = await postgresCpu(databaseUrl);

  return async (name, count, work) => {
    const cpu = process.cpuUsage();
    const postgresBefore = postgres?.() ?? null;
    const since = performance.now();
    await work();
    const seconds = (performance.now() - since) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    const postgresAfter = postgres?.() ?? null;
    const postgresMicros =
      postgresAfter === null || postgresBefore === null ? null : (postgresAfter - postgresBefore) / count;
    return { name, perSecond: count / seconds, cpuMicros: (user + system) / count, postgresMicros };
  };
}

/** Plays a round twice. @returns of each row the quicker one. */
export async function bestOfTwo<Rows extends readonly Measured[]>(round: () => Promise<Rows>): Promise<Rows> {
  const [first, second] = [await round(), await round()];
  return first.map((row, n) => ((second[n]?.perSecond ?? 0) > row.perSecond ? second[n] : row)) as unknown as Rows;
}

/** Prints what a benchmark has come to, as a line of JSON for `pnpm bench`. */
export function report(come: {
  readonly name: string;
  readonly unit: string;
  readonly rows: readonly Measured[];
  readonly ratios: readonly { name: string; value: number; goal: number; atMost?: boolean }[];
}): void {
  process.stdout.write(`${JSON.stringify(come)}\n`);
}
