import { patience } from '@dialgate/testing';
import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { claimDirectory, createStack, LocalStackError, startService } from '../src/index.js';
import { isAlive, processIdentity, workingDirectory } from '../src/process-identity.js';
import { startGroup } from '../src/process-group.js';
import { recordProcess } from '../src/records.js';
import { scratch, until } from './helpers.js';

const STUBBORN = `process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1000); console.log('up');`;
const POLITE = `process.on('SIGTERM', () => process.exit(3)); setInterval(() => {}, 1000); console.log('up');`;

describe('a service', () => {
  const here = scratch();
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const env = process.env;
  const up = (line: string): boolean => line === 'up';
  after(() => here.remove());

  it('is at work once it says so, and its exit code is reported', async () => {
    const service = await startService('polite', { entry: here.script('polite.mjs', POLITE), env, log, ready: up });
    expect(lines).to.include('up');
    expect(service.exit()).to.equal(null);
    expect(await service.stop()).to.deep.equal({ code: 3, signal: null });
    expect(isAlive(service.pid)).to.equal(false);
  });

  it('is killed when the deadline has passed', async () => {
    const entry = here.script('stubborn.mjs', STUBBORN);
    const service = await startService('stubborn', { entry, env, log, ready: up, stopWithinMs: patience(1_000) });
    expect(await service.stop()).to.deep.equal({ code: null, signal: 'SIGKILL' });
    expect(lines).to.include('no');
  });

  it('that dies at its start is an error that shows what it said', async () => {
    const entry = here.script('dies.mjs', `console.error('SECRET_KEY is missing'); process.exit(1);`);
    const started = startService('api', { entry, env, log, poll: () => Promise.resolve(false) });
    const error = await started.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(LocalStackError);
    expect(String(error)).to.include('api ended by itself (exit code 1)').and.include('SECRET_KEY is missing');
  });

  it('that dies while it is being looked at is said to be dead at once', async () => {
    const entry = here.script('dies-late.mjs', `console.error('no memory'); setTimeout(() => process.exit(9), 200);`);
    const started = startService('api', { entry, env, log, poll: () => new Promise(() => undefined) });
    expect(String(await started.catch((reason: unknown) => reason)))
      .to.include('exit code 9')
      .and.include('no memory');
  });

  it('that is slow is waited for, which is said, however long it takes', async () => {
    const said: string[] = [];
    let looks = 0;
    const entry = here.script('slow.mjs', POLITE);
    // Longer than the ten seconds after which it is first said, and until it has been.
    const poll = (): Promise<boolean> => Promise.resolve(++looks > 3 && said.length > 0);
    const service = await startService('slow', { entry, env, log, ready: up, poll, say: (line) => said.push(line) });
    expect(said[0]).to.match(/^still waiting for slow to be at work \(\d+ s\)$/);
    await service.stop();
  });

  it('that never gets ready is ended at its limit, and said to be late', async () => {
    const entry = here.script('never.mjs', POLITE.replace(`'up'`, `'hm'`));
    const started = startService('slow', { entry, env, log, ready: up, readyWithinMs: 400 });
    expect(String(await started.catch((reason: unknown) => reason))).to.include('gave up waiting for slow');
  });

  it('can be killed and paused by a test, and its death is noticed', async () => {
    const service = await startService('victim', { entry: here.script('victim.mjs', POLITE), env, log, ready: up });
    service.kill('SIGKILL');
    expect(await service.exited).to.deep.equal({ code: null, signal: 'SIGKILL' });
    expect(await service.stop()).to.deep.equal({ code: null, signal: 'SIGKILL' });
  });
});

describe('a group of processes', () => {
  const here = scratch();
  after(() => here.remove());

  /** Starts another process, says its number, and lives on or not. */
  const parent = (then: string): string => `
    import { spawn } from 'node:child_process';
    console.log(spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }).pid);
    ${then}`;

  for (const [how, then, code] of [
    ['ends by itself', 'process.exit(4);', 4],
    ['is killed', 'setInterval(() => {}, 1000);', 2],
  ] as const) {
    it(`leaves nothing behind when its first process ${how}`, async () => {
      const script = here.script('parent.mjs', parent(then));
      const stdio = ['ignore', 'pipe', 'inherit'] as const;
      const group = startGroup(process.execPath, [script], { cwd: '/', env: process.env, stdio: [...stdio] });
      let said = '';
      group.child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await until(() => said.endsWith('\n'), 'it says whom it started');
      if (how === 'is killed') group.kill('SIGTERM');
      expect(await group.ended).to.equal(code);
      await until(() => !isAlive(Number(said)), 'whom it started is gone');
    });
  }
});

