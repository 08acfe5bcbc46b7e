// Installs the packages of the lockfile: what serving needs, or everything. Plain JavaScript without dependencies.
//
// node packages/tools/local-stack/install.mjs serving|postgres|everything
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fail, step } from './step.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const STAMP = join(ROOT, 'node_modules', '.dialgate-installed');

/** The kinds of installation, each with all that the ones before it have, and what pnpm is told beside. */
const KINDS = {
  // No linters, browsers and compilers, and not the PostgreSQL of 60 MB: most machines have one or can get Debian's.
  serving: ['--prod', '--filter', '!@dialgate/embedded-postgres'],
  postgres: ['--prod'],
  everything: [],
};

/**
 * Installs when the lockfile is not the one that was installed last, by this Node's major version, or when less was installed.
 * What is there is never made less: who has run the tests keeps their tools.
 */
export async function install(kind) {
  const wanted = createHash('sha256')
    .update([process.version.split('.')[0], process.arch, ...LOCKED.map((file) => read(join(ROOT, file)))].join('\0'))
    .digest('hex');
  const [installed = '', installedKind = ''] = read(STAMP).split(' ');
  const order = Object.keys(KINDS);
  const enough = order.indexOf(installedKind) >= order.indexOf(kind);
  if (enough && installed === wanted) return;
  const chosen = enough ? installedKind : kind;

  const { packageManager } = JSON.parse(read(join(ROOT, 'package.json')));
  const version = packageManager.replace(/^pnpm@/, '').split('+')[0];
  const has = (await heardFrom('pnpm', ['--version'])) === version;
  const [command, first] = has ? ['pnpm', []] : ['npx', ['--yes', '--prefer-offline', `pnpm@${version}`]];
  const args = [...first, 'install', ...KINDS[chosen]];
  await step(
    `installing packages with pnpm ${version}`,
    command,
    [...args, '--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'],
    {
      cwd: ROOT,
      progress: (heard) => /.*(?:Progress: )(resolved \d+).*?(added \d+)/s.exec(heard)?.slice(1, 3).join(', '),
      hint: 'The packages could not be installed. Without a network this works only where they were installed before.',
    },
  );
  writeFileSync(STAMP, `${wanted} ${chosen}`);
}

const LOCKED = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs'];

function heardFrom(command, args) {
  return new Promise((resolve) => {
    // Elsewhere: in here, a pnpm of another version would first download the one that package.json names.
    const child = spawn(command, args, { cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] });
    let heard = '';
    child.stdout.on('data', (chunk) => (heard += chunk));
    child.once('error', () => resolve(null));
    child.once('close', () => resolve(heard.trim()));
  });
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [kind = ''] = process.argv.slice(2);
  if (!Object.hasOwn(KINDS, kind))
    fail(`usage: node packages/tools/local-stack/install.mjs ${Object.keys(KINDS).join('|')}`);
  await install(kind);
}
