/** `npm test`: every check and every tier of tests side by side, with servers of its own, and one closing line. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir, setPriority } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRealAsterisk } from './asterisk.js';
import { LocalStackError } from './errors.js';
import { measureSlowness } from './machine-speed.js';
import { runMocha, THE_RUN, type Cost, type Counts } from './mocha-run.js';
import { startPostgres } from './postgres.js';
import { startGroup, type ProcessGroup } from './process-group.js';
import { startRedis } from './redis.js';
import { createStack, runWithStack } from './stack.js';
import type { Environment } from './start-plan.js';
import {
  checkSteps,
  costTable,
  depthOn,
  longestFirst,
  planTests,
  speedNote,
  summary,
  TEST_TIMEOUT_MS,
  tierOf,
  TIERS,
  withoutAsterisk,
  type Result,
  type Tier,
} from './test-plan.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
/** So short that a black hole is seen in a test's patience, and as short as Asterisk allows. */
const TIMER_B_MS = 6_400;
/** Most of a test's time is waiting: two cores are busy with so many files at a time. */
const FILES_AT_A_TIME = 5;
/** As `nice -n 10` gives. */
const LOW_PRIORITY = 10;
/** Whatever is still running then is ended and has failed: a run is over within the hour. Since the start of this process. */
const DEADLINE_MS = 57 * 60_000;

const env: Environment = process.env;
/**
 * Then the whole run is ended: what is fetched, started and checked has no clock of its own. TEST_GIVEN_UP_MS is for the test of it.
 */
const GIVEN_UP_MS = Number(env.TEST_GIVEN_UP_MS ?? DEADLINE_MS + 60_000);
const say = (line: string): void => console.log(line);
const stack = createStack({ log: say });
const plan = planTests(process.argv.slice(2), env);
const results: Result[] = [];
const costs: Cost[] = [];
const running = new Set<ProcessGroup>();
stack.onStop('the tests', () => {
  for (const group of running) group.kill('SIGTERM');
});
let note: string | null = null;

const code = await runWithStack(stack, test, brokenOff, { followParent: env.npm_lifecycle_event !== undefined });
// Interrupted: what was not run has not passed.
if (code !== 0 && results.every(({ failed }) => failed === 0)) {
  results.push({ name: 'run', passed: 0, failed: 1, skipped: 0, seconds: 0, note: 'interrupted' });
}
if (plan.slowest) say(costTable(costs));
say(summary(results, note));
process.exit(code);

function brokenOff(error: unknown): void {
  const expected = error instanceof LocalStackError || !(error instanceof Error);
  say(`\n${expected ? String(error instanceof Error ? error.message : error) : (error.stack ?? error.message)}`);
  results.push({ name: 'run', passed: 0, failed: 1, skipped: 0, seconds: 0, note: 'the run broke off' });
}

async function test(): Promise<number> {
  const giveUp = (): void => {
    say('\nThis run has taken too long, and is ended.');
    process.kill(process.pid, 'SIGTERM');
  };
  setTimeout(giveUp, GIVEN_UP_MS - performance.now()).unref();

  const slowness = await measureSlowness(2);
  note = speedNote(slowness, plan.depth);
  const machine = {
    TEST_SLOWNESS: slowness.toFixed(2),
    TEST_DEPTH: depthOn(slowness, plan.depth),
    TEST_RUN: `${String(process.pid)}-${String(Date.now())}`, // A process may have the number of one that ended long ago.
  };
  if (note !== null) say(note);

  const servers = plan.tiers.some((tier) => tier === 'integration' || tier === 'e2e') ? startServers() : undefined;
  const parts = [runChecks(), testFiles(machine, servers), realAsterisk(machine, servers)];
  const told = await Promise.all(parts);
  results.push(...told.flat());

  const ran = results.reduce((sum, { passed, failed }) => sum + passed + failed, 0);
  if (ran === 0) results.push({ name: 'run', passed: 0, failed: 1, skipped: 0, seconds: 0, note: 'no test was run' });
  return results.some(({ failed }) => failed > 0) ? 1 : 0;
}

/** The steps of `pnpm check`, one after another. */
async function runChecks(): Promise<Result[]> {
  const checks: Result[] = [];
  for (const name of plan.checks ? checkSteps(rootScripts()) : []) checks.push(await check(name));
  return checks;
}

