import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startGroup } from '@dialgate/local-stack';
import { heardOf, type Report, type TestRun } from './verdict.js';

/** How long a test may take on a quiet machine, if it does not say so itself, in milliseconds; as in `npm test`. */
const TEST_TIMEOUT_MS = 60_000;

/** How much of what a run says is kept, in characters. */
const OUTPUT_MAX = 20_000;

export interface TestOptions {
  /** The copy of the checkout to run in. */
  readonly copy: string;
  readonly file: string;
  /** Whether the programs are built first, which the test runs. */
  readonly built: boolean;
  /** Only tests with one of these in their full title. */
  readonly titles: readonly string[];
  /** Whether the first failure ends the run, at once: what a test leaves open then is not waited for. */
  readonly bail: boolean;
  /** After so long it is cut off, in milliseconds. */
  readonly limitMs: number;
  readonly env: NodeJS.ProcessEnv;
  /** Holds a function that ends the run, for as long as it lasts. */
  readonly running: Set<() => void>;
}

/** Runs tests of a file as `npm test` would. */
export async function runTest(options: TestOptions): Promise<TestRun> {
  const { copy, file, titles, bail, limitMs, env, running } = options;
  const startedAt = performance.now();
  const said = options.built ? await build(options) : null;
  if (said !== null) return { report: NOTHING, cut: false, output: said, ms: performance.now() - startedAt };
  const group = startGroup(
    process.execPath,
    [
      ...['--import', 'tsx', join(copy, 'node_modules/mocha/bin/mocha.js')],
      ...['--reporter', 'json-stream', '--no-config', '--exit', '--timeout', String(TEST_TIMEOUT_MS)],
      ...['--require', join(copy, 'packages/tools/local-stack/mocha-hooks.mjs')],
      ...['--grep', titles.map(escaped).join('|'), file],
    ],
    { cwd: copy, env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const end = (): void => group.kill('SIGKILL');
  running.add(end);

  let report = NOTHING;
  let output = '';
  const keep = (line: string): void => {
    output = `${output}${line}\n`.slice(-OUTPUT_MAX);
  };
  const { stdout, stderr } = group.child;
  if (stderr !== null) createInterface({ input: stderr }).on('line', keep);
  if (stdout !== null) {
    createInterface({ input: stdout }).on('line', (line) => {
      keep(line);
      report = heardOf(report, line);
      if (bail && report.failures.length > 0) end();
    });
  }

  let cut = false;
  const timer = setTimeout(() => {
    cut = true;
    end();
  }, limitMs);
  await group.ended.finally(() => {
    clearTimeout(timer);
    running.delete(end);
  });
  return { report, cut, output, ms: performance.now() - startedAt };
}

const NOTHING: Report = { passes: [], failures: [], complete: false };

/** @returns what was said when the programs could not be built, else null. */
async function build({ copy, env, running }: TestOptions): Promise<string | null> {
  const group = startGroup('npm', ['run', '--silent', 'build'], { cwd: copy, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = (): void => group.kill('SIGKILL');
  running.add(end);
  let output = '';
  for (const stream of [group.child.stdout, group.child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-OUTPUT_MAX)));
  }
  const code = await group.ended.finally(() => running.delete(end));
  return code === 0 ? null : `the programs could not be built: ${output}`;
}

function escaped(title: string): string {
  return title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
