import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { eventually } from './eventually.js';

const bundles = new Map<string, Promise<string>>();

/** The run of tests whose processes share what is bundled, as `npm test` names it: process and time. */
const RUN = process.env.TEST_RUN;

/** Making a bundle takes a second on a quiet machine; this is against hanging only. */
const MADE_WITHIN_MS = 120_000;

/**
 * A program of the sources as they are now, in one file that plain Node runs: it starts with a quarter of the work that loading
 * its sources one by one is. Made once in each run of tests, and removed by the next; a process that belongs to none removes its
 * own at its end.
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
  const outfile = join(directory, `${basename(source, '.ts')}.${RUN ?? String(process.pid)}.mjs`);
  if (RUN === undefined) process.once('exit', () => rmSync(outfile, { force: true }));
  await onceInTheRun(outfile, async () => {
    await makeBundle(source, `${outfile}.part`);
    renameSync(`${outfile}.part`, outfile);
  });
  return outfile;
}

/** The first process to ask makes the file; the others wait until it is there, or nobody makes it any more. */
async function onceInTheRun(file: string, make: () => Promise<void>): Promise<void> {
  const making = `${file}.making`;
  while (!existsSync(file)) {
    if (isFirst(making)) await make().finally(() => rmSync(making));
    else await eventually(() => existsSync(file) || !existsSync(making), MADE_WITHIN_MS);
  }
}

function isFirst(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx'));
    return true;
  } catch {
    return false; // It is there.
  }
}

async function makeBundle(source: string, outfile: string): Promise<void> {
  // A garbage collector that hurries would take a fifth of the time; there is little garbage.
  process.env.GOGC ??= '400';
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
}

/** Of processes and runs that are over. */
function removeLeftOvers(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (!isAlive(Number(/\.(\d+)(-\d+)?\.mjs/.exec(name)?.[1]))) rmSync(join(directory, name), { force: true });
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
