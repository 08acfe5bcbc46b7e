import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectTo } from '@dialgate/database';
import {
  startCluster,
  startPostgres,
  startPostgresPair,
  startRedis,
  startSentinelSet,
  type RedisSet,
} from '@dialgate/local-stack';
import { steppedClock, type SteppedClock } from './stepped-clock.js';

/** A server that can be killed and brought back with its data. */
export interface Server {
  /** May name several that stand in for each other. */
  readonly url: string;
  /** Ends it at once: SIGQUIT is PostgreSQL's immediate shutdown, SIGKILL the end of the world. */
  readonly kill: (signal: 'SIGQUIT' | 'SIGKILL') => Promise<void>;
  /** Resolves when it is there again, or another in its place. */
  readonly startAgain: () => Promise<void>;
}

/** How one database is reached: by the role that owns the tables, and by the one of the services. */
export interface DatabaseUrls {
  readonly owner: string;
  readonly services: string;
}

/** The campaign's own PostgreSQL and Redis, durable, in a temporary directory. */
export interface Servers {
  readonly postgres: Server;
  readonly redis: Server;
  /** PostgreSQL's, where it can be set. */
  readonly clock: SteppedClock | null;
  /** An empty database. */
  readonly createDatabase: (name: string) => Promise<DatabaseUrls>;
  readonly dropDatabase: (name: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Which servers: one of each by default. */
export interface ServersKind {
  /**
   * A primary and a synchronous standby, which is promoted where one alone would be started again; or one whose wall clock can be
   * set.
   */
  readonly postgres?: 'pair' | 'stepped-clock';
  /**
   * Three sentinels, a master and its replica; or a cluster of three masters, where the one that has the keys of the queue has a
   * replica, and is the one that is killed: without the others every call would be dialled as ever.
   */
  readonly redis?: 'sentinels' | 'cluster';
}

const SERVICES_ROLE = 'dialgate_faults_services';

/** Of a URL that may name several hosts, which `URL` does not know. */
const AFTER_HOSTS = /(?<=@[^/?]*)(?:\/[^?]*)?(\?.*)?$/;
const CREDENTIALS = /\/\/[^@/]*@/;

/**
 * @param log hears how the servers were come by.
 * @param heard every line that PostgreSQL logs: slow statements, waits for locks, checkpoints.
 * @param queuePrefix QUEUE_PREFIX of the installation that a cluster is for.
 */
export async function startServers(
  log: (line: string) => void,
  heard: (line: string) => void = () => undefined,
  kind: ServersKind = {},
  queuePrefix = '',
): Promise<Servers> {
  const directory = await mkdtemp(join(tmpdir(), 'dialgate-faults-'));
  await chmod(directory, 0o755); // Root's PostgreSQL runs as somebody else, who must be able to enter.
  const shared = { dir: directory, log, searchPath: process.env.PATH };
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'dialgate');

  const onLine = (line: string): void => heard(`postgres ${line}`);
  const clock = kind.postgres === 'stepped-clock' ? await steppedClock(directory) : null;
  const postgres =
    kind.postgres === 'pair'
      ? await pair(log)
      : await restartable((port) => startPostgres({ ...shared, port, onLine, env: clock?.env }));
  const redis =
    kind.redis === undefined
      ? await restartable((port) => startRedis({ ...shared, cache, port }))
      : replaceable(kind.redis === 'sentinels' ? await startSentinelSet() : await startCluster(queuePrefix));

  const onServer = async (statement: string): Promise<void> => {
    const client = await connectTo(postgres.url, {});
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };

  for (const setting of TALKATIVE) await onServer(`ALTER SYSTEM SET ${setting}`);
  await onServer('SELECT pg_reload_conf()');
  const rolePassword = randomBytes(16).toString('hex');
  await onServer(`CREATE ROLE ${SERVICES_ROLE} LOGIN PASSWORD '${rolePassword}'`);

  return {
    postgres,
    redis,
    clock,
    createDatabase: async (name) => {
      await onServer(`CREATE DATABASE ${name}`);
      const owner = postgres.url.replace(AFTER_HOSTS, `/${name}$1`);
      return { owner, services: owner.replace(CREDENTIALS, `//${SERVICES_ROLE}:${rolePassword}@`) };
    },
    dropDatabase: (name) => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
    stop: async () => {
      await redis.stop();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What makes PostgreSQL say why a client was kept waiting. */
const TALKATIVE = [
  'log_min_duration_statement = 250',
  'log_lock_waits = on', // Longer than a second.
  "log_line_prefix = '%m %a '",
] as const;

interface Started {
  readonly url: string;
  readonly process: { readonly exited: Promise<unknown>; kill(signal: NodeJS.Signals): void } | null;
  stop(): Promise<void>;
}

async function restartable(start: (port?: number) => Promise<Started>): Promise<StoppableServer> {
  let running = await start();
  const { url } = running;
  const port = Number(new URL(url).port);
  return {
    url,
    kill: async (signal) => {
      running.process?.kill(signal);
      await running.process?.exited;
    },
    startAgain: async () => {
      running = await start(port);
    },
    stop: () => running.stop(),
  };
}

type StoppableServer = Server & { readonly stop: () => Promise<void> };

async function pair(log: (line: string) => void): Promise<StoppableServer> {
  const { url, killPrimary, promote, stop } = await startPostgresPair({ synchronous: true, log });
  return { url, kill: killPrimary, startAgain: promote, stop };
}

function replaceable({ url, killMaster, failedOver, stop }: RedisSet): StoppableServer {
  return { url, kill: killMaster, startAgain: failedOver, stop };
}
