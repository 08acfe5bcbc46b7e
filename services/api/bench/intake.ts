/**
 * Durable intake: `POST /api/v2/calls` with authentication, validation and a committed row, against a bare Express that
 * answers 202, both as processes of their own under the same load in the same run.
 *
 * Prints one JSON line: `{ name, unit, rows: [{ name, perSecond, cpuMicros }], ratios: [{ name, value, goal }] }`. CPU is
 * that of the server's process alone; the database's comes on top.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { hashPassword } from '@dialgate/passwords';
import { createTestDatabase, eventually, testRedis } from '@dialgate/testing';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
const WARM_UP_SECONDS = Number(process.env.BENCH_WARM_UP_SECONDS ?? 6);
const CONNECTIONS = 64;
const BODY = JSON.stringify({
  phone_number: '+33100000001',
  variables: { ORDER: '4711' },
  metadata: { campaign: 'x' },
});
/** Kernel clock ticks, in microseconds (USER_HZ is 100 on every Linux that Node runs on). */
const TICK_MICROS = 10_000;

interface Measured {
  readonly name: string;
  readonly perSecond: number;
  readonly cpuMicros: number;
}

const testDatabase = await createTestDatabase();
const redis = testRedis();
const password = randomBytes(12).toString('hex');
await testDatabase.database.users.save({
  username: 'bench',
  passwordHash: await hashPassword(password),
  role: 'operator',
});

const floor = await serve('express-floor.ts', {});
const api = await serve('../src/main.ts', {
  DATABASE_URL: testDatabase.url,
  REDIS_URL: redis.url,
  QUEUE_PREFIX: redis.prefix,
  SECRET_KEY: randomBytes(32).toString('hex'),
  LOG_LEVEL: 'warn',
  RATE_LIMIT_REQUESTS: '1000000', // Counted like any other, never reached.
});
const token = await logIn(api.port);

await load(floor.port, '', WARM_UP_SECONDS);
await load(api.port, token, WARM_UP_SECONDS);
const rounds: { floor: Measured; api: Measured }[] = [];
for (let round = 0; round < 2; round++) {
  rounds.push({
    floor: await measure('bare Express', floor, ''),
    api: await measure('durable intake', api, token),
  });
}
const cheapest = (pick: (round: { floor: Measured; api: Measured }) => Measured): Measured =>
  rounds.map(pick).reduce((a, b) => (b.cpuMicros < a.cpuMicros ? b : a));
const [bare, intake] = [cheapest((round) => round.floor), cheapest((round) => round.api)];
process.stdout.write(
  `${JSON.stringify({
    name: 'durable intake',
    unit: 'requests',
    rows: [bare, intake],
    ratios: [
      {
        name: 'CPU of intake / CPU of bare Express',
        value: intake.cpuMicros / bare.cpuMicros,
        goal: 2.4,
        atMost: true,
      },
      { name: 'intake / bare Express, requests per second', value: intake.perSecond / bare.perSecond, goal: 0.3 },
    ],
  })}\n`,
);
for (const { child } of [floor, api]) child.kill('SIGTERM');
await Promise.all([floor, api].map(({ child }) => once(child, 'exit')));
await testDatabase.drop();

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
}

async function serve(entry: string, settings: Readonly<Record<string, string>>): Promise<Server> {
  const port = await freePort();
  const path = fileURLToPath(new URL(entry, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', path], {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), NODE_ENV: 'production', ...settings },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await eventually(() => fetch(`http://127.0.0.1:${port}/`).then(() => true), 20_000);
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

async function measure(name: string, server: Server, bearer: string): Promise<Measured> {
  const before = cpuMicrosOf(server.child.pid ?? 0);
  const answered = await load(server.port, bearer, SECONDS);
  return { name, perSecond: answered / SECONDS, cpuMicros: (cpuMicrosOf(server.child.pid ?? 0) - before) / answered };
}

/** User and system time of a process, proc(5). */
function cpuMicrosOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
}

/** Keeps all connections busy for so long. @returns how many requests were answered 202. */
async function load(port: number, bearer: string, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const until = performance.now() + seconds * 1_000;
  let answered = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const status = await post(port, bearer, agent);
      if (status !== 202) throw new Error(`answered ${status}`);
      answered++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  agent.destroy();
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
