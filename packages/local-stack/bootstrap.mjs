// What `npm start`, `npm test`, `npm run bench` and `npm run faults` run first, on a machine that has nothing but Node and npm: installs, generates the
// Prisma client and builds, each only when something changed, and then runs the real thing. Plain JavaScript without dependencies.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Where each story is told, once everything is built. */
const STORIES = {
  start: 'packages/local-stack/dist/start.js',
  test: 'packages/local-stack/dist/test.js',
  bench: 'packages/local-stack/dist/bench.js',
  faults: 'packages/fault-campaign/dist/main.js',
};
const [story = '', ...rest] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

if (!Object.hasOwn(STORIES, story)) {
  fail(`usage: node packages/local-stack/bootstrap.mjs ${Object.keys(STORIES).join('|')}`);
}
requireNode();
process.chdir(ROOT);
await install();
await generate();
await build();
await tell(story);

function requireNode() {
  const wanted = manifest.engines.node.replace(/[^\d.]/g, '');
  const [major, minor] = wanted.split('.').map(Number);
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= (minor ?? 0))) return;
  fail(`Dialgate needs Node ${wanted} or later; this is Node ${process.versions.node} (${process.execPath}).`);
}

/** Installs when the lockfile is not the one that was installed last, by this Node's major version. */
async function install() {
  const stamp = join(ROOT, 'node_modules', '.dialgate-installed');
  const wanted = hash([
    process.version.split('.')[0],
    process.arch,
    read(join(ROOT, 'pnpm-lock.yaml')),
    read(join(ROOT, 'pnpm-workspace.yaml')),
  ]);
  if (read(stamp) === wanted) return;

  const version = manifest.packageManager.replace(/^pnpm@/, '').split('+')[0];
  const has = (await capture('pnpm', ['--version'])) === version;
  const [command, first] = has ? ['pnpm', []] : ['npx', ['--yes', '--prefer-offline', `pnpm@${version}`]];
  const args = [...first, 'install', '--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'];
  await step(`installing packages with pnpm ${version} (the first time: a minute or two)`, command, args, {
    progress: pnpmProgress,
    hint: 'The packages could not be installed. Without a network this works only where they were installed before.',
  });
  writeFileSync(stamp, wanted);
}

/** The database package's client, written by Prisma out of the schema. */
async function generate() {
  const output = join(ROOT, 'packages', 'database', 'src', 'generated');
  const stamp = join(ROOT, 'node_modules', '.dialgate-generated');
  const wanted = hash([read(join(ROOT, 'prisma', 'schema.prisma')), read(join(ROOT, 'pnpm-lock.yaml'))]);
  if (existsSync(output) && readdirSync(output).length > 0 && read(stamp) === wanted) return;
  await step('generating the Prisma client', bin('prisma'), ['generate']);
  writeFileSync(stamp, wanted);
}

/** TypeScript decides by itself what has changed; the line is only worth showing when it takes a while. */
async function build() {
  await step('building', bin('tsc'), ['-b']);
}

async function tell(name) {
  const entry = join(ROOT, STORIES[name]);
  if (!existsSync(entry)) fail(`there is no ${name} yet: ${STORIES[name]} is missing`);
  // In this very process: signals and the terminal are its own then.
  process.argv = [process.execPath, entry, ...rest];
  await import(pathToFileURL(entry).href);
}

/** Runs a command quietly: one line before, its duration after, and all it said when it fails. */
async function step(title, command, args, { progress, hint } = {}) {
  process.stdout.write(`• ${title} …`);
  const startedAt = performance.now();
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CI: process.env.CI ?? 'true', NO_UPDATE_NOTIFIER: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  });
  let heard = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => {
      heard += chunk;
      if (process.stdout.isTTY) showProgress(title, progress?.(heard));
    });
  }
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      heard += `${command}: ${error.message}\n`;
      resolve(127);
    });
    child.once('close', (exitCode, signal) => resolve(exitCode ?? (signal === 'SIGINT' ? 130 : 143)));
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K• ${title} …`);
  if (code === 0) {
    process.stdout.write(` ${seconds} s\n`);
    return;
  }
  process.stdout.write(` failed after ${seconds} s\n${heard}\n`);
  fail(hint ?? `${title}: failed`, code);
}

function showProgress(title, said) {
  if (said) process.stdout.write(`\r\u001b[K• ${title} … ${said}`);
}

function pnpmProgress(heard) {
  return /.*(?:Progress: )(resolved \d+).*?(added \d+)/s.exec(heard)?.slice(1, 3).join(', ');
}

function fail(message, code = 1) {
  process.stderr.write(`${message}\n`);
  // Whoever reads a test run by its last line reads this one.
  if (story === 'test') process.stdout.write('0 passed, 1 failed\n');
  process.exit(code);
}

function capture(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] });
    let heard = '';
    child.stdout.on('data', (chunk) => (heard += chunk));
    child.once('error', () => resolve(null));
    child.once('close', () => resolve(heard.trim()));
  });
}

function bin(name) {
  return join(ROOT, 'node_modules', '.bin', name);
}

function read(file) {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
}

function hash(parts) {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}
