import { expect } from 'chai';
import { coalesce } from '../src/index.js';

/** A flush under the test's control. */
function held() {
  const batches: number[][] = [];
  let release: () => void = () => undefined;
  const flush = (items: number[]): Promise<number[]> => {
    batches.push(items);
    return new Promise((resolve) => {
      release = () => resolve(items.map((item) => item * 10));
    });
  };
  return { batches, flush, release: () => release() };
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('coalescing', () => {
  it('lets a lone request go at once and alone', async () => {
    const one = coalesce((items: number[]) => Promise.resolve(items), { maxBatch: 10, maxInFlight: 1 });
    expect(await one(7)).to.equal(7);
  });

  it('sends what came during a flush together in the next, in order', async () => {
    const { batches, flush, release } = held();
    const add = coalesce(flush, { maxBatch: 10, maxInFlight: 1 });
    const first = add(1);
    await turn();
    const others = [2, 3, 4].map(add);
    await turn();
    expect(batches).to.deep.equal([[1]]);
    release();
    expect(await first).to.equal(10);
    await turn();
    expect(batches).to.deep.equal([[1], [2, 3, 4]]);
    release();
    expect(await Promise.all(others)).to.deep.equal([20, 30, 40]);
  });

  it('keeps batches and flushes within their limits', async () => {
    const { batches, flush } = held();
    const add = coalesce(flush, { maxBatch: 2, maxInFlight: 2 });
    for (let n = 1; n <= 7; n++) void add(n);
    await turn();
    expect(batches).to.deep.equal([
      [1, 2],
      [3, 4],
    ]);
  });

  it('rejects all of a batch that failed and goes on with the next', async () => {
    let failing = true;
    const add = coalesce((items: number[]) => (failing ? Promise.reject(new Error('away')) : Promise.resolve(items)), {
      maxBatch: 10,
      maxInFlight: 1,
    });
    const lost = await Promise.allSettled([add(1), add(2)]);
    expect(lost.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    failing = false;
    expect(await add(3)).to.equal(3);
  });

  it('turns away what would make too many wait', async () => {
    const { flush } = held();
    const limits = { maxBatch: 1, maxInFlight: 1, maxWaiting: 2, whenFull: () => new Error('full') };
    const add = coalesce(flush, limits);
    const all = [1, 2, 3].map((n) => add(n).catch((error: unknown) => (error as Error).message));
    expect(await all[2]).to.equal('full');
  });
});
