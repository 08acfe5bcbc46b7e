import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const USUAL_DIRECTORIES = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/opt/homebrew/bin',
];

/** Where a program lies: on the search path, or in the usual places. Null when nowhere. */
export function findProgram(name: string, searchPath = ''): string | null {
  const directories = [...searchPath.split(':').filter((directory) => directory.startsWith('/')), ...USUAL_DIRECTORIES];
  return directories.map((directory) => join(directory, name)).find(isProgram) ?? null;
}

/** Every directory that holds a PostgreSQL server, in no order. Debian keeps them off the search path. */
export function findPostgresDirectories(searchPath = ''): string[] {
  const perVersion = namesIn('/usr/lib/postgresql').map((version) => join('/usr/lib/postgresql', version, 'bin'));
  const onPath = searchPath.split(':').filter((directory) => directory.startsWith('/'));
  const directories = [...perVersion, ...onPath, ...USUAL_DIRECTORIES];
  return [...new Set(directories)].filter((directory) =>
    ['initdb', 'postgres'].every((name) => isProgram(join(directory, name))),
  );
}

/** The names in a directory; none when it does not exist. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
