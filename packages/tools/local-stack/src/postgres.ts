import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, type Child } from './child.js';
import { ARCHITECTURES, hasDebianTools, unpackPackages } from './debian-packages.js';
import { embeddedPostgresPackage, embeddedPostgresPrograms, hasEmbeddedPostgres } from './embedded-postgres.js';
import { LocalStackError } from './errors.js';
import { madeUpSecret, keptSecret } from './kept-secret.js';
import { memoryDirectory } from './memory-directory.js';
import { freePort } from './ports.js';
import {
  clearLeftovers,
  isReadyLine,
  majorVersion,
  makeCluster,
  NAME,
  POSTGRES_STOP,
  serverArguments,
  type Programs,
} from './postgres-cluster.js';
import { probePostgres, requireServer } from './probe.js';
import { findPostgresDirectories, namesIn } from './programs.js';
import { canUse, directoryFor, runAs, type User } from './unprivileged-user.js';
import { releaseDirectory, watchDirectory } from './watchdog.js';
import { postgresWays, type Way } from './ways.js';

/** What startPostgres needs. */
export interface PostgresOptions {
  /** Where the data of a private server lives, `.local` for `npm start`. Not used by an ephemeral one. */
  dir: string;
  log: (line: string) => void;
  /** A server to use instead of a private one: DATABASE_URL. */
  url?: string | undefined;
  /** In a temporary directory, without the disk's safety, and removed on stop. */
  ephemeral?: boolean;
  /** The port of a private server; a free one when left out. */
  port?: number | undefined;
  /** PATH, where a server's programs are looked for besides the usual places. */
  searchPath?: string | undefined;
  /** More of the environment of a private server. */
  env?: Readonly<Record<string, string>> | undefined;
  /** The server's own log, line by line. */
  onLine?: ((line: string) => void) | undefined;
  /** A directory where its process is noted down for a later run. */
  recordIn?: string | undefined;
  /** How long a server that was given is waited for, in milliseconds. Default 10 minutes. */
  limitMs?: number | undefined;
  /** Only these ways, in this order (tests). */
  ways?: Way[] | undefined;
}

/** A PostgreSQL server to use. */
export interface Postgres {
  url: string;
  /** How we came by it. */
  way: Way;
  /** The server's process, when it is private. */
  process: Child | null;
  stop(withinMs?: number): Promise<void>;
}

const NOTHING_WORKS =
  'No PostgreSQL can be had. Set DATABASE_URL to one that runs, or install it (Debian: apt-get install postgresql; macOS: brew install postgresql).';

/** Brings up a PostgreSQL: the one given, else a private one on a free loopback port, by the first way that works. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const found = findPostgresDirectories(options.searchPath);
  const user = runAs();
  const root = user !== undefined;
  const ways =
    options.ways ??
    postgresWays({
      url: options.url,
      found: found.length > 0,
      debian: hasDebianTools(),
      root,
      embedded: hasEmbeddedPostgres(),
    });

  const failures: string[] = [];
  for (const way of ways) {
    if (way === 'given') return givenServer(options.url ?? '', options);
    try {
      return await privateServer(way, { ...options, found, user });
    } catch (error) {
      if (!(error instanceof LocalStackError)) throw error;
      failures.push(error.message);
      options.log(`PostgreSQL (${way}): ${error.message}`);
    }
  }
  throw new LocalStackError([NOTHING_WORKS, ...failures].join('\n  '));
}

async function givenServer(url: string, { log, limitMs }: PostgresOptions): Promise<Postgres> {
  await requireServer(url, probePostgres, { variable: 'DATABASE_URL', server: 'PostgreSQL' }, { say: log, limitMs });
  return { url, way: 'given', process: null, stop: () => Promise.resolve() };
}

/** The URL of the private server that will be kept in `dir` and listen on `port`: known before it is up. */
export function privatePostgresUrl(dir: string, port: number): string {
  return urlAt(port, keptSecret(join(dir, 'secrets'), 'postgres'));
}

export function urlAt(port: number, password: string): string {
  return `postgresql://${NAME}:${password}@127.0.0.1:${String(port)}/${NAME}`;
}

interface PrivateOptions extends PostgresOptions {
  found: string[];
  user: User | undefined;
}

