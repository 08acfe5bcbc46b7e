import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { isAlive } from '../src/process-identity.js';
import { scratch } from './helpers.js';

/** A pnpm that starts a program of its own, says whom, and never comes to its end. */
const HANGING_PNPM = `#!/bin/sh
if [ "$1" = --version ]; then echo 0.0.1; exit; fi
sleep 600 &
echo "$$ $!" > "$PIDS.part" && mv "$PIDS.part" "$PIDS"
wait
`;

describe('a step before a story', () => {
  const here = scratch();
  after(() => here.remove());

  /** A checkout that has yet to be installed, and the command that tells a story there. */
  function story(name: string): {
    readonly directory: string;
    readonly command: readonly string[];
    readonly pids: string;
  } {
    const directory = join(here.directory, name);
    const tools = join(directory, 'packages', 'tools', 'local-stack');
    for (const made of [tools, join(directory, 'bin'), join(directory, 'node_modules')])
      mkdirSync(made, { recursive: true });
    for (const file of ['bootstrap.mjs', 'step.mjs', 'install.mjs', 'build.mjs']) {
      copyFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), join(tools, file));
    }
    const manifest = { packageManager: 'pnpm@0.0.1', engines: { node: '>=20' }, version: '0.0.1' };
    writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(directory, 'bin', 'pnpm'), HANGING_PNPM);
    chmodSync(join(directory, 'bin', 'pnpm'), 0o755);
    return {
      directory,
      command: [process.execPath, join(tools, 'bootstrap.mjs'), 'test'],
      pids: join(directory, 'pids'),
    };
  }

  /** Tells the story until it installs. @returns its processes: of the command, of pnpm, and of whom that started. */
  async function installing(
    { directory, pids }: ReturnType<typeof story>,
    [program = '', ...args]: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly child: ChildProcess; readonly said: () => string; readonly started: readonly number[] }> {
    const child = spawn(program, args, {
      env: { PATH: `${join(directory, 'bin')}:${process.env.PATH ?? ''}`, PIDS: pids, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await eventually(() => existsSync(pids));
    const started = readFileSync(pids, 'utf8').split(' ').map(Number);
    expect(started.every(isAlive)).to.equal(true);
    return { child, said: () => said, started };
  }

  const gone = (pids: readonly number[]) => eventually(() => !pids.some(isAlive));

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`is over at once with ${signal}, whom it started included, and is not taken for done`, async () => {
      const told = story(signal);
      const { child, said, started } = await installing(told, told.command);
      child.kill(signal);
      expect(await once(child, 'exit')).to.deep.equal([code, null]);
      await gone(started);
      expect(said()).to.match(/^• installing packages with pnpm 0\.0\.1 …\s*$/);
      expect(existsSync(join(told.directory, 'node_modules', '.dialgate-installed'))).to.equal(false);
    });
  }

  it('is over when the npm that tells the story has ended', async () => {
    const told = story('npm');
    // A shell, as npm has it, which ends alone.
    const [node = '', ...args] = told.command;
    const command = ['/bin/sh', '-c', '"$@" & wait', 'sh', node, ...args];
    const { child, started } = await installing(told, command, { npm_lifecycle_event: 'test' });
    const closed = once(child, 'close'); // When nobody writes to its output any more: the story has ended as well.
    child.kill('SIGKILL');
    await closed;
    await gone(started);
  });
});
