import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  startAsteriskSimulator,
  type AsteriskSimulator,
  type ChannelRecord,
  type SimulatorOptions,
} from '@dialgate/asterisk-simulator';
import { loadConfig, type Logger, openLog, silentLog } from '@dialgate/service-kit';
import { WORKER_TIMES, openDatabase, type Database, type WorkerTimes, type NewCall } from '@dialgate/database';
import { isFinal, type Call } from '@dialgate/domain';
import { openOriginateProducer, type OriginateProducer } from '@dialgate/redis';
import {
  bundled,
  createTestDatabase,
  createUser,
  AT_ONCE,
  eventually,
  OPEN_POLICY,
  slowness,
  someNewCall,
  testWorkerTimes,
  testRedis,
  type TestDatabase,
} from '@dialgate/testing';
import { workerConfig } from '../src/config.js';
import { DATABASE_TIMEOUTS } from '../src/database-timeouts.js';
import { openWorkerPorts } from '../src/ports.js';
import { createWorker } from '../src/wiring.js';

/** A worker of the product's own parts, in this process, with a database connection of its own. */
export interface RunningWorker {
  readonly owner: string;
  readonly stop: () => Promise<void>;
}

/** A worker in a process of its own, as operators run it. */
export interface WorkerProcess {
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves with the exit code, null after a kill. */
  readonly ended: Promise<number | null>;
  /** What it has complained of so far. */
  readonly complaints: () => string;
}

/** Everything a call needs around it: a real database, a real Redis, the simulator over real sockets, workers at will. */
export interface Workbench {
  readonly simulator: AsteriskSimulator;
  readonly database: Database;
  readonly sql: TestDatabase['sql'];
  readonly databaseUrl: string;
  readonly producer: OriginateProducer;
  readonly redis: { readonly url: string; readonly prefix: string };
  readonly userId: string;
  readonly startWorker: (environment?: Readonly<Record<string, string>>) => Promise<RunningWorker>;
  readonly startWorkerProcess: (environment?: Readonly<Record<string, string>>) => WorkerProcess;
  /** Resolves when so many workers could originate just now. */
  readonly ready: (workers: number, withinMs?: number) => Promise<unknown>;
  /** Writes a call down and queues it, as the API does. */
  readonly place: (phoneNumber: string, overrides?: Partial<NewCall>) => Promise<string>;
  /** Stores its client's cancel request for a call and announces it, as the API does. */
  readonly cancel: (id: string) => Promise<void>;
  readonly call: (id: string) => Promise<Call>;
  readonly ended: (id: string, withinMs?: number) => Promise<Call>;
  /** Resolves when the call has this status. */
  readonly reaches: (id: string, status: Call['status'], withinMs?: number) => Promise<Call>;
  /** The timeline's events, in order. */
  readonly timeline: (id: string) => Promise<string[]>;
  /** How many INVITEs were sent for the call. */
  readonly invites: (id: string) => number;
  /** What the simulator knows of the call's channels, one per attempt. */
  readonly channels: (id: string) => readonly ChannelRecord[];
  /** Asks the simulator for something over HTTP, as somebody else on the same Asterisk would. */
  readonly ask: (method: string, path: string) => Promise<Response>;
  readonly close: () => Promise<void>;
}

const SECRET = 'simulator-secret';

/** What operators run, and the same with the leases of tests. */
const MAIN = new URL('../src/main.ts', import.meta.url);
const MAIN_OF_TESTS = new URL('worker-main.ts', import.meta.url);

/**
 * Telephones slow down with the machine, but never below the real ones: workers count a ring timeout in real seconds, and
 * would take a phone that rings for longer than its timeout for one that was forgotten.
 */
function phoneSpeed(speed: number): number {
  return Math.max(speed / slowness(), Math.min(speed, 1));
}

