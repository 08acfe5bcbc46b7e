/**
 * Durable intake: `POST /api/v2/calls` with authentication, validation and a committed row, against a bare Express that
 * answers 202, both as processes of their own under the same load in the same run.
 *
 * The intake logs as it does for its users, a line of JSON per request into a pipe; beside it stands what it would cost
 * without. Beside that, too, batches (`POST /api/v2/calls/batch`), counted by calls, and the one INSERT of many rows that
 * both come down to, without HTTP and in this process.
 *
 * Prints one JSON line: `{ name, unit, rows: [{ name, perSecond, cpuMicros, postgresMicros }], ratios: [{ name, value, goal
 * }] }`. `cpuMicros` is that of the server's process alone, `postgresMicros` that of PostgreSQL with all its processes (null:
 * not measurable).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { hashPassword } from '@dialgate/accounts';
import {
  cpuMicrosOf,
  createTestDatabase,
  eventually,
  OPEN_LIMITS,
  postgresCpu,
  someNewCall,
  testRedis,
} from '@dialgate/testing';
import { load, type Asked } from './load.js';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
const WARM_UP_SECONDS = Number(process.env.BENCH_WARM_UP_SECONDS ?? 6);
const CONNECTIONS = 64;
const CALL = { phone_number: '+33100000001', variables: { DG_ORDER: '4711' }, metadata: { campaign: 'x' } };

/** As many as one request may hold. */
const BATCH = 1_000;
/** While one batch is being written, another can be read. */
const BATCHES_AT_ONCE = 2;
/** A batch is a thousand calls: what a thousand requests get warm in, it does, too. */
const [BATCH_SECONDS, INSERT_SECONDS, SHORT_WARM_UP_SECONDS] = [3, 2, 1];

