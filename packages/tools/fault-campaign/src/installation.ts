import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@dialgate/asterisk-simulator';
import { openDatabase, openPatientPool, type Database } from '@dialgate/database';
import type pg from 'pg';
import { startApiProcess, type ApiProcess } from './api-process.js';
import { logIn, type Client } from './client.js';
import { openLine, type Line, type Lines } from './lines.js';
import type { Measure } from './measures.js';
import { watchPace, type Pace } from './pace.js';
import { noteAbsence, notedApi, notedLine, notedServer } from './noted.js';
import type { Servers } from './servers.js';
import { blindSpans, troublesFromNow, type BlindSpans, type Troubles } from './spans.js';
import { openTraffic, type Traffic } from './traffic.js';
import { prepareDatabase, THIS_VERSION, type Version } from './version.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

/** What a fault wants to be different from an ordinary installation. */
export interface Settings {
  readonly api?: Readonly<Record<string, string>>;
  readonly worker?: Readonly<Record<string, string>>;
  /** What is installed at first; default: the checkout that is played. */
  readonly version?: Version;
}

/** An Asterisk as a worker sees it. */
export interface Ari {
  /** ASTERISK_NAME */
  readonly name: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** A whole installation of the product, its processes real, its networks breakable. */
export interface Installation {
  readonly servers: Servers;
  readonly api: ApiProcess;
  /** What the API reaches its servers through. */
  readonly apiLines: Pick<Lines, 'postgres' | 'redis'>;
  readonly client: Client;
  readonly traffic: Traffic;
  readonly database: Database;
  readonly sql: <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;
  /** The workers that run just now, oldest first. */
  readonly workers: () => readonly WorkerProcess[];
  /** Starts a worker; does not wait for it. */
  readonly startWorker: (options?: {
    readonly version?: Version;
    readonly env?: Readonly<Record<string, string>>;
    readonly nodeFlags?: string[];
    /** Of which Asterisk, counted from 0; default: in turn. */
    readonly asterisk?: number | undefined;
  }) => Promise<WorkerProcess>;
  /** Resolves when so many workers could originate. */
  readonly ready: (workers: number, withinMs?: number) => Promise<void>;
  /** How the machine has kept up since the installation was set up. */
  readonly pace: () => Pace;
  readonly spans: BlindSpans;
  /** When anything was broken: networks, servers and processes note it down by themselves, the rest is a fault's to tell. */
  readonly troubles: Troubles;
  /** The epoch of each slot, by its application: it changes when another worker takes the slot. */
  readonly epochs: () => Promise<Readonly<Record<string, number>>>;
  /** 0–1, of this fault's seed: the same campaign strikes at the same moments. */
  readonly random: () => number;
  readonly queuePrefix: string;
  readonly killed: () => number;
  /** Kills of workers that had calls. */
  readonly killedWithCalls: () => number;
  /** How long each slot of a killed worker was without an ear, in milliseconds. */
  readonly adoptions: readonly number[];
  /** What happened that never should. */
  readonly complaints: readonly string[];
  readonly complain: (what: string) => void;
  /** What a fault has measured by itself. */
  readonly measures: Measure[];
  /** Runs this version's `migrate` on the database. */
  readonly prepare: (version: Version) => Promise<void>;
  readonly close: () => Promise<void>;
}

const USERNAME = 'campaign';

/** The campaign itself has all the time that a slow machine takes. */
const PATIENT = { connectTimeoutMs: 30_000, queryTimeoutMs: 60_000 };
const READY_WITHIN_MS = 300_000;

export async function setUpInstallation(options: {
  readonly name: string;
  readonly servers: Servers;
  /** At least one. The first worker is of the first, the second of the second, and so on. */
  readonly asterisks: readonly Ari[];
  readonly settings: Settings;
  readonly seed: number;
  /** Hears of a worker's death. Returns those of its applications that have live channels. */
  readonly onDeath: (apps: readonly string[]) => readonly string[];
  readonly log: (line: string) => void;
}): Promise<Installation> {
  const { name, asterisks, settings, log } = options;
  const troubles = troublesFromNow();
  const servers: Servers = {
    ...options.servers,
    postgres: notedServer(options.servers.postgres, troubles),
    redis: notedServer(options.servers.redis, troubles),
  };
  const pace = watchPace();
  const random = seededRandom(options.seed);
  const { version: installed = THIS_VERSION } = settings;
  const urls = await servers.createDatabase(name);
  const { owner: databaseUrl } = urls;
  const database = openDatabase({ url: databaseUrl, applicationName: 'campaign', poolSize: 2, ...PATIENT });
  const pool = openPatientPool(
    databaseUrl,
    { max: 2 },
    { connectMs: PATIENT.connectTimeoutMs, answerMs: PATIENT.queryTimeoutMs },
  );
  pool.on('error', () => undefined);

  const complaints: string[] = [];
  const complain = (what: string): void => void complaints.push(what);
  const spans = blindSpans();
  const lines: Line[] = [];
  const lineTo = async (url: string): Promise<Line> => {
    const line = notedLine(await openLine(url, random), troubles);
    lines.push(line);
    return line;
  };
  const linesTo = async ({ url }: Ari): Promise<Lines> => ({
    postgres: await lineTo(databaseUrl),
    redis: await lineTo(servers.redis.url),
    asterisk: await lineTo(url),
  });
  const environment = ({ postgres, redis }: Pick<Lines, 'postgres' | 'redis'>): Record<string, string> => ({
    PATH: process.env.PATH ?? '',
    DATABASE_URL: postgres.through(urls.services),
    REDIS_URL: redis.through(servers.redis.url),
    QUEUE_PREFIX: name,
    ALLOWED_EXTENSIONS: '*', // The callees' calls go on for as long as their extension says.
  });

  const password = randomBytes(12).toString('hex');
  const prepare = (version: Version) => prepareDatabase(version, urls, { username: USERNAME, password });
  await prepare(installed);
  const apiLines = { postgres: await lineTo(databaseUrl), redis: await lineTo(servers.redis.url) };
  const api = notedApi(
    await startApiProcess({ version: installed, env: { ...environment(apiLines), ...settings.api }, complain, log }),
    troubles,
  );
  const client = await logIn(api.url, USERNAME, password);

  const workers: WorkerProcess[] = [];
  const running = (): WorkerProcess[] => workers.filter((worker) => worker.isRunning());
  const absence = noteAbsence(troubles, () => running().some((worker) => worker.isReady()));
  const sql = async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> =>
    (await pool.query<Row>({ text, values: values ?? [] })).rows;
  const deaths = new Map<string, number>();
  const adoptions: number[] = [];
  let killed = 0;
  let killedWithCalls = 0;
  const watch = {
    ready: (app: string) => {
      const diedAt = deaths.get(app);
      if (diedAt === undefined) return;
      adoptions.push(performance.now() - diedAt);
      deaths.delete(app);
    },
    died: (apps: readonly string[]) => {
      const busy = options.onDeath(apps);
      killed++;
      if (busy.length > 0) killedWithCalls++;
      // A slot without calls is nobody's concern until a new worker wants one.
      // An adopter that dies as well begins it anew.
      for (const app of busy) deaths.set(app, performance.now());
    },
  };

  return {
    servers,
    api,
    apiLines,
    client,
    traffic: openTraffic(client),
    database,
    sql,
    workers: running,
    startWorker: async ({ version = installed, env = {}, nodeFlags = [], asterisk } = {}) => {
      const nth = (asterisk ?? workers.length) % asterisks.length;
      const ari = asterisks[nth];
      if (ari === undefined) throw new Error('there is no Asterisk');
      const ownLines = await linesTo(ari);
      const worker = await startWorkerProcess({
        version,
        name: `worker-${String(workers.length + 1)}`,
        asterisk: nth,
        env: {
          ...environment(ownLines),
          ARI_HTTP_URL: ownLines.asterisk.through(ari.url),
          ARI_USERNAME: ari.username,
          ARI_PASSWORD: ari.password,
          ASTERISK_NAME: ari.name,
          ...settings.worker,
          ...env,
        },
        nodeFlags,
        lines: ownLines,
        watch,
        spans,
        troubles,
        complain,
        log,
      });
      workers.push(worker);
      return worker;
    },
    ready: async (wanted, withinMs = READY_WITHIN_MS) => {
      const deadline = performance.now() + withinMs;
      while (running().filter((worker) => worker.isReady()).length < wanted) {
        if (performance.now() > deadline) throw new Error(`not ${String(wanted)} workers ready in time`);
        await sleep(50);
      }
    },
    pace: pace.soFar,
    spans,
    troubles,
    epochs: async () => {
      const slots = await sql<{ app: string; epoch: number }>('SELECT app, epoch FROM worker_slots');
      return Object.fromEntries(slots.map(({ app, epoch }) => [app, epoch]));
    },
    random,
    queuePrefix: name,
    killed: () => killed,
    killedWithCalls: () => killedWithCalls,
    adoptions,
    complaints,
    complain,
    measures: [],
    prepare,
    close: async () => {
      pace.stop();
      clearInterval(absence);
      await api.stop();
      for (const worker of running()) await worker.kill();
      for (const line of lines) line.close();
      await database.close();
      await pool.end();
      await servers.dropDatabase(name);
    },
  };
}
