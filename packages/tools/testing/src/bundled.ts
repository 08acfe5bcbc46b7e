import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const bundles = new Map<string, Promise<string>>();

/**
 * A program of the sources as they are now, in one file that plain Node runs: it starts with a quarter of the work that loading
 * its sources one by one is. Made once in each process of tests, and removed at its end.
 *
 * @param source the program's URL; what it finds by `import.meta.url` is found from there.
 * @returns the path of the bundle.
 */
export function bundled(source: URL): Promise<string> {
  const known = bundles.get(source.href);
  if (known !== undefined) return known;
  const making = bundle(fileURLToPath(source));
  bundles.set(source.href, making);
  return making;
}

async function bundle(source: string): Promise<string> {
  // Within its package, so that machine code, which is not bundled, is found as by the source.
  const directory = join(packageOf(source), 'node_modules', '.bundled-for-tests');
  mkdirSync(directory, { recursive: true });
  removeLeftOvers(directory);
  const outfile = join(directory, `${basename(source, '.ts')}.${String(process.pid)}.mjs`);
  process.once('exit', () => rmSync(outfile, { force: true }));
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: ['@node-rs/argon2', '@bull-board/ui', '@prisma/client/runtime/query_compiler*', 'pg-native'],
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(source).href) },
    // CommonJS packages ask for Node's own modules by this name.
    banner: {
      js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(${JSON.stringify(source)});`,
    },
    logLevel: 'error',
  });
  return outfile;
}

/** Of processes that were killed. */
function removeLeftOvers(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (!isAlive(Number(name.split('.').at(-2)))) rmSync(join(directory, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function packageOf(source: string): string {
  let directory = dirname(source);
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  return directory;
}
