import { silentLog } from '@dialgate/service-kit';
import { expect } from 'chai';
import { every } from '../src/index.js';

describe('a task that is run every so often', () => {
  it('goes on after a failure and never overlaps itself', async () => {
    let under = 0;
    let most = 0;
    let runs = 0;
    let enough: () => void = () => undefined;
    const done = new Promise<void>((resolve) => (enough = resolve));
    const part = every(
      'test',
      1,
      async () => {
        most = Math.max(most, ++under);
        await new Promise((resolve) => setImmediate(resolve));
        under--;
        if (++runs === 5) enough();
        if (runs % 2 === 0) throw new Error('no');
      },
      silentLog,
    );
    await part.start?.();
    await done;
    await part.stop?.();
    const after = runs;
    await new Promise((resolve) => setImmediate(resolve));
    expect([most, runs]).to.deep.equal([1, after]);
  });
});
