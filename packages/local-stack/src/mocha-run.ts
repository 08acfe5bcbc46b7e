import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from './start-plan.js';

/** What a Mocha process counted. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What runMocha needs. */
export interface MochaOptions {
  root: string;
  files: string[];
  timeoutMs: number;
  /** More of Mocha's own arguments. */
  extra: string[];
  env: Environment;
  /** Told of the process, so that it can be ended from outside. */
  onProcess: (child: ChildProcess) => void;
}

const REPORTER = fileURLToPath(new URL('../mocha-reporter.cjs', import.meta.url));
const WHOLE_RUN_MS = 45 * 60_000;

/** Runs test files in one process, one after another, and shows Mocha's report as it comes. */
export async function runMocha({ root, files, timeoutMs, extra, env, onProcess }: MochaOptions): Promise<Counts> {
  const scratch = mkdtempSync(join(tmpdir(), 'dialgate-mocha-'));
  const counts = join(scratch, 'counts.json');
  try {
    const child = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', '--conditions=source', join(root, 'node_modules/mocha/bin/mocha.js')],
        ...['--reporter', REPORTER, '--reporter-option', `file=${counts}`, '--timeout', String(timeoutMs)],
        // A forgotten `.only` would make a run green that has tested nothing.
        ...['--forbid-only', '--no-config', ...extra, ...files],
      ],
      { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    onProcess(child);
    const timer = setTimeout(() => child.kill('SIGKILL'), WHOLE_RUN_MS);
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => resolve(exitCode ?? (signal === null ? 1 : 2)));
    });
    clearTimeout(timer);
    return believable(readCounts(counts), code);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A process that failed without counting a failure (a file that cannot be loaded, a crash after the tests) has failed once. */
export function believable(counts: Counts | null, exitCode: number): Counts {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  const failedAtAll = exitCode !== 0 || counts === null;
  return { passed, skipped, failed: failedAtAll ? Math.max(failed, 1) : failed };
}

function readCounts(file: string): Counts | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts;
  } catch {
    return null; // It never came to an end.
  }
}
