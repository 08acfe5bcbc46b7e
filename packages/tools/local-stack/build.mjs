// Bundles what runs: the services, the simulator, the set-up of the database and the stories of bootstrap.mjs, each with all
// it uses. Types are checked elsewhere (`pnpm lint`); this takes a second and is skipped while nothing has changed.
//
// node packages/tools/local-stack/build.mjs [serving|everything]
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const ENTRY = join(ROOT, 'packages', 'tools', 'local-stack', 'entry.mjs');
const STAMP = join(ROOT, 'node_modules', '.dialgate-built');

/**
 * What is bundled. Every output lies as deep below its package as its source does: paths that are relative to
 * `import.meta.url` lead to the same files from both. A service is one script, without a top-level await, which entry.mjs runs:
 * nothing is loaded from the disk any more that a later build might have changed.
 */
const SERVICES = {
  'services/api/dist/main': 'services/api/src/main.ts',
  'services/ari-worker/dist/main': 'services/ari-worker/src/main.ts',
  'services/webhook-worker/dist/main': 'services/webhook-worker/src/main.ts',
};
const PROGRAMS = {
  'packages/accounts/dist/user-cli/main': 'packages/accounts/src/user-cli/main.ts',
  'packages/accounts/dist/dnc-cli/main': 'packages/accounts/src/dnc-cli/main.ts',
  'services/ari-worker/dist/doctor/main': 'services/ari-worker/src/doctor/main.ts',
  'packages/tools/asterisk-simulator/dist/main': 'packages/tools/asterisk-simulator/src/main.ts',
  'packages/accounts/dist/setup/main': 'packages/accounts/src/setup/main.ts',
  'packages/tools/local-stack/dist/start': 'packages/tools/local-stack/src/start.ts',
};
/** What `npm start` does not need. */
const TOOLS = {
  'packages/tools/local-stack/dist/test': 'packages/tools/local-stack/src/test.ts',
  'packages/tools/local-stack/dist/bench': 'packages/tools/local-stack/src/bench.ts',
  'packages/tools/local-stack/dist/faults': 'packages/tools/fault-campaign/src/main.ts',
  'packages/tools/local-stack/dist/mutants': 'packages/tools/mutants/src/main.ts',
};

const KINDS = ['serving', 'everything'];

const OPTIONS = {
  absWorkingDir: ROOT,
  outdir: '.',
  bundle: true,
  platform: 'node',
  target: 'node20',
  // ES modules first: of a CommonJS package nothing can be left out.
  mainFields: ['module', 'main'],
  // Machine code, a directory of files to serve, and what pg, ws and BullMQ ask for in case it is there.
  external: [
    '@node-rs/argon2',
    '@bull-board/ui',
    '@prisma/client/runtime/query_compiler*', // See packages/database/src/no-query-compiler.ts.
    'pg-native',
    'bufferutil',
    'utf-8-validate',
  ],
  minifyWhitespace: true,
  minifySyntax: true,
  // NODE_OPTIONS=--enable-source-maps reads them (entry.mjs); the sources are in the repository.
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'silent',
};

const AS_SCRIPT = {
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  supported: { 'dynamic-import': false },
  define: { ...thisBuild(), 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};

const AS_MODULE = {
  format: 'esm',
  define: thisBuild(),
  // CommonJS packages ask for Node's own modules by this name.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
};

/**
 * What packages/service-kit/src/this-build.ts tells. The commit comes from outside where git's directory is not, as in an image.
 */
function thisBuild() {
  const { version } = JSON.parse(read(join(ROOT, 'package.json')));
  return {
    DIALGATE_BUILD_VERSION: JSON.stringify(version),
    DIALGATE_BUILD_COMMIT: JSON.stringify(process.env.DIALGATE_COMMIT || commit()),
  };
}

function commit() {
  try {
    const options = { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], options).trim();
  } catch {
    return null;
  }
}

/** Whether the bundles are those of the sources as they are now. `everything` has what is `serving`, too. */
export function isBuilt(kind) {
  const [built = '', builtKind = ''] = read(STAMP).split(' ');
  return KINDS.indexOf(builtKind) >= KINDS.indexOf(kind) && built === fingerprint() && outputs(kind).every(existsSync);
}

/** Builds the bundles anew. */
export async function build(kind = 'everything') {
  const wanted = fingerprint();
  rmSync(STAMP, { force: true });
  // A garbage collector that hurries would take a fifth of the time; there is little garbage, and soon the process is over.
  process.env.GOGC ??= '400';
  const { build: bundle, stop } = await import('esbuild');
  try {
    const programs = kind === 'everything' ? { ...PROGRAMS, ...TOOLS } : PROGRAMS;
    for (const output of outputs('everything')) rmSync(dirname(output), { recursive: true, force: true });
    await Promise.all([
      bundle({ ...OPTIONS, ...AS_SCRIPT, entryPoints: SERVICES }),
      bundle({ ...OPTIONS, ...AS_MODULE, entryPoints: programs }),
    ]);
    for (const service of Object.keys(SERVICES)) copyFileSync(ENTRY, join(ROOT, `${service}.js`));
  } finally {
    await stop();
  }
  writeFileSync(STAMP, `${wanted} ${kind}`);
}

function outputs(kind) {
  const names = { ...SERVICES, ...PROGRAMS, ...(kind === 'everything' ? TOOLS : {}) };
  return Object.keys(names).map((name) => join(ROOT, `${name}.js`));
}

/** Changes with every source, the installed packages, what is in this directory, and the commit. */
function fingerprint() {
  const hash = createHash('sha256').update(JSON.stringify(thisBuild()));
  const add = (file) => {
    const { size, mtimeMs } = statSync(join(ROOT, file));
    hash.update(`\0${file} ${size} ${mtimeMs}`);
  };
  for (const kind of ['packages', 'packages/tools', 'services']) {
    for (const name of readdirSync(join(ROOT, kind)).sort()) {
      const sources = join(kind, name, 'src');
      if (!existsSync(join(ROOT, sources))) continue;
      add(join(kind, name, 'package.json'));
      for (const file of readdirSync(join(ROOT, sources), { recursive: true }).sort()) {
        if (file.endsWith('.ts')) add(join(sources, file));
      }
    }
  }
  for (const file of ['pnpm-lock.yaml', 'packages/tools/local-stack/build.mjs', 'packages/tools/local-stack/entry.mjs'])
    add(file);
  return hash.digest('hex');
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [kind = 'everything'] = process.argv.slice(2);
  if (!KINDS.includes(kind)) throw new Error(`usage: node packages/tools/local-stack/build.mjs [${KINDS.join('|')}]`);
  await build(kind);
}
