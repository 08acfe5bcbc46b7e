import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { PassThrough } from 'node:stream';
import { openDatabase } from '@dialgate/database';
import type { Scope, UserRole } from '@dialgate/domain';
import { createAdmission, openLog } from '@dialgate/service-kit';
import { createApiKey, hashPassword, type WantedApiKey } from '@dialgate/accounts';
import {
  openBoardQueues,
  openEntryListener,
  openOriginateProducer,
  openWorkerReports,
  type OriginateProducer,
  type WorkerReports,
} from '@dialgate/redis';
import { openRateLimits, type RateLimits } from '../src/limits/rate-limits.js';
import {
  createTestDatabase,
  eventually,
  OPEN_LIMITS,
  OPEN_POLICY,
  patience,
  testRedis,
  type TestDatabase,
} from '@dialgate/testing';
import { createApp } from '../src/app.js';
import { signingKey } from '../src/auth/secret-key.js';
import { createTokens } from '../src/auth/tokens.js';
import { createTrail } from '../src/audit/trail.js';
import { createRetryOrders } from '../src/calls/retry-orders.js';
import { createRetention } from '../src/calls/retention.js';
import { createSweep } from '../src/calls/sweep.js';
import { createWithdrawals } from '../src/calls/withdrawals.js';
import { readConfig } from '../src/config.js';
import { DATABASE_TIMEOUTS } from '../src/database-timeouts.js';
import { createHttpServer } from '../src/serve.js';
import { createStreams } from '../src/streams/streams.js';
import { unhurriedNow } from './unhurried-clock.js';

export const SECRET_KEY = 'Zk7w0Qv2mT9xLr4bNc8yHs1dJf6gPa3e';
export const PASSWORD = 'nine brown foxes sang';

/** Made once: it is made to be slow, and nobody here wants another. */
const passwordHash = hashPassword(PASSWORD);

/** Nobody listens there. */
export const NOWHERE = '127.0.0.1:1';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  readonly text: string;
  /** By a clock that stands still while this process is kept from running. */
  readonly tookMs: number;
}

