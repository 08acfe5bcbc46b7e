import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LocalStackError, startPostgres, startRedis, type Stack } from '@dialgate/local-stack';
import { copyCheckout, filesOf } from './checkout-copy.js';
import { diffOf, listProblems, mutated, type Mutant } from './mutant.js';
import { runTest, type TestOptions } from './run-test.js';
import { unsoundness, verdictOn, type TestRun, type Verdict } from './verdict.js';

type Environment = Readonly<Record<string, string | undefined>>;
type Run = (test: Omit<TestOptions, 'env' | 'running'>) => Promise<TestRun>;

/** A run that hangs is cut off after a minute and so many times what all the file's tests take unchanged. */
const CUT_AFTER_MS = 60_000;
const CUT_AFTER_TIMES = 5;

/** How long a file of unchanged tests may take on a quiet machine, in milliseconds. */
const UNCHANGED_MS = 600_000;

/**
 * Tries mutants: first every test that is named runs with nothing changed, then each under its mutant.
 *
 * @param options.slowness how many times slower than a quiet machine this one is; limits against hanging grow with it.
 * @returns the exit code: 0 when all were killed.
 */
export async function runMutants(options: {
  readonly root: string;
  /** Where the copies are made. */
  readonly directory: string;
  readonly mutants: readonly Mutant[];
  readonly sideBySide: number;
  readonly slowness: number;
  readonly stack: Stack;
  readonly log: (line: string) => void;
}): Promise<number> {
  const { root, directory, mutants, sideBySide, slowness, stack, log } = options;
  const stale = listProblems(mutants, (file) => read(root, file));
  if (stale.length > 0) throw new LocalStackError(`The list is stale:\n  ${stale.join('\n  ')}`);

  const servers = await startServers(directory, stack, log);
  const copies = Array.from({ length: Math.min(sideBySide, mutants.length) }, (_, n) =>
    join(directory, `copy-${n + 1}`),
  );
  const files = await filesOf(root);
  await Promise.all(copies.map((copy) => copyCheckout(root, files, copy)));
  const running = new Set<() => void>();
  stack.onStop('the tests', () => {
    for (const end of running) end();
  });
  const env = { ...process.env, ...servers, TEST_SLOWNESS: slowness.toFixed(2), TEST_DEPTH: 'quick' };
  const run: Run = (test) => runTest({ ...test, env, running });

  const unchanged = await runUnchanged(mutants, copies, run, slowness, log);
  const counts = { killed: 0, survived: 0, invalid: 0 };
  await inTurns(mutants, copies, async (mutant, copy) => {
    const { verdict, ms } = await tryOne(mutant, copy, unchanged.get(mutant.test), run);
    counts[verdict.kind]++;
    log(lineOf(mutant, verdict, ms));
    if (verdict.kind === 'survived') log(indented(diffOf(read(root, mutant.file) ?? '', mutant)));
    if (verdict.kind === 'invalid') log(indented(verdict.why));
  });
  const invalid = counts.invalid === 0 ? '' : `, ${counts.invalid} invalid`;
  log(`\n${counts.killed} killed, ${counts.survived} survived${invalid}`);
  return counts.killed === mutants.length ? 0 : 1;
}

/** With a test that fails by itself, every mutant would seem to be killed. @returns the run of each file. */
async function runUnchanged(
  mutants: readonly Mutant[],
  copies: readonly string[],
  run: Run,
  slowness: number,
  log: (line: string) => void,
): Promise<Map<string, TestRun>> {
  const runs = new Map<string, TestRun>();
  await inTurns([...new Set(mutants.map(({ test }) => test))], copies, async (file, copy) => {
    const mine = mutants.filter(({ test }) => test === file);
    const titles = [...new Set(mine.map(({ title }) => title))];
    const built = mine.some((mutant) => mutant.built === true);
    const ran = await run({ copy, file, built, titles, bail: false, limitMs: UNCHANGED_MS * slowness });
    runs.set(file, ran);
    const sound = titles.every((title) => unsoundness(ran, title) === null);
    log(`${sound ? '✓' : '!'} unchanged  ${file} (${seconds(ran.ms)})`);
  });
  return runs;
}

async function tryOne(
  mutant: Mutant,
  copy: string,
  unchanged: TestRun | undefined,
  run: Run,
): Promise<{ verdict: Verdict; ms: number }> {
  const why = unchanged === undefined ? 'its test was not run' : unsoundness(unchanged, mutant.title);
  if (why !== null) return { verdict: { kind: 'invalid', why }, ms: 0 };

  const limitMs = CUT_AFTER_MS + CUT_AFTER_TIMES * (unchanged?.ms ?? 0);
  const file = join(copy, mutant.file);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, mutated(text, mutant));
  try {
    const ran = await run({
      copy,
      file: mutant.test,
      built: mutant.built === true,
      titles: [mutant.title],
      bail: true,
      limitMs,
    });
    return { verdict: verdictOn(ran), ms: ran.ms };
  } finally {
    writeFileSync(file, text);
  }
}

/** Has every item worked on in one of the copies, each copy by one at a time. */
async function inTurns<Item>(
  items: readonly Item[],
  copies: readonly string[],
  work: (item: Item, copy: string) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  await Promise.all(
    copies.map(async (copy) => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item, copy);
    }),
  );
}

async function startServers(directory: string, stack: Stack, log: (line: string) => void): Promise<Environment> {
  const { DATABASE_URL, REDIS_URL, XDG_CACHE_HOME, PATH } = process.env;
  const shared = { dir: directory, ephemeral: true, log, searchPath: PATH };
  const cache = join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'dialgate');
  const postgres = stack.add('PostgreSQL', await startPostgres({ ...shared, url: DATABASE_URL }));
  const redis = stack.add('Redis', await startRedis({ ...shared, url: REDIS_URL, cache }));
  return { TEST_DATABASE_URL: postgres.url, TEST_REDIS_URL: redis.url };
}

function lineOf({ area, breaks }: Mutant, verdict: Verdict, ms: number): string {
  const sign = { killed: '✓', survived: '✗', invalid: '!' }[verdict.kind];
  const by = verdict.kind === 'killed' ? `, by: ${verdict.by}` : '';
  return `${sign} ${verdict.kind}  ${area}: ${breaks} (${seconds(ms)}${by})`;
}

function indented(text: string): string {
  return text.replace(/^/gm, '    ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function read(root: string, file: string): string | null {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    return null;
  }
}
