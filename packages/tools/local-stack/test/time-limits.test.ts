import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { runMocha, THE_RUN, type Counts } from '../src/mocha-run.js';
import { scratch } from './helpers.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

describe('a run of tests that takes too long', () => {
  const here = scratch();
  after(() => here.remove());

  it('is ended whatever it is doing, says so, and has failed', async () => {
    const mark = randomUUID();
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, TEST_RUN: mark, TEST_GIVEN_UP_MS: '1500' };
    // The checks: the linter alone takes many times as long.
    const program = [join(ROOT, 'packages/tools/local-stack/dist/test.js'), 'check'];
    const run = spawn(process.execPath, program, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    run.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(run, 'close');
    expect(run.exitCode).to.equal(143);
    expect(said).to.include('\nThis run has taken too long, and is ended.\n');
    expect(said).to.match(/\n\d passed, 1 failed\n$/);
    await eventually(() => marked(mark).length === 0);
  });

  it('has failed once when its tests had to be killed, whatever they had counted, and leaves no file of theirs', async () => {
    const hangs = here.script(
      'hangs.test.mjs',
      `import { mkdtempSync } from 'node:fs';
      import { tmpdir } from 'node:os';
      it('is fine', () => console.log('made ' + mkdtempSync(tmpdir() + '/mine-') + ' here'));
      it('hangs', () => new Promise(() => setInterval(() => {}, 1000)));`,
    );
    let said = '';
    const counts = await runMocha({
      root: ROOT,
      files: [hangs],
      jobs: 1,
      timeoutMs: 600_000,
      deadline: performance.now() + patience(5_000),
      extra: [],
      env: process.env,
      onProcesses: () => undefined,
      onCost: () => undefined,
      onReport: (text) => (said += text),
    });
    const made = /made (\S+) here/.exec(said)?.[1];
    expect(made).to.be.a('string');
    expect(existsSync(made!)).to.equal(false);
    expect(counts).to.deep.equal(new Map<string, Counts>([[THE_RUN, { passed: 0, failed: 1, skipped: 0 }]]));
  });
});

/** The processes that have this in their environment, by their directories below /proc; elsewhere than on Linux none. */
function marked(mark: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'utf8').includes(mark);
    } catch {
      return false; // It has just ended, or is another user's.
    }
  });
}
