import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { hashPassword } from '@dialgate/accounts';
import { createDialgateClient, type Call, type CallRequest, type DialgateClient } from '@dialgate/client';
import {
  createTestDatabase,
  AT_ONCE,
  eventually,
  OPEN_LIMITS,
  OPEN_POLICY,
  patience,
  testRedis,
  type TestDatabase,
} from '@dialgate/testing';
import { freePort, startService, type Service } from '../src/index.js';

/** The product as it runs in production: the API and workers as processes of their own, reached over HTTP only. */
export interface Gateway {
  readonly url: string;
  /** Where all its API processes are; the first is `url`. */
  readonly urls: readonly string[];
  readonly sql: TestDatabase['sql'];
  /** The user that the requests are sent as; no admin. */
  readonly login: { readonly username: string; readonly password: string };
  /** What that user sends as `Authorization: Bearer …`. */
  readonly token: string;
  /** Sends a request as the logged-in user. */
  readonly request: (method: string, path: string, body?: unknown) => Promise<Response>;
  /** Posts a call and returns its id. @throws when it is not accepted. */
  readonly place: (phoneNumber: string, body?: Omit<CallRequest, 'phone_number'>) => Promise<string>;
  readonly ended: (id: string, withinMs?: number) => Promise<Call>;
  readonly reaches: (id: string, status: string, withinMs?: number) => Promise<Call>;
  /** Kills one of its processes with SIGKILL and, when it is gone and this is done, starts another in its place. */
  readonly kill: (process: GatewayProcess, meanwhile?: () => Promise<unknown>) => Promise<void>;
  /** For everything else. */
  readonly client: DialgateClient;
  /** What its processes have logged so far, line by line. */
  readonly logged: readonly string[];
  readonly stop: () => Promise<void>;
}

/** The processes of which there is one. */
export type GatewayProcess = 'api' | 'ari-worker' | 'webhook-worker';

const API = fileURLToPath(new URL('../../../../services/api/dist/main.js', import.meta.url));
const WORKER = fileURLToPath(new URL('../../../../services/ari-worker/dist/main.js', import.meta.url));

const WEBHOOKS = fileURLToPath(new URL('../../../../services/webhook-worker/dist/main.js', import.meta.url));

