import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGroup, type ProcessGroup } from './process-group.js';
import type { Environment } from './start-plan.js';
import { releaseDirectory, watchDirectory } from './watchdog.js';

/** What was counted of tests. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What a test file took, as packages/tools/local-stack/mocha-hooks.mjs writes it down. */
export interface Cost {
  name: string;
  seconds: number;
  /** Of its process and the children of that, without the servers that all tests share. */
  cpuSeconds: number;
}

/** What runMocha needs. */
export interface MochaOptions {
  root: string;
  files: string[];
  /** How many files run at a time, each in a process of its own. With 1 the report comes test by test. */
  jobs: number;
  /** How long a test may take on a quiet machine, if it does not say so itself. */
  timeoutMs: number;
  /** When the run is ended whatever it is doing, on performance.now()'s clock. */
  deadline: number;
  /** More of Mocha's own arguments. */
  extra: string[];
  env: Environment;
  /** Told of the processes, so that they can be ended from outside. */
  onProcesses: (group: ProcessGroup) => void;
  /** Told of each file's cost, at the end. */
  onCost: (cost: Cost) => void;
  /** Where the report goes, when not to our own output: it then does not mix with another run's. */
  onReport?: ((text: string) => void) | undefined;
}

const besideSources = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/**
 * Runs test files, several at a time, and shows Mocha's report as it comes. Their temporary files are removed with the run: tests
 * that are killed tidy up nothing.
 *
 * @returns the counts of each file.
 */
export async function runMocha(options: MochaOptions): Promise<Map<string, Counts>> {
  const { root, files, jobs, timeoutMs, deadline, extra, env, onProcesses, onCost, onReport } = options;
  const scratch = mkdtempSync(join(tmpdir(), 'dialgate-mocha-'));
  watchDirectory(scratch);
  chmodSync(scratch, 0o1777); // As /tmp has it: servers of tests may be another user's.
  const [counts, costs] = [join(scratch, 'counts.json'), join(scratch, 'costs')];
  try {
    const group = startGroup(
      process.execPath,
      [
        ...['--import', 'tsx', join(root, 'node_modules/mocha/bin/mocha.js')],
        ...['--reporter', besideSources('mocha-reporter.cjs'), '--reporter-option', `file=${counts}`],
        ...['--require', besideSources('mocha-hooks.mjs'), '--timeout', String(timeoutMs)],
        ...(jobs > 1 ? ['--parallel', '--jobs', String(jobs)] : []),
        // A forgotten `.only` would make a run green that has tested nothing.
        ...['--forbid-only', '--no-config', ...extra, ...files],
      ],
      {
        cwd: root,
        env: { ...env, TEST_COSTS: costs, TMPDIR: scratch },
        stdio: ['ignore', onReport === undefined ? 'inherit' : 'pipe', 'inherit'],
      },
    );
    group.child.stdout?.setEncoding('utf8').on('data', (text: string) => onReport?.(text));
    onProcesses(group);
    const timer = setTimeout(() => group.kill('SIGKILL'), Math.max(0, deadline - performance.now()));
    const code = await group.ended.finally(() => clearTimeout(timer));
    if (existsSync(costs)) {
      const lines = readFileSync(costs, 'utf8').trim().split('\n');
      for (const line of lines) onCost(JSON.parse(line) as Cost);
    }
    return believable(readCounts(counts), code);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    releaseDirectory(scratch);
  }
}

/** Under this name stands what failed without being a test of a file. */
export const THE_RUN = '';

/**
 * A run that failed without counting a failure (a file that cannot be loaded, a crash after the tests) has failed once, and so has
 * one that never came to its end.
 */
export function believable(counts: Map<string, Counts> | null, exitCode: number): Map<string, Counts> {
  const believed = new Map(counts ?? []);
  const failures = [...believed.values()].reduce((sum, { failed }) => sum + failed, 0);
  if (counts === null || (exitCode !== 0 && failures === 0)) {
    believed.set(THE_RUN, { passed: 0, failed: 1, skipped: 0 });
  }
  return believed;
}

function readCounts(file: string): Map<string, Counts> | null {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Counts>));
  } catch {
    return null; // It never came to an end.
  }
}
