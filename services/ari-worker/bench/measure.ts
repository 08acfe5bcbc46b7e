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

/** Of each row the quickest of all rounds. */
export function bestOf(rounds: readonly (readonly Measured[])[]): Measured[] {
  const [first = [], ...others] = rounds;
  return first.map((row, n) =>
    others.reduce((best, round) => ((round[n]?.perSecond ?? 0) > best.perSecond ? (round[n] ?? best) : best), row),
  );
}
