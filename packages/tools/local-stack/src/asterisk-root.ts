import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ARCHITECTURES, hasDebianTools, unpackPackages } from './debian-packages.js';
import { LocalStackError } from './errors.js';

/** Debian's coming release: the present stable one and the one before have no Asterisk. */
const SUITE = 'forky';
const PACKAGES = ['asterisk', 'asterisk-modules', 'sip-tester'];
const MODULES = ['res_ari_channels.so', 'res_ari_events.so', 'app_stasis.so', 'chan_pjsip.so', 'pbx_config.so'];

/** Asterisk and SIPp out of Debian's packages, with every library they need, ready to be run where they lie. */
export interface AsteriskRoot {
  modules: string;
  data: string;
  /** The command line that runs a program of this tree. */
  command(program: 'asterisk' | 'sipp', args: string[]): { command: string; args: string[] };
}

/**
 * The tree under `cache`, made if it is not there or not whole. It is only read from: several Asterisks can run from it at a time.
 */
export async function asteriskRoot(cache: string, log: (line: string) => void): Promise<AsteriskRoot> {
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined)
    throw new LocalStackError(`Debian's Asterisk is not known to run on ${process.arch} processors`);

  const directory = join(cache, 'asterisk');
  const root = rootAt(directory, architecture);
  if (isWhole(root)) return root;

  if (!hasDebianTools())
    throw new LocalStackError(`it is made of Debian packages, and this system has no apt-get and dpkg-deb`);
  log('making a real Asterisk out of Debian packages (once; about half a minute)');
  await unpackPackages({ packages: PACKAGES, into: directory, suite: SUITE, log });
  if (!isWhole(root)) throw new LocalStackError(`the Asterisk in Debian's packages does not run on this machine`);
  return root;
}

function rootAt(directory: string, { multiarch, loader }: { multiarch: string; loader: string }): AsteriskRoot {
  const programs = { asterisk: join(directory, 'usr/sbin/asterisk'), sipp: join(directory, 'usr/bin/sipp') };
  // The tree's own loader with the tree's own libraries: they are newer than this machine's, which stay out of it. This needs
  // neither a chroot, nor mounts, nor root.
  const libraries = join(directory, 'usr/lib', multiarch);
  return {
    modules: join(libraries, 'asterisk/modules'),
    data: join(directory, 'usr/share/asterisk'),
    command: (program, args) => ({
      command: join(directory, loader),
      args: ['--library-path', libraries, programs[program], ...args],
    }),
  };
}

/** Files may be missing after a crash, or a tidy-up of the cache: what counts is that both programs run and find their modules. */
function isWhole(root: AsteriskRoot): boolean {
  return (
    MODULES.every((module) => existsSync(join(root.modules, module))) &&
    /^Asterisk \d+/m.test(output(root.command('asterisk', ['-V']))) &&
    /SIPp v\d/.test(output(root.command('sipp', ['-v'])))
  );
}

function output({ command, args }: { command: string; args: string[] }): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], cwd: '/' });
  } catch (error) {
    // SIPp ends with 99 after it has told its version.
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
  }
}