async function privateServer(way: Way, options: PrivateOptions): Promise<Postgres> {
  const { log, user, ephemeral = false } = options;
  const home = ephemeral ? temporaryDirectoryFor(user, log) : directoryFor(user, join(options.dir, 'postgres'), log);
  const discard = (): void => {
    if (!ephemeral) return;
    rmSync(home, { recursive: true, force: true });
    releaseDirectory(home);
  };

  try {
    const programs = await programsBy(way, options, home);
    const version = await majorVersion(programs);
    const data = join(home, version);
    const password = ephemeral ? madeUpSecret() : keptSecret(join(options.dir, 'secrets'), 'postgres');
    if (existsSync(data)) await clearLeftovers(data, log);
    else {
      const others = namesIn(home).filter((name) => /^\d+$/.test(name));
      if (others.length > 0)
        log(`the data of PostgreSQL ${others.join(', ')} stays where it is: this is ${version}, which starts anew`);
      await makeCluster(programs, data, password, ephemeral, log);
    }

    const port = options.port ?? (await freePort());
    const server = await startChild({
      name: 'postgres',
      command: join(programs.directory, 'postgres'),
      args: serverArguments(data, port, ephemeral),
      env: { ...programs.env, ...options.env },
      cwd: home,
      user: user === undefined ? undefined : { uid: user.uid, gid: user.gid },
      ready: isReadyLine, // Recovery after a crash comes first, and may take its time.
      say: log,
      onLine: options.onLine,
      stopSteps: POSTGRES_STOP,
      recordIn: options.recordIn,
    });
    return {
      url: urlAt(port, password),
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

/** The programs of a server, by a way other than `given`. */
export async function programsBy(
  way: Way,
  { found, user, log }: Pick<PrivateOptions, 'found' | 'user' | 'log'>,
  home: string,
): Promise<Programs> {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };
  if (way === 'embedded') {
    log('PostgreSQL: the embedded one');
    return {
      directory: embeddedPostgresPrograms(await embeddedPostgresPackage(log), user, copyPlace(user)),
      user,
      env,
    };
  }
  if (way === 'debian') {
    const root = '/var/cache/dialgate/postgresql'; // Not under root's home, which nobody else can enter.
    if (serversIn(root).length === 0) await unpackPackages({ packages: ['postgresql'], into: root, log });
    const multiarch = ARCHITECTURES[process.arch]?.multiarch ?? '';
    return best(serversIn(root), { user, env: { ...env, LD_LIBRARY_PATH: join(root, 'usr/lib', multiarch) } }, home);
  }
  return best(found, { user, env }, home);
}

/** Of several servers the one whose data is already here; else the newest. */
async function best(directories: string[], rest: Omit<Programs, 'directory'>, home: string): Promise<Programs> {
  const usable = directories.filter((directory) =>
    canUse(rest.user, { programs: [join(directory, 'postgres'), join(directory, 'initdb')] }),
  );
  const versions = await Promise.all(
    usable.map(async (directory) => ({ directory, version: await majorVersion({ directory, ...rest }) })),
  );
  const known = new Set(namesIn(home));
  const rank = ({ version }: { version: string }): number => Number(version) + (known.has(version) ? 1_000 : 0);
  const first = versions.toSorted((a, b) => rank(b) - rank(a))[0];
  if (first === undefined) throw new LocalStackError('no PostgreSQL server that its user can run was found');
  return { directory: first.directory, ...rest };
}

function serversIn(root: string): string[] {
  const versions = join(root, 'usr/lib/postgresql');
  return namesIn(versions)
    .map((version) => join(versions, version, 'bin'))
    .filter((directory) => existsSync(join(directory, 'postgres')));
}

/** One copy per machine user will do, wherever the checkout is. */
function copyPlace(user: User | undefined): string {
  const place =
    user === undefined ? join(tmpdir(), `dialgate-${String(process.getuid?.() ?? 0)}`) : '/var/cache/dialgate';
  mkdirSync(place, { recursive: true });
  return place;
}

/** A directory for a server's data, in memory where there is room, removed when this process ends. */
export function temporaryDirectoryFor(user: User | undefined, log: (line: string) => void): string {
  const bases = [memoryDirectory(), tmpdir()].filter((directory) => directory !== null);
  const base = bases.find((directory) => canUse(user, { directory })) ?? '/var/tmp';
  const made = mkdtempSync(join(base, 'dialgate-postgres-'));
  const home = directoryFor(user, made, log);
  if (home !== made) rmSync(made, { recursive: true, force: true });
  watchDirectory(home);
  return home;
}
