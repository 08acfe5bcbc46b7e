/** `pnpm bench`: every benchmark of the project, one after the other, on servers of its own, as ratios to a floor. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalStackError } from './errors.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';
import { createStack, runWithStack } from './stack.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** `pnpm bench startup`: needs no servers of ours, and prints by itself. */
const STARTUP = 'packages/tools/local-stack/bench/startup.ts';

/** `pnpm bench retention` takes minutes, `pnpm bench sweeps` measures beside a long snapshot: they print by themselves. */
const BY_THEMSELVES: Partial<Record<string, string>> = {
  retention: 'services/api/bench/retention.ts',
  sweeps: 'services/api/bench/sweeps.ts',
};

/** Each prints one line of JSON; see the head of the file. */
const BENCHMARKS = [
  'services/api/bench/intake.ts',
  'services/api/bench/streams.ts',
  'services/ari-worker/bench/event-path.ts',
  'services/ari-worker/bench/queue-refill.ts',
  'services/ari-worker/bench/claims.ts',
  'services/ari-worker/bench/reconcile.ts',
];

interface Report {
  readonly name: string;
  readonly unit: string;
  readonly rows: readonly {
    readonly name: string;
    readonly perSecond: number;
    readonly cpuMicros: number;
    /** What PostgreSQL used for it; null when it is not on this machine. */
    readonly postgresMicros: number | null;
  }[];
  readonly ratios: readonly {
    readonly name: string;
    readonly value: number;
    readonly goal: number;
    /** The goal is an upper bound. */
    readonly atMost?: boolean;
  }[];
}

const env = process.env;
const say = (line: string): void => console.log(line);
const stack = createStack({ log: say });

process.exitCode = await runWithStack(stack, bench, sayError, { followParent: env.npm_lifecycle_event !== undefined });
process.exit();

async function bench(): Promise<number> {
  const [name, ...rest] = process.argv.slice(2);
  if (name === 'startup') {
    await run(STARTUP, {}, { args: rest, stdout: 'inherit' });
    return 0;
  }
  const shared = { dir: join(ROOT, '.local'), log: say, searchPath: env.PATH };
  const cache = join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'dialgate');
  // Not an ephemeral PostgreSQL, whose fsync is off: what is measured here is durable.
  const postgres = stack.add('PostgreSQL', await startPostgres({ ...shared, url: env.DATABASE_URL }));
  const redis = stack.add('Redis', await startRedis({ ...shared, ephemeral: true, url: env.REDIS_URL, cache }));
  const alone = BY_THEMSELVES[name ?? ''];
  if (alone !== undefined) {
    await run(alone, { TEST_DATABASE_URL: postgres.url }, { args: rest, stdout: 'inherit' });
    return 0;
  }
  say('Each figure is the best of two rounds on this machine, now. Only the ratios say something about another.\n');

  // `pnpm bench streams` runs one.
  for (const file of BENCHMARKS.filter((one) => one.includes(name ?? '')))
    print(JSON.parse(await run(file, { TEST_DATABASE_URL: postgres.url, TEST_REDIS_URL: redis.url })) as Report);
  return 0;
}

function sayError(error: unknown): void {
  say(error instanceof LocalStackError ? error.message : String(error instanceof Error ? error.stack : error));
}

/** @returns what the benchmark wrote, unless that went to the terminal. */
async function run(
  file: string,
  servers: Readonly<Record<string, string>>,
  { args = [], stdout = 'pipe' }: { args?: string[]; stdout?: 'pipe' | 'inherit' } = {},
): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, file), ...args], {
    cwd: ROOT,
    env: { ...env, ...servers },
    stdio: ['ignore', stdout, 'inherit'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  stack.onStop(file, async () => {
    child.kill('SIGTERM');
    await closed;
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const [code] = await closed;
  if (code !== 0) throw new LocalStackError(`${file} failed`);
  return output;
}

function print({ name, unit, rows, ratios }: Report): void {
  say(name);
  for (const row of rows) {
    const rate = Math.round(row.perSecond).toLocaleString('en');
    const postgres = row.postgresMicros === null ? 'not measurable' : `${row.postgresMicros.toFixed(1)} µs`;
    say(
      `  ${row.name.padEnd(44)} ${rate.padStart(9)} ${unit}/s  ${row.cpuMicros.toFixed(1).padStart(8)} µs CPU each, PostgreSQL ${postgres}`,
    );
  }
  for (const { name: ratio, value, goal, atMost = false } of ratios) {
    const met = atMost ? value <= goal : value >= goal;
    say(
      `  ${ratio.padEnd(44)} ${value.toFixed(2).padStart(9)}  (goal ${atMost ? '≤' : '≥'} ${goal}${met ? '' : ', not met'})`,
    );
  }
  say('');
}
