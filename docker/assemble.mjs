// Copies what services need to run into a directory, and nothing else: their compiled files, those of the workspace packages
// they use, and the installed packages these use, each where it was. pnpm's layout makes that possible: every package reaches
// its dependencies through symlinks beside it. Unlike `pnpm deploy` this can leave out Prisma's command line (300 MB) and the
// compiler, which come along as optional peers of packages that need them for their types only.
//
// node docker/assemble.mjs DIRECTORY services/api packages/setup prisma/migrations …
import { cpSync, existsSync, mkdirSync, readFileSync, readlinkSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** What nothing reads at run time: declarations, source maps, and Prisma's query compilers for other databases (60 MB). */
const UNUSED = /\.(d\.[cm]?ts|map|tsbuildinfo)$|query_compiler_.*\.(cockroachdb|mysql|sqlite|sqlserver)\./;

const DEVELOPMENT_ONLY = new Set(['prisma', 'typescript']);

const [out, ...paths] = process.argv.slice(2);
const root = realpathSync(process.cwd());
const taken = new Set();

for (const path of paths) {
  if (existsSync(join(root, path, 'package.json'))) takeWorkspacePackage(join(root, path));
  else copy(join(root, path));
}

function takeWorkspacePackage(directory) {
  if (taken.has(directory)) return;
  taken.add(directory);
  for (const path of ['package.json', 'dist']) copy(join(directory, path));
  takeDependencies(directory, join(directory, 'node_modules'));
}

function takeInstalledPackage(directory) {
  if (taken.has(directory)) return;
  taken.add(directory);
  copy(directory);
  // …/.pnpm/name@version/node_modules/name: its dependencies are linked beside it.
  takeDependencies(directory, directory.slice(0, directory.lastIndexOf('/node_modules/') + '/node_modules'.length));
}

function takeDependencies(directory, linkedIn) {
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
    if (DEVELOPMENT_ONLY.has(name)) continue;
    const link = join(linkedIn, name);
    // Not there: made for another platform, or a peer that is an own dependency of somebody above.
    if (!existsSync(link)) continue;
    takeLink(link);
    const target = realpathSync(link);
    if (relative(join(root, 'node_modules'), target).startsWith('..')) takeWorkspacePackage(target);
    else takeInstalledPackage(target);
  }
}

function takeLink(link) {
  if (taken.has(link)) return;
  taken.add(link);
  mkdirSync(dirname(inOut(link)), { recursive: true });
  symlinkSync(readlinkSync(link), inOut(link));
}

function copy(path) {
  cpSync(path, inOut(path), { recursive: true, verbatimSymlinks: true, filter: (file) => !UNUSED.test(file) });
}

function inOut(path) {
  return resolve(out, relative(root, path));
}