describe('a stack', () => {
  it('stops its parts once, the last one first, and all of them even if one fails', async () => {
    const stopped: string[] = [];
    const said: string[] = [];
    const stack = createStack({ log: (line) => said.push(line) });
    for (const name of ['database', 'queue', 'service']) {
      stack.add(name, {
        stop: () => {
          stopped.push(name);
          return name === 'queue' ? Promise.reject(new Error('stuck')) : Promise.resolve();
        },
      });
    }
    await Promise.all([stack.stop(), stack.stop()]);
    expect(stopped).to.deep.equal(['service', 'queue', 'database']);
    expect(said).to.deep.equal(['queue did not stop: stuck']);
  });

  it('gives its parts no more time together than it has', async () => {
    const given: number[] = [];
    const stack = createStack({ withinMs: 2_000, log: () => undefined });
    for (const name of ['first', 'second']) stack.add(name, { stop: (ms) => Promise.resolve(given.push(ms ?? 0)) });
    await stack.stop();
    expect(given).to.have.length(2);
    for (const ms of given) expect(ms).to.be.within(300, 2_000);
  });
});

describe('a directory', () => {
  const here = scratch();
  after(() => here.remove());

  it('belongs to one stack at a time', async () => {
    const directory = join(here.directory, 'claimed');
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    recordProcess(directory, { name: 'owner', pid: other.pid!, steps: [] });
    const refused = await claimDirectory(directory, () => undefined).catch((reason: unknown) => reason);
    expect(String(refused)).to.include(`already runs from here (process ${String(other.pid)})`);

    other.kill('SIGKILL');
    await until(() => !isAlive(other.pid!), 'the owner is gone');
    const claim = await claimDirectory(directory, () => undefined);
    claim.release();
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it('has each process noted down in one piece: whoever reads just then finds the former note, and not half of the new one', () => {
    const directory = join(here.directory, 'noted');
    recordProcess(directory, { name: 'api', pid: process.pid, steps: [] });
    const reader = openSync(join(directory, 'api.json'), 'r');
    try {
      recordProcess(directory, { name: 'api', pid: process.pid, steps: [{ signal: 'SIGTERM', waitMs: 1 }] });
      const former = JSON.parse(readFileSync(reader, 'utf8')) as { readonly steps: readonly unknown[] };
      expect(former.steps).to.deep.equal([]);
    } finally {
      closeSync(reader);
    }
    expect(readdirSync(directory)).to.deep.equal(['api.json']);
  });

  it('is cleared of what a killed run left behind, and of nothing else', async () => {
    const directory = join(here.directory, 'leftovers');
    const [left, stranger] = [1, 2].map(() =>
      spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }),
    );
    recordProcess(directory, { name: 'redis', pid: left!.pid!, steps: [{ signal: 'SIGTERM', waitMs: 5_000 }] });
    // Its number was once ours: the identity tells that it is not any more.
    writeFileSync(
      join(directory, 'api.json'),
      JSON.stringify({
        name: 'api',
        pid: stranger!.pid,
        identity: `${processIdentity(1) ?? ''}x`,
        steps: [{ signal: 'SIGKILL', waitMs: 1_000 }],
      }),
    );
    const said: string[] = [];

    const claim = await claimDirectory(directory, (line) => said.push(line));
    expect(isAlive(left!.pid!)).to.equal(false);
    expect(isAlive(stranger!.pid!)).to.equal(true);
    expect(said).to.deep.equal([`ending redis, left over from an earlier run (process ${String(left!.pid)})`]);
    claim.release();
    stranger!.kill();
  });
});

describe('an owner that is killed with -9', () => {
  const here = scratch();
  after(() => here.remove());

  it('takes its servers, its services and its temporary directories along', async () => {
    const script = fileURLToPath(new URL('owner-to-be-killed.ts', import.meta.url));
    const flags = ['--import', 'tsx', script, here.script('service.mjs', STUBBORN)];
    const owner = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
    const heard = await new Promise<string>((resolve) =>
      owner.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    const pids = JSON.parse(heard) as number[];
    expect(pids.filter(isAlive)).to.have.length(3);
    const data = workingDirectory(pids[0]!) ?? '';
    expect(existsSync(data)).to.equal(true);

    owner.kill('SIGKILL');
    await until(() => pids.every((pid) => !isAlive(pid)) && !existsSync(data), 'everything is gone', 20_000);
  });
});
