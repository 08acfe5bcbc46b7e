import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, type Child } from './child.js';
import { hasDebianTools } from './debian-packages.js';
import { hasEmbeddedPostgres } from './embedded-postgres.js';
import { LocalStackError } from './errors.js';
import { madeUpSecret } from './kept-secret.js';
import { freePort } from './ports.js';
import { isReadyLine, makeCluster, NAME, POSTGRES_STOP, serverArguments } from './postgres-cluster.js';
import { programsBy, temporaryDirectoryFor } from './postgres.js';
import { findPostgresDirectories } from './programs.js';
import { runAs } from './unprivileged-user.js';
import { releaseDirectory } from './watchdog.js';
import { postgresWays } from './ways.js';

/** A primary and its streaming standby. */
export interface PostgresPair {
  /** Names both, the way libpq reads it. */
  readonly url: string;
  /** Ends the primary in the middle of whatever it does. */
  readonly killPrimary: () => Promise<void>;
  /** Makes the standby the primary; resolves when it takes writes. */
  readonly promote: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Brings up a primary with a standby, both thrown away at the end. The standby begins as a copy of the primary's files, so that no
 * client program of PostgreSQL is needed.
 *
 * @param options.synchronous whether a commit waits for the standby.
 */
export async function startPostgresPair(options: {
  readonly synchronous: boolean;
  readonly log: (line: string) => void;
}): Promise<PostgresPair> {
  const { synchronous, log } = options;
  const found = findPostgresDirectories();
  const user = runAs();
  const facts = { url: undefined, found: found.length > 0, debian: hasDebianTools(), root: user !== undefined };
  const [way] = postgresWays({ ...facts, embedded: hasEmbeddedPostgres() });
  if (way === undefined) throw new LocalStackError('no PostgreSQL can be had');
  const home = temporaryDirectoryFor(user, log);
  const programs = await programsBy(way, { found, user, log }, home);
  const password = madeUpSecret();
  const [one, two] = [join(home, 'one'), join(home, 'two')];
  await makeCluster(programs, one, password, true, log);
  execFileSync('cp', ['-a', one, two]);
  execFileSync('cp', ['-a', join(one, 'PG_VERSION'), join(two, 'standby.signal')]); // Only that it is there counts.
  const ports = [await freePort(), await freePort()] as const;

  let promoted = (): void => undefined;
  const isPrimary = new Promise<void>((resolve) => (promoted = resolve));

  const start = (
    data: string,
    port: number,
    settings: readonly string[],
    onLine?: (line: string) => void,
  ): Promise<Child> =>
    startChild({
      name: 'postgres',
      command: join(programs.directory, 'postgres'),
      args: [...serverArguments(data, port, true), ...settings.flatMap((setting) => ['-c', setting])],
      env: programs.env,
      cwd: home,
      user: user === undefined ? undefined : { uid: user.uid, gid: user.gid },
      ready: (line) => line.includes('is ready to accept'),
      say: log,
      onLine,
      stopSteps: POSTGRES_STOP,
    });

  const primary = await start(one, ports[0], [
    'synchronous_commit=on',
    `synchronous_standby_names=${synchronous ? 'standby' : ''}`,
  ]);
  const from = `host=127.0.0.1 port=${String(ports[0])} user=${NAME} password=${password} application_name=standby`;
  const standby = await start(two, ports[1], ['synchronous_commit=on', `primary_conninfo=${from}`], (line) => {
    if (isReadyLine(line)) promoted();
  });

  return {
    url: `postgresql://${NAME}:${password}@127.0.0.1:${String(ports[0])},127.0.0.1:${String(ports[1])}/${NAME}?target_session_attrs=read-write`,
    killPrimary: async () => {
      primary.kill('SIGKILL');
      await primary.exited;
    },
    promote: async () => {
      execFileSync('cp', ['-a', join(two, 'PG_VERSION'), join(two, 'promote')]);
      standby.kill('SIGUSR1'); // As `pg_ctl promote` does it.
      await isPrimary;
    },
    stop: async () => {
      await standby.stop();
      await primary.stop();
      rmSync(home, { recursive: true, force: true });
      releaseDirectory(home);
    },
  };
}
