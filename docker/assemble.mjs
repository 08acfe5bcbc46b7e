// Copies what services need to run into a directory, and nothing else: their bundles, and the packages that are not in
// them because they are machine code or files to serve.
//
// node docker/assemble.mjs DIRECTORY services/api packages/accounts prisma/migrations …
import { cpSync, existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const BESIDE_THE_BUNDLES = ['@node-rs/argon2', '@bull-board/ui', 'swagger-ui-dist'];

const [out, ...paths] = process.argv.slice(2);
for (const path of paths) {
  if (!existsSync(join(path, 'package.json'))) {
    copy(path, path);
    continue;
  }
  for (const part of ['package.json', 'dist']) copy(join(path, part), join(path, part));
  const { dependencies } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  for (const name of BESIDE_THE_BUNDLES) if (name in dependencies) copyInstalled(path, name);
}

function copyInstalled(path, name) {
  const installed = realpathSync(join(path, 'node_modules', name));
  copy(installed, join(path, 'node_modules', name), isNoSourceMap);
  // Its machine code for this platform is a package of its own, which pnpm puts beside it.
  const scope = name.split('/')[0];
  const { optionalDependencies = {} } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  for (const beside of readdirSync(dirname(installed))) {
    const other = `${scope}/${beside}`;
    if (other in optionalDependencies)
      copy(realpathSync(join(dirname(installed), beside)), join(path, 'node_modules', other));
  }
}

function copy(from, to, filter) {
  cpSync(from, resolve(out, to), { recursive: true, dereference: true, filter });
}

/** Two thirds of the package that draws /docs are source maps, which nobody asks for. */
function isNoSourceMap(file) {
  return !file.endsWith('.map');
}