/** @param speed of the telephones, ten times that of real ones by default; slower on a slow machine. */
export async function setUpWorkbench(
  { speed = 10, ...options }: Partial<SimulatorOptions> = {},
  {
    beside,
    server,
    times = testWorkerTimes(),
  }: {
    /** Another workbench whose simulator this one uses, too; it must be closed last. */
    readonly beside?: Workbench;
    /** A PostgreSQL of the test's own, which it may stop and start. */
    readonly server?: string;
    /** Of the workers in this process. Workers in processes of their own have a test's or production's. */
    readonly times?: WorkerTimes;
  } = {},
): Promise<Workbench> {
  const program = await bundled(times === WORKER_TIMES ? MAIN : MAIN_OF_TESTS);
  const testDatabase = await createTestDatabase(server);
  const { database, sql } = testDatabase;
  const redis = testRedis();
  const simulator =
    beside?.simulator ??
    (await startAsteriskSimulator({ username: 'gateway', password: SECRET, speed: phoneSpeed(speed), ...options }));
  const log = logForTests();
  const producer = openOriginateProducer({ redisUrl: redis.url, prefix: redis.prefix, log });
  await eventually(producer.ready);
  const userId = await createUser(database);
  const workers = new Set<RunningWorker>();

  const processes = new Set<WorkerProcess>();
  const common = {
    DATABASE_URL: testDatabase.url,
    DATABASE_POOL_SIZE: '4',
    REDIS_URL: redis.url,
    QUEUE_PREFIX: redis.prefix,
    ARI_HTTP_URL: simulator.ariUrl,
    ARI_USERNAME: 'gateway',
    ARI_PASSWORD: SECRET,
    ASTERISK_NAME: 'simulator',
    DRAIN_SECONDS: '0',
    ...OPEN_POLICY,
  };

  async function startWorker(environment: Readonly<Record<string, string>> = {}): Promise<RunningWorker> {
    const config = loadConfig(workerConfig, { ...common, ...environment });
    const own = openDatabase({
      url: config.DATABASE_URL,
      applicationName: 'test-worker',
      poolSize: config.DATABASE_POOL_SIZE,
      ...DATABASE_TIMEOUTS,
      times,
    });
    const owner = randomUUID();
    const itsLog = log.with({ worker: owner.slice(-4) });
    const ports = openWorkerPorts({ config, database: own, producer, owner, log: itsLog });
    const parts = createWorker({ ports, config, log: itsLog });
    for (const part of parts) await part.start?.();
    const worker = {
      owner,
      stop: async () => {
        workers.delete(worker);
        for (const part of [...parts].reverse()) await part.stop?.();
        await own.close();
      },
    };
    workers.add(worker);
    return worker;
  }

  function startWorkerProcess(environment: Readonly<Record<string, string>> = {}): WorkerProcess {
    const { PATH, TEST_SLOWNESS } = process.env;
    const child = spawn(process.execPath, [program], {
      env: { PATH, TEST_SLOWNESS, LOG_LEVEL: 'warn', ...common, ...environment },
      stdio: ['ignore', process.env.TEST_LOG === undefined ? 'ignore' : 'inherit', 'pipe'],
    });
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (said: string) => (complaints += said));
    const ended = once(child, 'close').then(([code]) => code as number | null);
    const running = {
      kill: (signal: NodeJS.Signals) => child.kill(signal),
      ended,
      complaints: () => complaints,
    };
    processes.add(running);
    return running;
  }

  async function call(id: string): Promise<Call> {
    const found = await database.calls.find(id);
    if (found === null) throw new Error('no such call');
    return found;
  }

  /** Asks for the status alone while it is another: the whole row costs several times as much. */
  function whenItIs(
    id: string,
    wanted: (status: Call['status']) => boolean,
    withinMs: number,
    mostRestMs?: number,
  ): Promise<Call> {
    return eventually(
      async () => {
        const [row] = await sql<Pick<Call, 'status'>>('SELECT status::text FROM calls WHERE id = $1', [id]);
        if (row === undefined || !(wanted(row.status) || isFinal(row.status))) return null;
        const found = await call(id);
        return wanted(found.status) || isFinal(found.status) ? found : null;
      },
      withinMs,
      mostRestMs,
    ).then((found) => {
      if (wanted(found.status)) return found;
      throw new Error(`the call is ${found.status}: what was waited for is over, or never was`);
    });
  }

  return {
    simulator,
    database,
    sql,
    databaseUrl: testDatabase.url,
    producer,
    redis,
    userId,
    startWorker,
    startWorkerProcess,
    ready: (workers, withinMs = 60_000) =>
      eventually(async () => {
        const slots = await database.slots.list();
        return slots.filter(({ held, connection }) => held && connection === 'connected').length === workers;
      }, withinMs),
    place: async (phoneNumber, overrides = {}) => {
      const created = await database.calls.create(someNewCall({ userId, phoneNumber, ...overrides }));
      if (created.outcome === 'key_reused') throw new Error('a key was reused');
      await eventually(() => producer.add(created.id).then(() => true)); // A busy Redis turns it away, as it does the API.
      return created.id;
    },
    cancel: async (id) => {
      await database.calls.requestCancel(id, null);
      await eventually(() => producer.announceCancelRequest(id).then(() => true));
    },
    call,
    ended: (id, withinMs = 30_000) => whenItIs(id, isFinal, withinMs),
    reaches: (id, status, withinMs = 30_000) => whenItIs(id, (now) => now === status, withinMs, AT_ONCE),
    timeline: async (id) => {
      const rows = await sql<{ event: string }>('SELECT event FROM call_events WHERE call_id = $1 ORDER BY id', [id]);
      return rows.map(({ event }) => event);
    },
    invites: (id) =>
      [...simulator.ledger.invites().byChannel].reduce(
        (sum, [channel, n]) => sum + (channel.startsWith(id) ? n : 0),
        0,
      ),
    channels: (id) => simulator.ledger.channels().filter(({ channelId }) => channelId.startsWith(`${id}.`)),
    ask: (method, path) => {
      const authorization = `Basic ${Buffer.from(`gateway:${SECRET}`).toString('base64')}`;
      return fetch(`${simulator.ariUrl}${path}`, { method, headers: { authorization } });
    },
    close: async () => {
      for (const worker of [...workers]) await worker.stop();
      for (const worker of processes) worker.kill('SIGKILL');
      await Promise.all([...processes].map(({ ended }) => ended));
      await producer.close();
      if (beside === undefined) await simulator.close();
      await testDatabase.drop();
    },
  };
}

/** Silent unless TEST_LOG is set to a level. */
function logForTests(): Logger {
  const level = process.env.TEST_LOG;
  if (level !== 'debug' && level !== 'info' && level !== 'warn') return silentLog;
  return openLog({ service: 'test', level, fullNumbers: true });
}
