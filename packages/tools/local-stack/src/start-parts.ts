/** What `npm start` brings up: each part is started, waited for as long as it lives, and kept running. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OutOfPatienceError, waitFor } from '@dialgate/service-kit';
import { EndedEarlyError } from './child.js';
import { keepRunning, type Running } from './keep-running.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';
import { openServiceLog } from './service-log.js';
import { startService, type ServiceOptions } from './service.js';
import type { Stack } from './stack.js';
import {
  apiEnvironment,
  setupEnvironment,
  webhookEnvironment,
  workerEnvironment,
  type Environment,
  type ServiceSettings,
} from './start-plan.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SETUP = 'packages/accounts/dist/setup/main.js';
const API = 'services/api/dist/main.js';
const WORKER = 'services/ari-worker/dist/main.js';
const WEBHOOK_WORKER = 'services/webhook-worker/dist/main.js';
const SIMULATOR = 'packages/tools/asterisk-simulator/dist/main.js';

/** How long one look at a service may take, in milliseconds; then it is looked at again. */
const LOOK_WITHIN_MS = 30_000;

export type Parts = ReturnType<typeof openParts>;

/** @param local the directory where everything lives that is kept from one start to the next. */
export function openParts(options: {
  readonly env: Environment;
  readonly local: string;
  readonly running: string;
  readonly stack: Stack;
  /** Hears, step by step, what is up and what is waited for. */
  readonly step: (line: string) => void;
}) {
  const { env, local, running, stack, step } = options;
  const logOf = (name: string, show: (line: string) => void): ((line: string) => void) =>
    openServiceLog(join(local, 'logs'), name, show).line;
  const quietLogOf = (name: string): ((line: string) => void) => logOf(name, () => undefined);
  const shared = { dir: local, log: step, searchPath: env.PATH, recordIn: running };

  return { postgres, redis, simulator, database, api, worker, webhookWorker };

  async function postgres(port: number): Promise<void> {
    const onLine = quietLogOf('postgres');
    const { way } = await keep('postgres', () => startPostgres({ ...shared, url: env.DATABASE_URL, port, onLine }));
    step(`PostgreSQL ${way === 'given' ? 'as given by DATABASE_URL' : `private, at 127.0.0.1:${String(port)}`}`);
  }

  /** @returns its URL. */
  async function redis(port: number): Promise<string> {
    const onLine = quietLogOf('redis');
    const cache = join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'dialgate');
    const { way, url } = await keep('redis', () => startRedis({ ...shared, url: env.REDIS_URL, cache, port, onLine }));
    step(`Redis ${way === 'given' ? 'as given by REDIS_URL' : `private, at 127.0.0.1:${String(port)}`}`);
    return url;
  }

  async function simulator(ari: ServiceSettings['ari']): Promise<void> {
    await keepService('simulator', {
      entry: SIMULATOR,
      args: ['--port', new URL(ari.url).port],
      env: { PATH: env.PATH, ARI_USERNAME: ari.username, ARI_PASSWORD: ari.password },
      poll: () => respondsTo(`${ari.url}/asterisk/ping`, ari),
      log: quietLogOf('simulator'),
    });
    step(`simulated Asterisk at ${ari.url}`);
  }

  /** Applies the migrations and sees to the administrator; it waits by itself for a PostgreSQL that is still waking up. */
  async function database(url: string, admin: { username: string; password: string }): Promise<void> {
    const log = quietLogOf('setup');
    const setup = await startService('setup', {
      entry: join(ROOT, SETUP),
      args: ['--reset-admin'],
      env: setupEnvironment(env, url, admin),
      recordIn: running,
      log(line) {
        log(line);
        step(line);
      },
    });
    const exit = await setup.exited;
    if (exit.code !== 0) throw new EndedEarlyError(exit, setup);
  }

  async function api(settings: ServiceSettings): Promise<void> {
    await keepService('api', {
      entry: API,
      env: apiEnvironment(env, settings),
      poll: () => acceptsCalls(`http://127.0.0.1:${String(settings.port)}/health`),
      log: logOf('api', step),
    });
    step(`API at http://localhost:${String(settings.port)}`);
  }

  /** Is up once it runs; an Asterisk that is down is no reason not to start: calls are accepted, and wait for it. */
  async function worker(settings: ServiceSettings, stopped: AbortSignal): Promise<void> {
    const log = logOf('ari-worker', step);
    let isReady = (): void => undefined;
    const ready = new Promise<void>((resolve) => (isReady = resolve));
    await keepService('ari-worker', {
      entry: WORKER,
      env: workerEnvironment(env, settings),
      log(line) {
        log(line);
        if (line.includes('Slot ready')) isReady();
      },
    });
    const { url } = settings.ari;
    void waitFor({
      what: `the worker to reach Asterisk at ${url}`,
      say: step,
      signal: stopped,
      ask: () => ready.then(() => ({ got: true })),
    }).then(
      () => step(`worker connected to ${url}`),
      (error: unknown) => {
        if (error instanceof OutOfPatienceError)
          step(`${error.message}; calls wait for it. See .local/logs/ari-worker.log`);
      },
    );
  }

  /** Nobody waits for it. */
  async function webhookWorker(settings: ServiceSettings): Promise<void> {
    await keepService('webhook-worker', {
      entry: WEBHOOK_WORKER,
      env: webhookEnvironment(env, settings),
      log: quietLogOf('webhook-worker'),
    });
  }

  async function keepService(name: string, service: ServiceOptions): Promise<void> {
    await keep(name, async () => {
      const process = await startService(name, {
        ...service,
        entry: join(ROOT, service.entry),
        cwd: ROOT,
        recordIn: running,
        stopWithinMs: 6_000,
        say: step,
      });
      return { process, stop: (withinMs) => process.stop(withinMs) };
    });
  }

  async function keep<R extends Running>(name: string, start: () => Promise<R>): Promise<R> {
    const kept = await keepRunning({ name, start, say: step, isStopping: () => stack.isStopping() });
    stack.add(name, kept);
    return kept.first;
  }
}

/** By the health page: not being ready is an answer that the API logs as a warning. */
async function acceptsCalls(url: string): Promise<boolean> {
  const health = (await (await ask(url))?.json().catch(() => null)) as { status?: unknown } | null | undefined;
  return typeof health?.status === 'string' && health.status !== 'down';
}

async function respondsTo(
  url: string,
  { username, password }: { username: string; password: string },
): Promise<boolean> {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await ask(url, { authorization });
  await response?.body?.cancel();
  return response?.ok === true;
}

async function ask(url: string, headers: Record<string, string> = {}): Promise<Response | null> {
  return fetch(url, { headers, signal: AbortSignal.timeout(LOOK_WITHIN_MS) }).catch(() => null);
}
