import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { isAlive } from '../src/process-identity.js';

const BUSY = fileURLToPath(new URL('../busy.mjs', import.meta.url));

/** The children of a process, as Linux knows them. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe('busy loops beside a command', function () {
  this.timeout(60_000);
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  const run = (...args: string[]) => spawn(process.execPath, [BUSY, ...args], { stdio: 'ignore' });

  it('run as long as it does, and its exit code is handed on', async () => {
    const busy = run('2', '--', process.execPath, '-e', 'setTimeout(() => process.exit(7), 1500)');
    const children = await eventually(() => {
      const found = childrenOf(busy.pid ?? 0);
      return found.length === 3 ? found : null;
    }, 30_000);
    expect((await once(busy, 'exit'))[0]).to.equal(7);
    await eventually(() => !children.some(isAlive), 30_000);
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`end with ${signal}, too`, async () => {
      const busy = run('2', '--', process.execPath, '-e', `setTimeout(() => {}, 3000)`);
      const children = await eventually(() => {
        const found = childrenOf(busy.pid ?? 0);
        return found.length === 3 ? found : null;
      }, 30_000);
      busy.kill(signal);
      await once(busy, 'exit');
      await eventually(() => !children.some(isAlive), 30_000);
    });
  }
});