const ALONE: Asked = {
  path: '/api/v2/calls',
  body: JSON.stringify(CALL),
  atOnce: CONNECTIONS,
  calls: 1,
  accepted: (status) => (status === 202 ? 1 : 0),
};
const IN_BATCHES: Asked = {
  path: '/api/v2/calls/batch',
  body: JSON.stringify({ calls: Array.from({ length: BATCH }, () => CALL) }),
  atOnce: BATCHES_AT_ONCE,
  calls: BATCH,
  // Told first; the results behind it are not this process' matter.
  accepted: (_, text) => Number(/^\{"accepted":(\d+),/.exec(text)?.[1] ?? 0),
};

/** What is measured. */
interface Subject {
  readonly name: string;
  readonly pid: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Keeps at it until then, on performance.now()'s clock. @returns how many calls were accepted. */
  readonly work: (until: number) => Promise<number>;
}

interface Measured {
  readonly name: string;
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly postgresMicros: number | null;
}

const testDatabase = await createTestDatabase();
const redis = testRedis();
const postgres = await postgresCpu(testDatabase.ownerUrl);
const password = randomBytes(12).toString('hex');
const { database } = testDatabase;
await database.users.save({ username: 'bench', passwordHash: await hashPassword(password), role: 'operator' });
const userId = (await testDatabase.sql<{ id: string }>('SELECT id FROM users'))[0]?.id ?? '';

const secretKey = randomBytes(32).toString('hex'); // One for both, so that a token holds for both.
const floor = await serve('express-floor.ts', {});
const [api, silentApi] = [await serveApi('info'), await serveApi('warn')];
const token = await logIn(api.port);

const at = (name: string, server: Server, asked = ALONE): Subject => ({
  name,
  pid: server.child.pid ?? 0,
  seconds: asked === ALONE ? SECONDS : BATCH_SECONDS,
  warmUpSeconds: asked === ALONE ? WARM_UP_SECONDS : SHORT_WARM_UP_SECONDS,
  work: (until) => load(server.port, server === floor ? '' : token, asked, until),
});
const subjects: Subject[] = [
  at('bare Express', floor),
  at('durable intake', api),
  at('durable intake without a log', silentApi),
  at('durable intake, batches of 1,000', api, IN_BATCHES),
  {
    name: 'INSERT alone, 1,000 at a time',
    pid: process.pid,
    seconds: INSERT_SECONDS,
    warmUpSeconds: SHORT_WARM_UP_SECONDS,
    work: insert,
  },
];
for (const { work, warmUpSeconds } of subjects) await work(performance.now() + warmUpSeconds * 1_000);
const rounds: Measured[][] = [];
for (let round = 0; round < 2; round++) {
  const measured: Measured[] = [];
  for (const subject of subjects) measured.push(await measure(subject));
  rounds.push(measured);
}
const rows = subjects.map((_, n) => cheapest(rounds.flatMap((round) => round[n] ?? [])));
const [bare, intake, silent, batches, inserts] = rows;
if (!bare || !intake || !silent || !batches || !inserts) throw new Error('nothing was measured');
process.stdout.write(
  `${JSON.stringify({
    name: 'durable intake',
    unit: 'calls',
    rows,
    ratios: [
      {
        name: 'CPU of intake / CPU of bare Express',
        value: intake.cpuMicros / bare.cpuMicros,
        goal: 2.4,
        atMost: true,
      },
      { name: 'intake / bare Express, requests per second', value: intake.perSecond / bare.perSecond, goal: 0.3 },
      { name: 'CPU of intake / without a log', value: intake.cpuMicros / silent.cpuMicros, goal: 1.15, atMost: true },
      {
        name: 'CPU of a call in a batch / alone',
        value: batches.cpuMicros / intake.cpuMicros,
        goal: 0.4,
        atMost: true,
      },
      { name: 'calls in batches / alone, per second', value: batches.perSecond / intake.perSecond, goal: 2 },
      { name: 'calls in batches / INSERT alone, per second', value: batches.perSecond / inserts.perSecond, goal: 0.2 },
    ],
  })}\n`,
);
for (const { child } of [floor, api, silentApi]) child.kill('SIGTERM');
await Promise.all([floor, api, silentApi].map(({ child }) => once(child, 'exit')));
await testDatabase.drop();

function cheapest(measured: readonly Measured[]): Measured {
  return measured.reduce((a, b) => (b.cpuMicros < a.cpuMicros ? b : a));
}

function serveApi(level: 'info' | 'warn'): Promise<Server> {
  return serve('../src/main.ts', {
    DATABASE_URL: testDatabase.url,
    REDIS_URL: redis.url,
    QUEUE_PREFIX: redis.prefix,
    SECRET_KEY: secretKey,
    LOG_LEVEL: level,
    ...OPEN_LIMITS,
    RATE_LIMIT_REQUESTS: '1000000', // Counted like any other, never reached.
  });
}

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
}

async function serve(entry: string, settings: Readonly<Record<string, string>>): Promise<Server> {
  const port = await freePort();
  const path = fileURLToPath(new URL(entry, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', path], {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), NODE_ENV: 'production', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.resume(); // Read, as a container's log is.
  await eventually(() => fetch(`http://127.0.0.1:${port}/`).then(() => true), 300_000);
  return { child, port };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function logIn(port: number): Promise<string> {
  const form = new URLSearchParams({ username: 'bench', password });
  const answer = await fetch(`http://127.0.0.1:${port}/api/v2/token`, { method: 'POST', body: form });
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function measure({ name, pid, seconds, work }: Subject): Promise<Measured> {
  const used = (): readonly [number, number | null] => [cpuMicrosOf(pid), postgres?.() ?? null];
  const [before, postgresBefore] = used();
  const since = performance.now();
  const accepted = await work(since + seconds * 1_000);
  // What was under way then has ended since: a batch is a large part of a second.
  const took = (performance.now() - since) / 1_000;
  const [after, postgresAfter] = used();
  return {
    name,
    perSecond: accepted / took,
    cpuMicros: (after - before) / accepted,
    postgresMicros:
      postgresAfter === null || postgresBefore === null ? null : (postgresAfter - postgresBefore) / accepted,
  };
}

/** Rows of the same calls, as the intake writes them when it has a thousand at once. */
async function insert(until: number): Promise<number> {
  const { phone_number: phoneNumber, variables, metadata } = CALL;
  let written = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const some = Array.from({ length: BATCH }, () => someNewCall({ userId, phoneNumber, variables, metadata }));
      await Promise.all(some.map((call) => database.calls.create(call)));
      written += BATCH;
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, lane));
  return written;
}
