/** `npm start`: the whole gateway on one machine, from nothing, until Ctrl-C. */
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate } from '@dialgate/database';
import { said, type Child } from './child.js';
import { demonstrateCall } from './demonstration-call.js';
import { LocalStackError } from './errors.js';
import { keptSecret, madeUpSecret } from './kept-secret.js';
import { freePort, whyPortIsTaken } from './ports.js';
import { startPostgres } from './postgres.js';
import { claimDirectory } from './records.js';
import { startRedis } from './redis.js';
import { openServiceLog } from './service-log.js';
import { startService, type Service } from './service.js';
import { createStack, runWithStack } from './stack.js';
import { apiEnvironment, planStart, workerEnvironment, type Environment, type ServiceSettings } from './start-plan.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const LOCAL = join(ROOT, '.local');
const LOGS = join(LOCAL, 'logs');
const RUNNING = join(LOCAL, 'running');
const API = 'services/api/dist/main.js';
const WORKER = 'services/ari-worker/dist/main.js';
const SEED = 'packages/setup/dist/seed.js';
const SIMULATOR = 'packages/asterisk-simulator/dist/main.js';

const env: Environment = process.env;
const say = (line: string): void => console.log(line);
const stack = createStack({ log: say });

process.exitCode = await runWithStack(stack, start, sayError, { followParent: env.npm_lifecycle_event !== undefined });
// Whatever a library still holds open (a pool, a timer) must not keep a stopped gateway in the terminal.
process.exit();

async function start(stopped: Promise<NodeJS.Signals>): Promise<number> {
  const plan = planStart(env);
  if ('problems' in plan) throw new LocalStackError(plan.problems.join('\n'));
  // Root's PostgreSQL runs as somebody else, who must be able to pass through; what is secret in there has modes of its own.
  mkdirSync(LOCAL, { recursive: true, mode: 0o711 });
  const claim = await claimDirectory(RUNNING, say);
  stack.onStop('the claim on .local', () => claim.release());
  await requirePort(plan.port); // After the claim, which ends what a killed run left behind: its API may still hold the port.

  const { databaseUrl, redisUrl } = await startServers();
  const secret = (name: 'SEED_ADMIN_PASSWORD' | 'SECRET_KEY', bytes: number): string =>
    plan.madeUp.includes(name) ? keptSecret(join(LOCAL, 'secrets'), name.toLowerCase(), bytes) : (env[name] ?? '');
  const admin = { username: plan.adminUsername, password: secret('SEED_ADMIN_PASSWORD', 18) };
  await prepareDatabase(databaseUrl, admin);

  const settings: ServiceSettings = {
    databaseUrl,
    redisUrl,
    port: plan.port,
    secretKey: secret('SECRET_KEY', 48),
    ari:
      plan.ariUrl === undefined
        ? await startSimulator()
        : { url: plan.ariUrl, username: env.ARI_USERNAME ?? '', password: env.ARI_PASSWORD ?? '' },
  };
  const url = `http://localhost:${String(plan.port)}`;
  const api = await startApi(settings, url);
  const worker = await startWorker(settings);

  banner({
    url,
    admin,
    keptPassword: plan.madeUp.includes('SEED_ADMIN_PASSWORD'),
    ari: plan.ariUrl ?? `${settings.ari.url} (simulated)`,
  });
  if (plan.ariUrl === undefined) await demonstrateCall({ url, ...admin, say, stopped });
  say('\nServing. Ctrl-C stops everything.');

  const first = await Promise.race([stopped, firstToEnd([api, worker])]);
  if (typeof first !== 'string') {
    say(`\n${said(first.name, first.exit)}; its log is ${join('.local/logs', `${first.name}.log`)}`);
    return 1;
  }
  say('\nStopping …');
  return 0;
}

function sayError(error: unknown): void {
  const expected = error instanceof LocalStackError || !(error instanceof Error);
  say(`\n${expected ? String(error instanceof Error ? error.message : error) : (error.stack ?? error.message)}`);
}

