import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { LocalStackError } from './errors.js';
import { findProgram } from './programs.js';
import { releaseDirectory, watchDirectory, endOfProgram } from './watchdog.js';

/** Debian's name for what this machine's processor runs, and the loader of its programs. */
export const ARCHITECTURES: Partial<Record<NodeJS.Architecture, { multiarch: string; loader: string }>> = {
  x64: { multiarch: 'x86_64-linux-gnu', loader: 'lib64/ld-linux-x86-64.so.2' },
  arm64: { multiarch: 'aarch64-linux-gnu', loader: 'lib/ld-linux-aarch64.so.1' },
};

/** What unpackPackages needs. */
export interface UnpackOptions {
  packages: string[];
  /** Where the unpacked tree shall be. It appears whole or not at all. */
  into: string;
  /**
   * Left out: this machine's own release, and only what is not installed here. A suite: that release of Debian, with every library
   * down to libc, so that the tree runs on any older machine.
   */
  suite?: string;
  log: (line: string) => void;
}

/** True where Debian's package tools are. */
export function hasDebianTools(): boolean {
  return process.platform === 'linux' && findProgram('apt-get') !== null && findProgram('dpkg-deb') !== null;
}

/**
 * Downloads Debian packages with the machine's own mirror, and unpacks them without installing anything: nothing is started, no
 * file of the machine changes, and root is not needed.
 */
export async function unpackPackages({ packages, into, suite, log }: UnpackOptions): Promise<void> {
  mkdirSync(dirname(into), { recursive: true });
  const scratch = mkdtempSync(join(dirname(into), '.packages-'));
  watchDirectory(scratch);
  try {
    const options = await aptOptions(scratch, suite, log);
    log(`reading Debian's package lists`);
    // A source that fails (a third party's, say) does not matter; whether Debian's own is there shows in the next step.
    await run(log, 'apt-get', [...options, '-q', 'update'], scratch).catch(() => undefined);
    await run(log, 'apt-get', [...options, '-q', '-y', '--download-only', 'install', ...packages], scratch, (line) => {
      const size = /^Need to get (.+) of archives/.exec(line)?.[1];
      if (size !== undefined) log(`downloading ${packages.join(', ')} and what they need: ${size}`);
    });

    const archives = readdirSync(join(scratch, 'archives')).filter((name) => name.endsWith('.deb'));
    if (archives.length === 0) throw new LocalStackError(`Debian had nothing to download for ${packages.join(', ')}`);
    log(`unpacking ${String(archives.length)} packages`);
    const tree = join(scratch, 'tree');
    makeMergedTree(tree);
    for (const archive of archives)
      await run(log, 'dpkg-deb', ['-x', join(scratch, 'archives', archive), tree], scratch);
    moveIntoPlace(tree, into);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    releaseDirectory(scratch);
  }
}

/** apt in a world of its own: its lists, its cache, its idea of what is installed. */
async function aptOptions(scratch: string, suite: string | undefined, log: (line: string) => void): Promise<string[]> {
  for (const name of ['lists/partial', 'archives/partial']) mkdirSync(join(scratch, name), { recursive: true });
  const settings = [
    `Dir::State::lists=${scratch}/lists`,
    `Dir::Cache=${scratch}`,
    `Dir::Cache::archives=${scratch}/archives`,
    'APT::Install-Recommends=false',
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
    'Acquire::Retries=2',
    'Acquire::http::Timeout=30',
    'Acquire::https::Timeout=30',
    'Debug::NoLocking=true',
  ];
  if (suite !== undefined) {
    const mirror = debianMirror(
      await run(log, 'apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'], scratch),
    );
    if (mirror === null) throw new LocalStackError(`this machine's apt knows no mirror of Debian`);
    const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
    const signed = existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
    writeFileSync(join(scratch, 'sources.list'), `deb ${signed}${mirror} ${suite} main\n`);
    writeFileSync(join(scratch, 'status'), '');
    settings.push(
      `Dir::State::status=${scratch}/status`,
      `Dir::Etc::sourcelist=${scratch}/sources.list`,
      'Dir::Etc::sourceparts=/dev/null',
    );
  }
  return settings.flatMap((setting) => ['-o', setting]);
}

/** The mirror among the addresses in apt's configuration: Debian's archive proper, not its security updates or a third party. */
export function debianMirror(addresses: string): string | null {
  const candidates = addresses.split('\n').map((line) => line.trim());
  return candidates.find((address) => /\/debian\/?$/.test(address)) ?? null;
}

/** Since Debian merged /bin, /sbin and /lib into /usr, packages expect these links to be there. */
function makeMergedTree(tree: string): void {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(tree, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(tree, name));
  }
}

function moveIntoPlace(tree: string, into: string): void {
  if (existsSync(into)) {
    // Something that was found wanting, or another process's that was faster. It may be in use: moved aside first, then removed.
    const aside = `${tree}.old`;
    renameSync(into, aside);
  }
  renameSync(tree, into);
}

async function run(
  say: (line: string) => void,
  command: string,
  args: string[],
  scratch: string,
  onLine: (line: string) => void = () => undefined,
): Promise<string> {
  const child = spawn(command, args, {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LC_ALL: 'C',
      HOME: scratch,
      DEBIAN_FRONTEND: 'noninteractive',
    },
  });
  const heard: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      heard.push(line);
      onLine(line);
    });
  }
  const code = await endOfProgram(child, command, say);
  if (code !== 0) {
    const why = heard.find((line) => line.startsWith('E: ')) ?? heard.at(-1) ?? '';
    throw new LocalStackError(`${command} failed: ${why.replace(/^E: /, '').replace(/https?:\/\/\S+/g, '(mirror)')}`);
  }
  return heard.join('\n');
}
