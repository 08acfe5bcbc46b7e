// What `npm start`, `npm test`, `npm run bench` … run first, on a machine that has nothing but Node and npm: installs and builds,
// each only when something changed, and then runs the real thing. Plain JavaScript without dependencies.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build as buildBundles, isBuilt } from './build.mjs';
import { install } from './install.mjs';
import { fail, working } from './step.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Where each story is told, once everything is built, and which packages and bundles it needs. */
const STORIES = {
  start: { entry: 'packages/tools/local-stack/dist/start.js', needs: 'serving' },
  user: { entry: 'packages/accounts/dist/user-cli/main.js', needs: 'serving' },
  doctor: { entry: 'services/ari-worker/dist/doctor/main.js', needs: 'serving' },
  dnc: { entry: 'packages/accounts/dist/dnc-cli/main.js', needs: 'serving' },
  test: { entry: 'packages/tools/local-stack/dist/test.js', needs: 'everything' },
  bench: { entry: 'packages/tools/local-stack/dist/bench.js', needs: 'everything' },
  faults: { entry: 'packages/tools/local-stack/dist/faults.js', needs: 'everything' },
  mutants: { entry: 'packages/tools/local-stack/dist/mutants.js', needs: 'everything' },
};
const [name = '', ...rest] = process.argv.slice(2);
if (!Object.hasOwn(STORIES, name)) {
  fail(`usage: node packages/tools/local-stack/bootstrap.mjs ${Object.keys(STORIES).join('|')}`);
}
const story = STORIES[name];

requireNode();
process.chdir(ROOT);
await install(story.needs);
await build();
await tell();

function requireNode() {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const wanted = manifest.engines.node.replace(/[^\d.]/g, '');
  const [major, minor] = wanted.split('.').map(Number);
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= (minor ?? 0))) return;
  fail(`Dialgate needs Node ${wanted} or later; this is Node ${process.versions.node} (${process.execPath}).`);
}

async function build() {
  if (!isBuilt(story.needs)) await working('building', undefined, () => buildBundles(story.needs));
}

async function tell() {
  const entry = join(ROOT, story.entry);
  if (!existsSync(entry)) fail(`there is no ${name}: ${story.entry} is missing`);
  // In this very process: signals and the terminal are its own then.
  process.argv = [process.execPath, entry, ...rest];
  await import(pathToFileURL(entry).href);
}