/** Where the Asterisk of this run speaks ARI. */
export interface Ari {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** The real Asterisk of this run, brought up by `npm test`. */
export function realAsterisk(): Ari {
  const { E2E_ARI_URL: url, E2E_ARI_USERNAME: username, E2E_ARI_PASSWORD: password } = process.env;
  if (url === undefined || username === undefined || password === undefined)
    throw new Error('run this with `npm test`');
  return { url, username, password };
}

/** What the real Asterisk of this run answers to a GET of ARI, such as `/channels`. @throws when it is no success. */
export async function askAsterisk<Answer>(path: string): Promise<Answer> {
  const { url, username, password } = realAsterisk();
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await fetch(`${url}${path}`, { headers: { authorization } });
  if (!answer.ok) throw new Error(`${path}: ${String(answer.status)}`);
  return (await answer.json()) as Answer;
}

/** Starts a gateway on a database of its own against this Asterisk and logs in. */
export async function startGateway(
  ari: Ari,
  settings: {
    readonly api?: Record<string, string>;
    readonly worker?: Record<string, string>;
    readonly both?: Record<string, string>;
    /** With these a webhook worker is started, too. */
    readonly webhooks?: Record<string, string>;
    /** How many API processes; one by default. */
    readonly apis?: number;
    /** A PostgreSQL of the test's own, which it may stop and start. */
    readonly server?: string;
  } = {},
): Promise<Gateway> {
  const testDatabase = await createTestDatabase(settings.server);
  const redis = testRedis();
  const password = randomBytes(12).toString('hex');
  await testDatabase.database.users.save({
    username: 'e2e',
    passwordHash: await hashPassword(password),
    role: 'operator',
  });

  const common = {
    PATH: process.env.PATH,
    DATABASE_URL: testDatabase.url,
    REDIS_URL: redis.url,
    QUEUE_PREFIX: redis.prefix,
    ...OPEN_POLICY,
    ...settings.both,
  };
  const lines: string[] = [];
  const log = (line: string): void => {
    lines.push(line);
    if (process.env.TEST_LOG !== undefined) console.log(line);
  };
  const services = new Map<string, { readonly service: Service; readonly start: () => Promise<Service> }>();
  const keep = async (name: string, start: () => Promise<Service>): Promise<void> =>
    void services.set(name, { service: await start(), start });
  const urls: string[] = [];
  const secretKey = randomBytes(32).toString('hex');
  for (let n = 0; n < (settings.apis ?? 1); n += 1) await startApi(n === 0 ? 'api' : `api ${String(n + 1)}`);
  const [url = ''] = urls;

  async function startApi(name: string): Promise<void> {
    const port = await freePort();
    const address = `http://127.0.0.1:${String(port)}`;
    urls.push(address);
    const start = () =>
      startService('api', {
        entry: API,
        env: {
          ...common,
          HOST: '127.0.0.1',
          PORT: String(port),
          SECRET_KEY: secretKey,
          ...OPEN_LIMITS,
          ...settings.api,
        },
        log,
        poll: () =>
          fetch(`${address}/health/ready`).then(
            ({ ok }) => ok,
            () => false,
          ),
      });
    await keep(name, start);
  }

  await keep('ari-worker', () =>
    startService('ari-worker', {
      entry: WORKER,
      env: {
        ...common,
        ARI_HTTP_URL: ari.url,
        ARI_USERNAME: ari.username,
        ARI_PASSWORD: ari.password,
        DRAIN_SECONDS: '0',
        ...settings.worker,
      },
      log,
      ready: (line) => line.includes('Slot ready'),
    }),
  );

  const { webhooks } = settings;
  if (webhooks !== undefined)
    await keep('webhook-worker', () =>
      startService('webhook-worker', { entry: WEBHOOKS, env: { ...common, ...webhooks }, log }),
    );

  const login = { username: 'e2e', password };
  const client = createDialgateClient({ baseUrl: url, login });
  const { data: loggedIn } = await client.api.POST('/api/v2/token', { body: login });
  if (loggedIn === undefined) throw new Error('no login');
  const { access_token: token } = loggedIn;

  const request = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${url}/api/v2${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  return {
    url,
    urls,
    sql: testDatabase.sql,
    login,
    token,
    request,
    client,
    logged: lines,
    place: async (phoneNumber, body = {}) => {
      const params = { path: { number: phoneNumber } };
      const { data, error, response } = await client.api.POST('/api/v2/interaction/{number}', { params, body });
      if (data === undefined) throw new Error(`not accepted: ${String(response.status)} ${JSON.stringify(error)}`);
      return data.call_id;
    },
    ended: (id, withinMs = 60_000) => client.waitForCall(id, { timeoutMs: patience(withinMs) }),
    kill: async (process, meanwhile) => {
      const running = services.get(process);
      if (running === undefined) throw new Error(`there is no ${process}`);
      running.service.kill('SIGKILL');
      await running.service.exited;
      await meanwhile?.();
      await keep(process, running.start);
    },
    // A status may be over before a stream tells of it.
    reaches: (id, wanted, withinMs = 20_000) =>
      eventually(
        async () => {
          // Of the row, which costs far less than an answer of the API; and then by the API.
          const asked = [id, wanted];
          const [there] = await testDatabase.sql('SELECT 1 FROM calls WHERE id = $1 AND status::text = $2', asked);
          if (there === undefined) return null;
          const call = await client.getCall(id);
          return call.status === wanted ? call : null;
        },
        withinMs,
        AT_ONCE,
      ),
    stop: async () => {
      for (const { service } of [...services.values()].reverse()) await service.stop();
      await testDatabase.drop();
    },
  };
}
