import { runSeed, type RunResult } from './run.js';
import type { Changes } from './world.js';

/** What many seeds came to. */
export interface SeedsSummary {
  readonly seeds: number;
  readonly failed: readonly RunResult[];
  readonly seconds: number;
  readonly calls: number;
  readonly invites: number;
  readonly virtualMs: number;
  /** How many calls ended in which way. */
  readonly statuses: Readonly<Record<string, number>>;
}

const BREATHE_EVERY = 100;
const REPORT_EVERY_MS = 30_000;

/** Runs one seed after another; stops at the first that fails unless told otherwise. */
export async function runSeeds(options: {
  readonly from: number;
  readonly count: number;
  readonly changes?: Changes;
  readonly keepGoing?: boolean;
  readonly onFailure?: (result: RunResult) => void;
  readonly onProgress?: (done: number, perSecond: number) => void;
}): Promise<SeedsSummary> {
  const { from, count, changes = {}, keepGoing = false } = options;
  const startedAt = performance.now();
  let reportAt = startedAt + REPORT_EVERY_MS;
  const failed: RunResult[] = [];
  const statuses: Record<string, number> = {};
  let seeds = 0;
  let calls = 0;
  let invites = 0;
  let virtualMs = 0;

  for (let seed = from; seed < from + count; seed++) {
    const result = await runSeed(seed, { changes });
    seeds++;
    calls += result.statuses.length;
    invites += result.invites;
    virtualMs += result.virtualMs;
    for (const status of result.statuses) statuses[status] = (statuses[status] ?? 0) + 1;
    if (result.violations.length > 0) {
      failed.push(result);
      options.onFailure?.(result);
      if (!keepGoing) break;
    }
    // A run never lets the process's real timers and signals through.
    if (seeds % BREATHE_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
    if (performance.now() > reportAt) {
      reportAt += REPORT_EVERY_MS;
      options.onProgress?.(seeds, (1000 * seeds) / (performance.now() - startedAt));
    }
  }
  return { seeds, failed, seconds: (performance.now() - startedAt) / 1000, calls, invites, virtualMs, statuses };
}

/**
 * The first seed from 1 on that breaks this law, or null when so many do not.
 *
 * @param law as in docs/reliability.md, such as `I4`.
 */
export async function firstToBreak(law: string, changes: Changes, count: number): Promise<number | null> {
  for (let seed = 1; seed <= count; seed++) {
    const { violations } = await runSeed(seed, { changes });
    if (brokenLaws(violations).includes(law)) return seed;
    if (seed % BREATHE_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return null;
}

/** The laws that these violations name. */
export function brokenLaws(violations: readonly string[]): string[] {
  return violations.map((violation) => violation.split(' ')[0] ?? '');
}