export interface Sending {
  readonly token?: string | null;
  readonly json?: unknown;
  /** The body as it goes over the wire. */
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

export interface Api {
  readonly tables: TestDatabase;
  readonly queue: OriginateProducer;
  readonly workers: WorkerReports;
  readonly limits: RateLimits;
  readonly redis: { readonly url: string; readonly prefix: string };
  readonly user: { readonly id: string; readonly username: string };
  readonly admin: { readonly id: string; readonly username: string };
  /** A token of a user who has had one password; `send` uses the operator's unless told otherwise. */
  readonly tokenOf: (userId: string) => string;
  /** As `POST /token` gives it; everybody here has the same password. */
  readonly logIn: (username: string) => Promise<string>;
  readonly addUser: (role: UserRole) => Promise<{ id: string; username: string }>;
  readonly send: (method: string, path: string, sending?: Sending) => Promise<Answer>;
  readonly port: () => number;
  /** Everything that was logged so far. */
  readonly logged: () => string;
  readonly stop: () => Promise<void>;
}

/**
 * The real application on a port of its own, with a database of its own and the tests' Redis.
 *
 * @param environment variables that differ from the defaults; DATABASE_URL and REDIS_URL here lead the application astray
 *   while the test still sees the real ones.
 */
export async function startApi(
  environment: Record<string, string> = {},
  options: {
    sweepMs?: number;
    tables?: TestDatabase;
    /** How often streams look at the timeline without being woken, in milliseconds. */
    lookEveryMs?: number;
    /** Another instance on the database and Redis of this one, which must be stopped last. */
    beside?: Api;
  } = {},
): Promise<Api> {
  const tables = options.beside?.tables ?? options.tables ?? (await createTestDatabase());
  const redis = options.beside?.redis ?? testRedis();
  const config = readConfig({
    DATABASE_URL: tables.url,
    REDIS_URL: redis.url,
    QUEUE_PREFIX: redis.prefix,
    SECRET_KEY,
    LOG_LEVEL: 'debug',
    LOGIN_RATE_LIMIT: '0',
    ...OPEN_LIMITS,
    ...OPEN_POLICY,
    ...environment,
  });

  const stream = new PassThrough();
  let lines = '';
  stream.on('data', (chunk: Buffer) => (lines += chunk.toString()));
  const log = openLog({ service: 'api', ...config.log, stream });

  const access = { redisUrl: config.redisUrl, prefix: config.queuePrefix, log };
  const queue = openOriginateProducer(access);
  const database = openDatabase({
    url: config.databaseUrl,
    applicationName: 'api-test',
    callLimits: config.limits.calls,
    onEntries: queue.announceEntries,
    // Where everything is slow, PostgreSQL is not away yet.
    connectTimeoutMs: patience(DATABASE_TIMEOUTS.connectTimeoutMs),
    queryTimeoutMs: patience(DATABASE_TIMEOUTS.queryTimeoutMs),
  });
  const workers = openWorkerReports(access);
  const board = config.web.boardEnabled ? openBoardQueues(access) : null;
  const limits = openRateLimits(access);
  const withdrawals = createWithdrawals({ calls: database.calls, log });
  const { lookEveryMs = 1_000 } = options;
  const streams = createStreams({ calls: database.calls, limits: config.limits.streams, log, lookEveryMs });
  const entries = openEntryListener({ ...access, onEntries: streams.wake });
  const trail = createTrail({ trail: database.audit, log, everyMs: 50 });
  const admission = createAdmission(config.calls.admission);
  const app = createApp({
    config,
    database,
    admission,
    queue,
    workers,
    board,
    limits,
    withdrawals,
    streams,
    addEntry: trail.add,
    log,
  });
  const http = createHttpServer({ app, ...config.web, port: 0, log });
  const { calls, tokens: stored } = database;
  const { orphanSeconds, keptFor } = config;
  const sweep = createSweep({
    calls,
    tokens: stored,
    orphanSeconds,
    personalDataDays: keptFor.personalDataDays,
    withdrawals,
    log,
    everyMs: options.sweepMs ?? 60_000,
  });
  const everyMs = options.sweepMs ?? 60_000;
  const retention = createRetention({ calls, trail: database.audit, keptFor, log, everyMs });
  await sweep.start?.();
  const retryOrders = createRetryOrders({
    calls,
    users: database.users,
    admission,
    admissionFacts: database.admissionFacts,
    queue,
    log,
    everyMs,
  });
  await retention.start?.();
  await retryOrders.start?.();
  await trail.start?.();
  await http.start?.();
  await streams.part.start?.();
  // The first connection takes longest, and a request waits for it no longer than for an answer.
  if (config.databaseUrl === tables.url) {
    await eventually(() => database.ping().then(() => true), 60_000);
    // Whose key it is has connections of its own.
    await eventually(() => database.keys.findByPrefix('nobody’s').then(() => true), 60_000);
  }
  if (config.redisUrl === redis.url)
    await eventually(() => queue.ready() && limits.shared() && (board?.ready() ?? true));

  const tokens = createTokens({ key: signingKey(SECRET_KEY), expiresInSeconds: 600 });
  const tokenOf = (userId: string) => tokens.issue({ id: userId, tokenVersion: 0 });
  let users = 0;
  async function addUser(role: UserRole) {
    const username = `${role}-${++users}`;
    // Instances beside each other share their users; saving one again would end their tokens.
    await tables.database.users.create({ username, passwordHash: await passwordHash, role });
    const { id } = (await tables.database.users.findByUsername(username))!;
    return { id, username };
  }
  async function logIn(username: string): Promise<string> {
    const json = { username, password: PASSWORD };
    const { status, body } = await exchange(http.port(), 'POST', '/api/v2/token', { json });
    if (status !== 200) throw new Error(`login: ${String(status)}`);
    return String(body.access_token);
  }
  const user = await addUser('operator');
  const admin = await addUser('admin');

  return {
    tables,
    queue,
    workers,
    limits,
    redis,
    user,
    admin,
    addUser,
    tokenOf,
    logIn,
    port: http.port,
    logged: () => lines,
    send: (method, path, { token = tokenOf(user.id), ...sending } = {}) =>
      exchange(http.port(), method, path, {
        ...sending,
        headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...sending.headers },
      }),
    stop: async () => {
      await streams.part.stop?.();
      await http.stop?.();
      await sweep.stop?.();
      await retention.stop?.();
      await retryOrders.stop?.();
      await trail.stop?.();
      await queue.close();
      entries.close();
      workers.close();
      limits.close();
      board?.close();
      await database.close();
      if (options.beside === undefined) await tables.drop();
    },
  };
}

/** Sends exactly this path: a client of Node's own would tidy it up first. */
export function exchange(
  port: number,
  method: string,
  path: string,
  { json, raw, headers }: Omit<Sending, 'token'>,
): Promise<Answer> {
  const body = json === undefined ? raw : JSON.stringify(json);
  const startedAt = unhurriedNow();
  return new Promise((resolve, reject) => {
    const sent = httpRequest({
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      headers: {
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => {
        const isJson = (response.headers['content-type'] ?? '').includes('json');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
          text,
          tookMs: unhurriedNow() - startedAt,
        });
      });
    });
    sent.end(body);
  });
}

/** An API key of this user, as `user key create` makes it. */
export async function keyOf(
  { tables }: Pick<Api, 'tables'>,
  username: string,
  scopes: readonly Scope[],
  more: Partial<WantedApiKey> = {},
): Promise<string> {
  const wanted = { username, scopes, name: 'test', allowedFrom: [], expiresInDays: null, ...more };
  const made = await createApiKey(wanted, tables.database);
  if ('problem' in made) throw new Error(made.problem);
  return made.key;
}

/** The fields an error names. */
export function fieldsOf(answer: Answer): string[] {
  return ((answer.body.errors ?? []) as { field: string }[]).map(({ field }) => field);
}