/** A step of `pnpm check`, counted as a test of its own. */
async function check(name: string): Promise<Result> {
  const startedAt = performance.now();
  const group = startGroup('npm', ['run', '--silent', name], {
    cwd: ROOT,
    env: { ...env, FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  keep(group);
  // A check has no clock; the tests beside it have, and their callees wait no longer because a linter is busy.
  if (group.child.pid !== undefined) setPriority(group.child.pid, LOW_PRIORITY);
  let heard = '';
  const { stdout, stderr } = group.child;
  for (const stream of [stdout, stderr]) stream?.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  const passed = (await group.ended) === 0;
  const seconds = secondsSince(startedAt);
  say(`${passed ? '✓' : '✗'} check: ${name} (${seconds.toFixed(1)} s)`);
  if (!passed) say(heard);
  return { name: `check: ${name}`, passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0, seconds };
}

/** All tiers that need no Asterisk, in a few Mocha processes that take file after file. */
async function testFiles(machine: Environment, servers: Promise<Environment> | undefined): Promise<Result[]> {
  const tiers = plan.tiers.filter((tier) => tier !== 'e2e');
  const files = longestFirst(filesOf(tiers));
  if (files.length === 0) return [];
  const startedAt = performance.now();
  const counts = await mocha({
    files,
    jobs: Math.min(FILES_AT_A_TIME, files.length),
    timeoutMs: TEST_TIMEOUT_MS,
    env: { ...env, ...machine, ...(await servers) },
  });
  return resultsOf(tiers, counts, secondsSince(startedAt));
}

/** The end-to-end tests, one after another: they share one Asterisk. Their report comes whole, when they are done. */
async function realAsterisk(machine: Environment, servers: Promise<Environment> | undefined): Promise<Result[]> {
  const files = filesOf(plan.tiers.filter((tier) => tier === 'e2e'));
  if (files.length === 0) return [];
  const startedAt = performance.now();
  const asterisk = await startAsterisk().catch(asteriskDidNotCome);
  if (!('settings' in asterisk)) {
    const result = withoutAsterisk(asterisk, { required: env.REQUIRE_ASTERISK === '1' });
    say(`✗ e2e: ${result.note ?? ''}`);
    return [result];
  }
  let report = '';
  const counts = await mocha({
    files,
    jobs: 1,
    timeoutMs: TEST_TIMEOUT_MS,
    env: { ...env, ...machine, ...(await servers), ...asterisk.settings },
    ...(plan.tiers.length === 1 ? {} : { onReport: (text: string) => (report += text) }),
  });
  say(report);
  return resultsOf(['e2e'], counts, secondsSince(startedAt));
}

function mocha(
  options: Pick<Parameters<typeof runMocha>[0], 'files' | 'jobs' | 'timeoutMs' | 'env' | 'onReport'>,
): Promise<Map<string, Counts>> {
  const everywhere = { root: ROOT, deadline: DEADLINE_MS, extra: plan.mochaArguments, onProcesses: keep };
  return runMocha({ ...everywhere, onCost: (cost) => costs.push(cost), ...options });
}

/** A row for each tier, and one for what failed outside of any test. In a whole run a tier without tests is a mistake. */
function resultsOf(tiers: Tier[], counts: Map<string, Counts>, seconds: number): Result[] {
  const rows = tiers.map((tier): Result => {
    const mine = [...counts].filter(([file]) => file !== THE_RUN && tierOf(file) === tier).map(([, count]) => count);
    const sum = (kind: keyof Counts): number => mine.reduce((total, count) => total + count[kind], 0);
    const total = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
    const nothing = total.passed + total.failed === 0 && plan.whole;
    return {
      name: tier,
      ...total,
      failed: nothing ? 1 : total.failed,
      seconds: tiers.length === 1 ? seconds : null,
      note: nothing ? 'no test was run' : undefined,
    };
  });
  const outside = counts.get(THE_RUN);
  if (outside !== undefined) rows.push({ name: 'outside of tests', ...outside, seconds: null });
  if (tiers.length > 1) rows.push({ name: 'all of these', passed: 0, failed: 0, skipped: 0, seconds });
  return rows;
}

async function startServers(): Promise<Environment> {
  const shared = { dir: join(ROOT, '.local'), ephemeral: true, log: say, searchPath: env.PATH };
  const postgres = stack.add('PostgreSQL', await startPostgres({ ...shared, url: env.DATABASE_URL }));
  const redis = stack.add('Redis', await startRedis({ ...shared, url: env.REDIS_URL, cache: cacheDirectory() }));
  say(`PostgreSQL (${postgres.way}) and Redis (${redis.way}) are up`);
  return { TEST_DATABASE_URL: postgres.url, TEST_REDIS_URL: redis.url };
}

/** An Asterisk that can be had and does not come up is broken: that is ours to mend. */
function asteriskDidNotCome(error: unknown): { broken: string } {
  if (!(error instanceof LocalStackError)) throw error;
  return { broken: error.message };
}

async function startAsterisk(): Promise<{ settings: Environment } | { unavailable: string }> {
  const real = await startRealAsterisk({ log: say, timerBMs: TIMER_B_MS, cache: cacheDirectory() });
  if ('unavailable' in real) return { unavailable: real.unavailable };
  stack.add('Asterisk', real);
  const settings = {
    E2E_ARI_URL: real.ariUrl,
    E2E_ARI_USERNAME: real.username,
    E2E_ARI_PASSWORD: real.password,
    E2E_INVITE_LOG: real.inviteLog,
    E2E_ASTERISK_LOG: real.asteriskLog,
    E2E_TIMER_B_MS: String(TIMER_B_MS),
  };
  return { settings };
}

/** Every test file of some tiers, or those that were named, in a fixed order. */
function filesOf(tiers: Tier[]): string[] {
  const all = ['packages', 'packages/tools', 'services'].flatMap((kind) =>
    readdirSync(join(ROOT, kind)).flatMap((name) => {
      const directory = join(kind, name, 'test');
      if (!existsSync(join(ROOT, directory))) return [];
      return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.test.ts'))
        .map((file) => join(directory, file))
        .sort();
    }),
  );
  const named = new Set(plan.files.map((file) => resolve(ROOT, file)));
  const wanted = named.size === 0 ? all : all.filter((file) => named.has(join(ROOT, file)));
  return TIERS.filter((tier) => tiers.includes(tier)).flatMap((tier) => wanted.filter((file) => tierOf(file) === tier));
}

function rootScripts(): Record<string, string> {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;
}

function cacheDirectory(): string {
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'dialgate');
}

function keep(group: ProcessGroup): void {
  running.add(group);
  void group.ended.finally(() => running.delete(group)).catch(() => undefined);
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
