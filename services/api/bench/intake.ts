/**
 * Durable intake: `POST /api/v2/calls` with authentication, validation and a committed row, against a bare Express that
 * answers 202, both as processes of their own under the same load in the same run.
 *
 * The intake logs as it does for its users, a line of JSON per request into a pipe; beside it stands what it would cost
 * without.
 *
 * Prints one JSON line: `{ name, unit, rows: [{ name, perSecond, cpuMicros, postgresMicros }], ratios: [{ name, value, goal
 * }] }`. `cpuMicros` is that of the server's process alone, `postgresMicros` that of PostgreSQL with all its processes (null:
 * not measurable).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { hashPassword } from '@dialgate/accounts';
import { cpuMicrosOf, createTestDatabase, eventually, OPEN_LIMITS, postgresCpu, testRedis } from '@dialgate/testing';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
const WARM_UP_SECONDS = Number(process.env.BENCH_WARM_UP_SECONDS ?? 6);
const CONNECTIONS = 64;
const BODY = JSON.stringify({
  phone_number: '+33100000001',
  variables: { DG_ORDER: '4711' },
  metadata: { campaign: 'x' },
});

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
await testDatabase.database.users.save({
  username: 'bench',
  passwordHash: await hashPassword(password),
  role: 'operator',
});

const secretKey = randomBytes(32).toString('hex'); // One for both, so that a token holds for both.
const floor = await serve('express-floor.ts', {});
const [api, silentApi] = [await serveApi('info'), await serveApi('warn')];
const token = await logIn(api.port);

const servers = [
  { name: 'bare Express', server: floor, bearer: '' },
  { name: 'durable intake', server: api, bearer: token },
  { name: 'durable intake without a log', server: silentApi, bearer: token },
];
for (const { server, bearer } of servers) await load(server.port, bearer, WARM_UP_SECONDS);
const rounds: Measured[][] = [];
for (let round = 0; round < 2; round++) {
  const measured: Measured[] = [];
  for (const { name, server, bearer } of servers) measured.push(await measure(name, server, bearer));
  rounds.push(measured);
}
const rows = servers.map((_, n) => cheapest(rounds.flatMap((round) => round[n] ?? [])));
const [bare, intake, silent] = rows;
if (bare === undefined || intake === undefined || silent === undefined) throw new Error('nothing was measured');
process.stdout.write(
  `${JSON.stringify({
    name: 'durable intake',
    unit: 'requests',
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

async function measure(name: string, { child, port }: Server, bearer: string): Promise<Measured> {
  const used = (): readonly [number, number | null] => [cpuMicrosOf(child.pid ?? 0), postgres?.() ?? null];
  const [before, postgresBefore] = used();
  const answered = await load(port, bearer, SECONDS);
  const [after, postgresAfter] = used();
  return {
    name,
    perSecond: answered / SECONDS,
    cpuMicros: (after - before) / answered,
    postgresMicros:
      postgresAfter === null || postgresBefore === null ? null : (postgresAfter - postgresBefore) / answered,
  };
}

/** Keeps all connections busy for so long. @returns how many requests were answered 202. */
async function load(port: number, bearer: string, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const until = performance.now() + seconds * 1_000;
  let answered = 0;
  let turnedAway = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const status = await post(port, bearer, agent);
      if (status === 202) answered++;
      else if (status === 503) turnedAway++; // A busy machine: PostgreSQL was not in time.
      else throw new Error(`answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  agent.destroy();
  if (turnedAway > 0) process.stderr.write(`${turnedAway} requests were turned away, ${answered} accepted\n`);
  return answered;
}

function post(port: number, bearer: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      agent,
      method: 'POST',
      path: '/api/v2/calls',
      headers: { 'content-type': 'application/json', 'content-length': BODY.length, authorization: `Bearer ${bearer}` },
    });
    sent.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(BODY);
  });
}
