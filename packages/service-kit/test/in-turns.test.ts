import { expect } from 'chai';
import { inTurns } from '../src/index.js';

describe('a task that processes do in turns', () => {
  it('is done in a turn and not without', async () => {
    const { run, done } = taking(true, false, true);
    for (let n = 0; n < 3; n++) await run();
    expect(done()).to.equal(2);
  });

  it('passes over the turn behind a failure, and only that one', async () => {
    let asked = 0;
    let done = 0;
    const run = inTurns(
      () => Promise.resolve(++asked > 0),
      () => (++done === 1 ? Promise.reject(new Error('no')) : Promise.resolve()),
    );
    expect(String(await failing(run))).to.include('no');
    await run();
    expect([asked, done]).to.deep.equal([1, 1]);
    await run();
    await run();
    expect([asked, done]).to.deep.equal([3, 3]);
  });

  it('is done by everybody while nobody can be asked whose turn it is, and says so', async () => {
    let done = 0;
    const run = inTurns(
      () => Promise.reject(new Error('away')),
      () => Promise.resolve(++done),
    );
    expect(String(await failing(run))).to.include('away');
    expect(String(await failing(run))).to.include('away');
    expect(done).to.equal(2);
  });

  function taking(...turns: readonly boolean[]) {
    const left = [...turns];
    let done = 0;
    const run = inTurns(
      () => Promise.resolve(left.shift() ?? false),
      () => Promise.resolve(++done),
    );
    return { run, done: () => done };
  }

  const failing = (run: () => Promise<void>) => run().catch((error: unknown) => error);
});
