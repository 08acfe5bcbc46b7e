import { execFile, spawn } from 'node:child_process';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { LocalStackError } from './errors.js';
import { isAlive, workingDirectory } from './process-identity.js';
import { namesIn } from './programs.js';
import { endProcess } from './records.js';
import type { User } from './unprivileged-user.js';
import { endOfProgram, type StopStep } from './watchdog.js';

/** Disconnect everybody and write the last page; then give up the pages (the log has them); then the hard way. */
export const POSTGRES_STOP: StopStep[] = [
  { signal: 'SIGINT', waitMs: 6_000 },
  { signal: 'SIGQUIT', waitMs: 2_000 },
  { signal: 'SIGKILL', waitMs: 2_000 },
];

/** The name of role and database alike. */
export const NAME = 'dialgate';

/** Where the programs are, whom they run as, and the libraries they need besides the machine's. */
export interface Programs {
  directory: string;
  user: User | undefined;
  env: NodeJS.ProcessEnv;
}

/** The major version of the server in a directory, as in the name of a data directory: 15, 18 … */
export async function majorVersion({ directory, env }: Programs): Promise<string> {
  const { stdout } = await promisify(execFile)(join(directory, 'postgres'), ['--version'], { env, cwd: '/' });
  const major = /(\d+)[.\w]*\s*(\(|$)/.exec(stdout.trim())?.[1];
  if (major === undefined)
    throw new LocalStackError(`cannot tell the version of PostgreSQL in ${directory}: ${stdout}`);
  return major;
}

/** Makes a data directory with role and database, whole or not at all: a half-made one of a broken-off start is thrown away. */
export async function makeCluster(
  programs: Programs,
  data: string,
  password: string,
  throwaway: boolean,
  say: (line: string) => void,
): Promise<void> {
  const part = `${data}.part`;
  rmSync(part, { recursive: true, force: true });
  const passwordFile = join(dirname(data), '.password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (programs.user !== undefined) chownSync(passwordFile, programs.user.uid, programs.user.gid);
  try {
    await runProgram(say, programs, 'initdb', [
      ...['-D', part, '-U', NAME, '--pwfile', passwordFile, '--auth=scram-sha-256', '--encoding=UTF8', '--no-locale'],
      ...(throwaway ? ['--no-sync'] : []),
    ]);
    // Without a client program (an embedded server brings none) the server itself, alone with the files, takes one statement.
    await runProgram(
      say,
      programs,
      'postgres',
      ['--single', '-D', part, 'template1'],
      `CREATE DATABASE ${NAME} OWNER ${NAME}\n`,
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(part, data);
}

/** Shared memory lies beside the data, too, and is thrown away with it: kill -9 leaves nothing in /dev/shm. */
const THROWAWAY = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'dynamic_shared_memory_type=mmap'];

/** The server's arguments: loopback only, no socket file, and without the disk's safety when the data is thrown away anyway. */
export function serverArguments(data: string, port: number, throwaway: boolean): string[] {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    'lc_messages=C',
    'logging_collector=off',
    'log_destination=stderr',
    ...(throwaway ? THROWAWAY : []),
  ];
  return ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
}

/** The server says this when it takes connections, and only then. */
export function isReadyLine(line: string): boolean {
  return line.includes('database system is ready to accept connections');
}

/**
 * What a crash or kill -9 left behind in a data directory: a server that still runs is ended; a postmaster.pid whose
 * number has gone to somebody else's process, which would make PostgreSQL refuse to start, is removed. All else
 * PostgreSQL recovers from by itself.
 */
export async function clearLeftovers(data: string, log: (line: string) => void): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);

  if (Number.isInteger(pid) && pid > 0 && isAlive(pid)) {
    // A PostgreSQL server, like each of its processes, works inside its data directory.
    if (workingDirectory(pid) === data) {
      log(`ending a PostgreSQL left over from an earlier run (process ${String(pid)})`);
      await endProcess(pid, POSTGRES_STOP);
    } else if (!someoneWorksIn(data)) {
      rmSync(pidFile, { force: true });
    }
  }
}

/** Removing the pid file under the eyes of a surviving server process would let a second server ruin the data. */
function someoneWorksIn(data: string): boolean {
  if (process.platform !== 'linux') return true; // We cannot tell; PostgreSQL will say what is wrong.
  return namesIn('/proc').some((name) => /^\d+$/.test(name) && workingDirectory(Number(name)) === data);
}

async function runProgram(
  say: (line: string) => void,
  { directory, user, env }: Programs,
  program: string,
  args: string[],
  input = '',
): Promise<void> {
  const child = spawn(join(directory, program), args, {
    cwd: '/',
    env: { ...env, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  });
  let heard = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  child.stdin.on('error', () => undefined); // It may end before it has read anything; its exit code says so.
  child.stdin.end(input);
  const code = await endOfProgram(child, program, say);
  // The single-user server reports a failed statement, but ends with 0.
  if (code !== 0 || /\b(ERROR|FATAL):/.test(heard))
    throw new LocalStackError(`${program} failed: ${heard.trim().split('\n').slice(-5).join('\n')}`);
}
