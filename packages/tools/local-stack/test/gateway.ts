import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { hashPassword } from '@dialgate/accounts';
import {
  createTestDatabase,
  eventually,
  OPEN_LIMITS,
  OPEN_POLICY,
  testRedis,
  type TestDatabase,
} from '@dialgate/testing';
import { freePort, startService, type Service } from '../src/index.js';

/** What `GET /api/v2/status/{call_id}` answers, as far as these tests look at it. */
export interface CallStatus {
  readonly call_id: string;
  readonly phone_number: string;
  readonly status: string;
  readonly channel: string | null;
  readonly duration: number | null;
  readonly failure_reason: string | null;
  readonly hangup_cause: number | null;
  readonly sip_status: number | null;
  readonly hangup_by: string | null;
  readonly answered_at: string | null;
  readonly is_completed: boolean;
}

/** The product as it runs in production: the API and workers as processes of their own, reached over HTTP only. */
export interface Gateway {
  readonly url: string;
  /** Where all its API processes are; the first is `url`. */
  readonly urls: readonly string[];
  readonly sql: TestDatabase['sql'];
  /** The user that the requests are sent as; no admin. */
  readonly login: { readonly username: string; readonly password: string };
  /** Sends a request as the logged-in user. */
  readonly request: (method: string, path: string, body?: unknown) => Promise<Response>;
  /** Posts a call and returns its id. @throws when it is not accepted. */
  readonly place: (phoneNumber: string, body?: Readonly<Record<string, unknown>>) => Promise<string>;
  readonly status: (id: string) => Promise<CallStatus>;
  readonly ended: (id: string, withinMs?: number) => Promise<CallStatus>;
  readonly reaches: (id: string, status: string, withinMs?: number) => Promise<CallStatus>;
  /** What its processes have logged so far, line by line. */
  readonly logged: readonly string[];
  readonly stop: () => Promise<void>;
}

const API = fileURLToPath(new URL('../../../../services/api/dist/main.js', import.meta.url));
const WORKER = fileURLToPath(new URL('../../../../services/ari-worker/dist/main.js', import.meta.url));

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

/** Starts a gateway on a database of its own against this Asterisk and logs in. */
export async function startGateway(
  ari: Ari,
  settings: {
    readonly api?: Record<string, string>;
    readonly worker?: Record<string, string>;
    readonly both?: Record<string, string>;
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
  const services: Service[] = [];
  const urls: string[] = [];
  const secretKey = randomBytes(32).toString('hex');
  for (let n = 0; n < (settings.apis ?? 1); n += 1) await startApi();
  const [url = ''] = urls;

  async function startApi(): Promise<void> {
    const port = await freePort();
    const address = `http://127.0.0.1:${String(port)}`;
    urls.push(address);
    const api = await startService('api', {
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
    services.push(api);
  }

  services.push(
    await startService('ari-worker', {
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

  const login = await fetch(`${url}/api/v2/token`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'e2e', password }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };

  const request = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${url}/api/v2${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  async function status(id: string): Promise<CallStatus> {
    return (await (await request('GET', `/status/${id}`)).json()) as CallStatus;
  }

  return {
    url,
    urls,
    sql: testDatabase.sql,
    login: { username: 'e2e', password },
    request,
    status,
    logged: lines,
    place: async (phoneNumber, body = {}) => {
      const answer = await request('POST', `/interaction/${encodeURIComponent(phoneNumber)}`, body);
      const accepted = (await answer.json()) as { call_id: string };
      if (answer.status !== 202) throw new Error(`not accepted: ${String(answer.status)} ${JSON.stringify(accepted)}`);
      return accepted.call_id;
    },
    ended: (id, withinMs = 60_000) =>
      eventually(async () => {
        const call = await status(id);
        return call.is_completed ? call : null;
      }, withinMs),
    reaches: (id, wanted, withinMs = 20_000) =>
      eventually(async () => {
        const call = await status(id);
        return call.status === wanted ? call : null;
      }, withinMs),
    stop: async () => {
      for (const service of services.reverse()) await service.stop();
      await testDatabase.drop();
    },
  };
}
