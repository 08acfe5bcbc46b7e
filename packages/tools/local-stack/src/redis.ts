import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { POLITE_STOP, startChild, type Child } from './child.js';
import { ARCHITECTURES, hasDebianTools, unpackPackages } from './debian-packages.js';
import { LocalStackError } from './errors.js';
import { keptSecret, madeUpSecret } from './kept-secret.js';
import { freePort } from './ports.js';
import { probeRedis, requireServer } from './probe.js';
import { findProgram } from './programs.js';
import { releaseDirectory, watchDirectory } from './watchdog.js';
import { redisWays, type Way } from './ways.js';

/** What startRedis needs. */
export interface RedisOptions {
  /** Where the data of a private server lives, `.local` for `npm start`. Not used by an ephemeral one. */
  dir: string;
  log: (line: string) => void;
  /** A server to use instead of a private one: REDIS_URL. */
  url?: string | undefined;
  /** In a temporary directory, keeping nothing on disk, and removed on stop. */
  ephemeral?: boolean;
  /** The port of a private server; a free one when left out. */
  port?: number | undefined;
  /** PATH, where a server's program is looked for besides the usual places. */
  searchPath?: string | undefined;
  /** Where downloaded packages are kept. */
  cache?: string | undefined;
  onLine?: ((line: string) => void) | undefined;
  recordIn?: string | undefined;
  /** How long a server that was given is waited for, in milliseconds. Default 10 minutes. */
  limitMs?: number | undefined;
  /** The password of a private server, where several share one; a made-up one when left out. */
  password?: string | undefined;
  /** Further lines of a private server's configuration. */
  settings?: readonly string[] | undefined;
  /** Starts a sentinel instead of a server. */
  sentinel?: boolean | undefined;
  /** Only these ways, in this order (tests). */
  ways?: Way[] | undefined;
}

/** A Redis server to use. */
export interface Redis {
  url: string;
  way: Way;
  process: Child | null;
  stop(withinMs?: number): Promise<void>;
}

const NOTHING_WORKS =
  'No Redis can be had. Set REDIS_URL to one that runs, or install it (Debian: apt-get install redis-server; macOS: brew install redis).';

/** Brings up a Redis: the one given, else a private one on a free loopback port, by the first way that works. */
export async function startRedis(options: RedisOptions): Promise<Redis> {
  const found = findProgram('redis-server', options.searchPath) ?? findProgram('valkey-server', options.searchPath);
  const root = process.getuid?.() === 0;
  const ways =
    options.ways ??
    redisWays({ url: options.url, found: found !== null, debian: hasDebianTools(), root, embedded: false });

  const failures: string[] = [];
  for (const way of ways) {
    if (way === 'given') return givenServer(options.url ?? '', options);
    try {
      return await privateServer(way, found, options);
    } catch (error) {
      if (!(error instanceof LocalStackError)) throw error;
      failures.push(error.message);
      options.log(`Redis (${way}): ${error.message}`);
    }
  }
  throw new LocalStackError([NOTHING_WORKS, ...failures].join('\n  '));
}

async function givenServer(url: string, { log, limitMs }: RedisOptions): Promise<Redis> {
  await requireServer(url, probeRedis, { variable: 'REDIS_URL', server: 'Redis' }, { say: log, limitMs });
  return { url, way: 'given', process: null, stop: () => Promise.resolve() };
}

async function privateServer(way: Way, found: string | null, options: RedisOptions): Promise<Redis> {
  const { ephemeral = false } = options;
  const program = way === 'debian' ? await debianProgram(options) : { command: found ?? '', env: {} };
  const home = ephemeral ? mkdtempSync(join(tmpdir(), 'dialgate-redis-')) : join(options.dir, 'redis');
  if (ephemeral) watchDirectory(home);
  mkdirSync(home, { recursive: true });
  const discard = (): void => {
    if (!ephemeral) return;
    rmSync(home, { recursive: true, force: true });
    releaseDirectory(home);
  };

  try {
    const password =
      options.password ?? (ephemeral ? madeUpSecret() : keptSecret(join(options.dir, 'secrets'), 'redis'));
    const port = options.port ?? (await freePort());
    // The password is in a file: a command line can be read by every user of the machine.
    const file = join(home, 'redis.conf');
    const lines = [configuration({ home, port, password, ephemeral }), ...(options.settings ?? []), ''];
    writeFileSync(file, lines.join('\n'), { mode: 0o600 });
    const server = await startChild({
      name: 'redis',
      command: program.command,
      args: options.sentinel === true ? [file, '--sentinel'] : [file],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', ...program.env },
      cwd: home,
      ready: (line) => /ready to accept connections|Sentinel ID is/i.test(line),
      say: options.log,
      onLine: options.onLine,
      stopSteps: [{ signal: 'SIGTERM', waitMs: 5_000 }, ...POLITE_STOP.slice(1)],
      recordIn: options.recordIn,
    });
    return {
      url: `redis://:${password}@127.0.0.1:${String(port)}`,
      way,
      process: server,
      async stop(withinMs) {
        await server.stop(withinMs);
        discard();
      },
    };
  } catch (error) {
    discard();
    throw error;
  }
}

/** A queue's Redis must not throw keys away when it is full; what it keeps on disk is its append-only file. */
export function configuration({
  home,
  port,
  password,
  ephemeral,
}: {
  home: string;
  port: number;
  password: string;
  ephemeral: boolean;
}): string {
  return [
    'bind 127.0.0.1',
    `port ${String(port)}`,
    `requirepass ${password}`,
    `dir "${home}"`,
    'save ""',
    `appendonly ${ephemeral ? 'no' : 'yes'}`,
    'maxmemory-policy noeviction',
    'daemonize no',
    'logfile ""',
    '',
  ].join('\n');
}

async function debianProgram({ cache, log }: RedisOptions): Promise<{ command: string; env: NodeJS.ProcessEnv }> {
  const root = join(cache ?? join(homedir(), '.cache', 'dialgate'), 'redis');
  const command = join(root, 'usr/bin/redis-server');
  if (findProgram('redis-server', join(root, 'usr/bin')) !== command) {
    await unpackPackages({ packages: ['redis-server'], into: root, log });
  }
  return { command, env: { LD_LIBRARY_PATH: join(root, 'usr/lib', ARCHITECTURES[process.arch]?.multiarch ?? '') } };
}
