/** `npm test`: every check and every tier of tests, with servers of its own, and one closing line. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRealAsterisk } from './asterisk.js';
import { LocalStackError } from './errors.js';
import { runMocha } from './mocha-run.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';
import { createStack, runWithStack } from './stack.js';
import type { Environment } from './start-plan.js';
import { checkSteps, planTests, summary, TEST_TIMEOUT_MS, tierOf, type Result, type Tier } from './test-plan.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** So short that a black hole is seen in a test's patience, and as short as Asterisk allows. */
const TIMER_B_MS = 6_400;

const env: Environment = process.env;
const say = (line: string): void => console.log(line);
const stack = createStack({ log: say });
const results: Result[] = [];
let current: ChildProcess | null = null;
let servers: Promise<Environment> | null = null;
let asterisk: Promise<Environment | { unavailable: string }> | null = null;
stack.onStop('the tests', () => current?.kill('SIGTERM'));

const code = await runWithStack(stack, test, brokenOff, { followParent: env.npm_lifecycle_event !== undefined });
// Interrupted: what was not run has not passed.
if (code !== 0 && results.every(({ failed }) => failed === 0)) {
  results.push({ name: 'run', passed: 0, failed: 1, skipped: 0, seconds: 0, note: 'interrupted' });
}
say(summary(results));
process.exit(code);

function brokenOff(error: unknown): void {
  const expected = error instanceof LocalStackError || !(error instanceof Error);
  say(`\n${expected ? String(error instanceof Error ? error.message : error) : (error.stack ?? error.message)}`);
  results.push({ name: 'run', passed: 0, failed: 1, skipped: 0, seconds: 0, note: 'the run broke off' });
}

async function test(): Promise<number> {
  const plan = planTests(process.argv.slice(2));
  if (plan.checks) {
    for (const name of checkSteps(rootScripts())) results.push(await check(name));
  }

  const files = testFiles();
  for (const tier of plan.tiers) {
    const startedAt = performance.now();
    say(`\n━━ ${tier}`);
    const settings = await settingsFor(tier);
    if ('unavailable' in settings) {
      say(`${tier} tests skipped: ${settings.unavailable}`);
      results.push({
        name: tier,
        passed: 0,
        failed: 0,
        skipped: 1,
        seconds: 0,
        note: `skipped: ${settings.unavailable}`,
      });
      continue;
    }
    const mine = files.filter((file) => tierOf(file) === tier);
    const counts =
      mine.length === 0
        ? { passed: 0, failed: 0, skipped: 0 }
        : await runMocha({
            root: ROOT,
            files: mine,
            timeoutMs: TEST_TIMEOUT_MS[tier],
            extra: plan.mochaArguments,
            env: { ...env, ...settings },
            onProcess: (child) => (current = child),
          });
    const nothing = counts.passed + counts.failed === 0 && plan.whole;
    if (nothing) say(`there is no ${tier} test`);
    results.push({
      name: tier,
      ...counts,
      failed: nothing ? 1 : counts.failed,
      seconds: secondsSince(startedAt),
      note: nothing ? 'no test was run' : undefined,
    });
  }

  const ran = results.reduce((sum, { passed, failed }) => sum + passed + failed, 0);
  if (ran === 0) results.push({ name: 'run', passed: 0, failed: 1, skipped: 0, seconds: 0, note: 'no test was run' });
  return results.some(({ failed }) => failed > 0) ? 1 : 0;
}

/** A step of `pnpm check`, counted as a test of its own. */
async function check(name: string): Promise<Result> {
  const startedAt = performance.now();
  const child = spawn('npm', ['run', '--silent', name], {
    cwd: ROOT,
    env: { ...env, FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  current = child;
  let heard = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit) => resolve(exit ?? 1));
  });
  const passed = exitCode === 0;
  const seconds = secondsSince(startedAt);
  say(`${passed ? '✓' : '✗'} check: ${name} (${seconds.toFixed(1)} s)`);
  if (!passed) say(heard);
  return { name: `check: ${name}`, passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0, seconds };
}

/** What the tests of a tier find in their environment; its servers are brought up when the first tier wants them. */
async function settingsFor(tier: Tier): Promise<Environment | { unavailable: string }> {
  if (tier === 'unit' || tier === 'recordings') return {};
  servers ??= startServers();
  if (tier === 'integration') return servers;
  asterisk ??= startAsterisk();
  const settings = await asterisk;
  return 'unavailable' in settings ? settings : { ...(await servers), ...settings };
}

async function startServers(): Promise<Environment> {
  const shared = { dir: join(ROOT, '.local'), ephemeral: true, log: say, searchPath: env.PATH };
  const postgres = stack.add('PostgreSQL', await startPostgres({ ...shared, url: env.DATABASE_URL }));
  const redis = stack.add('Redis', await startRedis({ ...shared, url: env.REDIS_URL, cache: cacheDirectory() }));
  say(`PostgreSQL (${postgres.way}) and Redis (${redis.way}) are up`);
  return { TEST_DATABASE_URL: postgres.url, TEST_REDIS_URL: redis.url };
}

async function startAsterisk(): Promise<Environment | { unavailable: string }> {
  const real = await startRealAsterisk({ log: say, timerBMs: TIMER_B_MS, cache: cacheDirectory() });
  if ('unavailable' in real) return { unavailable: real.unavailable };
  stack.add('Asterisk', real);
  return {
    E2E_ARI_URL: real.ariUrl,
    E2E_ARI_USERNAME: real.username,
    E2E_ARI_PASSWORD: real.password,
    E2E_INVITE_LOG: real.inviteLog,
    E2E_ASTERISK_LOG: real.asteriskLog,
    E2E_TIMER_B_MS: String(TIMER_B_MS),
  };
}

/** Every test file of the repository, in a fixed order. */
function testFiles(): string[] {
  return ['packages', 'services'].flatMap((kind) =>
    readdirSync(join(ROOT, kind)).flatMap((name) => {
      const directory = join(kind, name, 'test');
      if (!existsSync(join(ROOT, directory))) return [];
      return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.test.ts'))
        .map((file) => join(directory, file))
        .sort();
    }),
  );
}

function rootScripts(): Record<string, string> {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;
}

function cacheDirectory(): string {
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'dialgate');
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
