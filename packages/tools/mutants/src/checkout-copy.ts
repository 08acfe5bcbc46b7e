import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, realpath, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';

/**
 * Copies a checkout so that the copy can be changed and its tests be run: its files, and `node_modules`
 * whose links to packages of the workspace lead to the copy's own. Third-party packages are those of the original.
 *
 * @param root the checkout.
 * @param files those of its files that belong into the copy, see `filesOf`.
 * @param to a directory that is made.
 */
export async function copyCheckout(root: string, files: readonly string[], to: string): Promise<void> {
  const original = await realpath(root);
  for (const directory of new Set(files.map((file) => dirname(file))))
    await mkdir(join(to, directory), { recursive: true });
  await Promise.all(files.map((file) => copyFile(join(original, file), join(to, file))));

  const packages = files.filter((file) => file === 'package.json' || file.endsWith('/package.json')).map(dirname);
  for (const name of packages) {
    const modules = join(name, 'node_modules');
    if (existsSync(join(original, modules))) await linkModules(original, to, modules);
  }
}

/** The files of a checkout that Git knows or would add. */
export async function filesOf(root: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  // What was deleted and not committed yet is still listed.
  return [...new Set(stdout.split('\0'))].filter((file) => file !== '' && existsSync(join(root, file)));
}

async function linkModules(original: string, to: string, directory: string): Promise<void> {
  await mkdir(join(to, directory), { recursive: true });
  for (const entry of await readdir(join(original, directory))) {
    // The package manager's own books are left out; nobody must think that the copy can be installed into.
    if (entry.startsWith('.') && entry !== '.bin') continue;
    const name = join(directory, entry);
    if (entry.startsWith('@')) await linkModules(original, to, name);
    else await symlink(inCopy(await realpath(join(original, name)), original, to), join(to, name));
  }
}

/** Where a link of the copy leads: a package of the workspace is the copy's own, everything else stays where it is. */
function inCopy(target: string, original: string, to: string): string {
  const path = relative(original, target);
  const outside = isAbsolute(path) || path.startsWith('..');
  return outside || path.split(sep).includes('node_modules') ? target : join(to, path);
}