async function requirePort(port: number): Promise<void> {
  const why = await whyPortIsTaken(port);
  if (why === null) return;
  const reason = why === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${why})`;
  throw new LocalStackError(
    `Port ${String(port)} ${reason}. Nothing was started. Choose another one: PORT=8001 npm start`,
  );
}

async function startServers(): Promise<{ databaseUrl: string; redisUrl: string }> {
  const shared = { dir: LOCAL, log: step, searchPath: env.PATH, recordIn: RUNNING };
  const postgresLog = openServiceLog(LOGS, 'postgres', () => undefined);
  const postgres = stack.add(
    'PostgreSQL',
    await startPostgres({ ...shared, url: env.DATABASE_URL, onLine: (line) => postgresLog.line(line) }),
  );
  step(
    `PostgreSQL ${postgres.way === 'given' ? 'as given by DATABASE_URL' : `private, ${postgres.url.replace(/:[^:@]*@/, ':…@')}`}`,
  );

  const redisLog = openServiceLog(LOGS, 'redis', () => undefined);
  const redis = stack.add(
    'Redis',
    await startRedis({ ...shared, url: env.REDIS_URL, cache: cacheDirectory(), onLine: (line) => redisLog.line(line) }),
  );
  step(`Redis ${redis.way === 'given' ? 'as given by REDIS_URL' : `private, ${redis.url.replace(/:[^:@]*@/, ':…@')}`}`);
  for (const server of [postgres, redis]) failWhenItEnds(server.process);
  return { databaseUrl: postgres.url, redisUrl: redis.url };
}

async function prepareDatabase(url: string, admin: { username: string; password: string }): Promise<void> {
  const applied = await migrate({ url, directory: join(ROOT, 'prisma', 'migrations') });
  step(applied.length === 0 ? 'database is up to date' : `database: applied ${applied.join(', ')}`);

  const log = openServiceLog(LOGS, 'seed', () => undefined);
  const seeding = await startService('seed', {
    entry: join(ROOT, SEED),
    cwd: ROOT,
    env: { ...env, DATABASE_URL: url, SEED_ADMIN_USERNAME: admin.username, SEED_ADMIN_PASSWORD: admin.password },
    log: (line) => log.line(line),
  });
  const exit = await seeding.exited;
  log.close();
  if (exit.code !== 0) throw new LocalStackError([said('the seed', exit), ...seeding.lastLines()].join('\n    '));
  step(`seeded the administrator ${admin.username}`);
}

async function startSimulator(): Promise<ServiceSettings['ari']> {
  const port = await freePort();
  const ari = { url: `http://127.0.0.1:${String(port)}/ari`, username: 'dialgate', password: madeUpSecret() };
  await run('simulator', {
    entry: join(ROOT, SIMULATOR),
    args: ['--port', String(port)],
    env: { PATH: env.PATH, ARI_USERNAME: ari.username, ARI_PASSWORD: ari.password },
    poll: () => respondsTo(`${ari.url}/asterisk/ping`, ari),
    log: openServiceLog(LOGS, 'simulator', () => undefined).line,
  });
  step(`simulated Asterisk at ${ari.url}`);
  return ari;
}

async function startApi(settings: ServiceSettings, url: string): Promise<Service> {
  const api = await run('api', {
    entry: join(ROOT, API),
    env: apiEnvironment(env, settings),
    poll: () => respondsTo(`${url.replace('localhost', '127.0.0.1')}/health/ready`),
    log: openServiceLog(LOGS, 'api', step).line,
  });
  step(`API at ${url}`);
  return api;
}

async function startWorker(settings: ServiceSettings): Promise<Service> {
  const seen = { connected: false };
  const log = openServiceLog(LOGS, 'ari-worker', step);
  const worker = await run('ari-worker', {
    entry: join(ROOT, WORKER),
    env: workerEnvironment(env, settings),
    log(line) {
      seen.connected ||= line.includes('WebSocket connected to ARI');
      log.line(line);
    },
  });
  // An Asterisk that is down is no reason not to start: calls are accepted, and wait for it.
  for (let waited = 0; waited < 8_000 && !seen.connected && worker.exit() === null; waited += 100) await sleep(100);
  step(
    seen.connected
      ? `worker connected to ${settings.ari.url}`
      : `worker started; ${settings.ari.url} does not answer yet`,
  );
  return worker;
}

async function run(name: string, options: Parameters<typeof startService>[1]): Promise<Service> {
  return stack.add(name, await startService(name, { ...options, cwd: ROOT, recordIn: RUNNING, stopWithinMs: 6_000 }));
}

async function respondsTo(url: string, user?: { username: string; password: string }): Promise<boolean> {
  const authorization = user && `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;
  const headers = authorization === undefined ? {} : { authorization };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(2_000) }).catch(() => null);
  return response?.ok === true;
}

async function firstToEnd(services: Service[]): Promise<{ name: string; exit: Awaited<Service['exited']> }> {
  return Promise.race(services.map(async ({ name, exited }) => ({ name, exit: await exited })));
}

/** A private server that ends by itself is said at once: what the services report then only follows from it. */
function failWhenItEnds(server: Child | null): void {
  void server?.exited.then((exit) => {
    if (!stack.isStopping())
      step(`${said(server.name, exit)}; its log is ${join('.local/logs', `${server.name}.log`)}`);
  });
}

function banner({
  url,
  admin,
  keptPassword,
  ari,
}: {
  url: string;
  admin: { username: string; password: string };
  keptPassword: boolean;
  ari: string;
}): void {
  say(`
  Dialgate     ${url}/api/v2      health: ${url}/health
  Asterisk     ${ari}
  Login        ${admin.username} / ${keptPassword ? `${admin.password}   (kept in .local/secrets)` : 'SEED_ADMIN_PASSWORD as given'}
  Logs         .local/logs
`);
}

function cacheDirectory(): string {
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'dialgate');
}

function step(line: string): void {
  say(`• ${line}`);
}
