import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LocalStackError } from '@dialgate/local-stack';
import type { DatabaseUrls } from './servers.js';

/** A version of the product that is built, as a directory of its own. */
export interface Version {
  readonly name: string;
  readonly root: string;
}

/** A version that was built for the campaign only. */
export interface BuiltVersion extends Version {
  /** Removes its directory. */
  readonly stop: () => Promise<void>;
}

const run = promisify(execFile);

/** The checkout that is played. */
export const THIS_VERSION: Version = {
  name: 'this version',
  root: fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, ''),
};

/** The script that starts a service of this version. */
export function entryOf({ root }: Version, service: 'api' | 'ari-worker'): string {
  return join(root, 'services', service, 'dist', 'main.js');
}

/**
 * Runs this version's `migrate`, as an operator does before its services start: migrations, privileges, the first admin.
 *
 * @throws what it said, when it fails.
 */
export async function prepareDatabase(
  { root }: Version,
  { owner, services }: DatabaseUrls,
  admin: { readonly username: string; readonly password: string },
): Promise<void> {
  await run(process.execPath, [join(root, 'packages/accounts/dist/setup/main.js')], {
    env: {
      PATH: process.env.PATH,
      MIGRATION_DATABASE_URL: owner,
      DATABASE_URL: services,
      SEED_ADMIN_USERNAME: admin.username,
      SEED_ADMIN_PASSWORD: admin.password,
    },
  });
}

/**
 * Takes a commit out of this checkout's history into a temporary directory, installs what its lockfile names and builds it.
 *
 * @param commit whatever git understands: a tag, a commit.
 * @throws LocalStackError when there is no such commit, or it cannot be installed or built.
 */
export async function buildVersion(commit: string, say: (line: string) => void): Promise<BuiltVersion> {
  const root = await mkdtemp(join(tmpdir(), 'dialgate-former-'));
  const stop = (): Promise<void> => rm(root, { recursive: true, force: true });
  const step = async (what: string, command: string, args: string[], cwd = root): Promise<string> => {
    say(what);
    try {
      return (await run(command, args, { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
    } catch (error) {
      const { stderr = '', message } = error as Error & { stderr?: string };
      throw new LocalStackError(`${what} failed: ${stderr === '' ? message : stderr}`);
    }
  };
  try {
    const name = await step(
      `looking for ${commit}`,
      'git',
      ['rev-parse', '--verify', '--short=12', `${commit}^{commit}`],
      THIS_VERSION.root,
    );
    await step(`taking ${name} out of the history`, 'git', [
      ...['-C', THIS_VERSION.root, 'archive', '--format=tar', `--output=${root}/sources.tar`, name],
    ]);
    await step('unpacking it', 'tar', ['-xf', 'sources.tar']);
    const tools = join(root, 'packages/tools/local-stack');
    await step('installing its packages', process.execPath, [join(tools, 'install.mjs'), 'serving']);
    await step('building it', process.execPath, [join(tools, 'build.mjs'), 'serving']);
    return { name, root, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
