import { createServer, type Server } from 'node:net';
import { openRedisScripts } from '@dialgate/redis';
import { openLog } from '@dialgate/service-kit';
import { eventually, patience, standStill, testRedis } from '@dialgate/testing';
import { expect } from 'chai';
import { openRateLimits, type RateLimits } from '../src/limits/rate-limits.js';
import { createSharedStates } from '../src/limits/states.js';

const log = openLog({ service: 'test', level: 'error', fullNumbers: false });

describe('rate limits', function () {
  this.timeout(20_000);
  const redis = testRedis();
  let one: RateLimits;
  let two: RateLimits;
  let silent: Server;
  before(async () => {
    one = openRateLimits({ redisUrl: redis.url, prefix: redis.prefix, log });
    two = openRateLimits({ redisUrl: redis.url, prefix: redis.prefix, log });
    await eventually(() => one.shared() && two.shared());
    silent = createServer((socket) => socket.resume()); // Takes connections, hears what is said, and never says a word.
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    one.close();
    two.close();
    silent.close();
  });

  it('number the hits of all instances one after the other', async () => {
    const hits = await Promise.all(
      Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? one : two).hit('together', 60_000)),
    );
    const numbers = hits.map((hit) => hit.hits).sort((a, b) => a - b);
    expect(numbers).to.deep.equal(Array.from({ length: 200 }, (_, i) => i + 1));
    for (const { endsInMs } of hits) expect(endsInMs).to.be.within(1, 60_000);
  });

  it('stay shared when the answer is there and this process stood still meanwhile', async () => {
    const hit = one.hit('stood still', 60_000);
    await new Promise(setImmediate); // Hits that come together are asked for together, at the end of the event loop's turn.
    await standStill(2_000);
    expect((await hit).hits).to.equal(1);
    expect(one.shared()).to.equal(true);
    expect((await two.hit('stood still', 60_000)).hits).to.equal(2);
  });

  it('keep keys apart, also within one batch', async () => {
    const hits = await Promise.all(['a', 'b', 'a', 'c', 'a'].map((key) => one.hit(key, 60_000)));
    expect(hits.map((hit) => hit.hits)).to.deep.equal([1, 1, 2, 1, 3]);
  });

  it('begin a new window when the old one is over', async () => {
    const windowMs = patience(1_000);
    expect((await one.hit('short', windowMs)).hits).to.equal(1);
    expect((await one.hit('short', windowMs)).hits).to.equal(2);
    await eventually(async () => (await two.hit('short', windowMs)).hits === 1);
  });

  it('lose no change that two instances make at the same time', async () => {
    const increment = (limits: RateLimits) =>
      limits.update<number, number>(['x', 'y'], ([x, y]) => {
        const next = (x ?? 0) + 1;
        return { result: next, write: [next, (y ?? 0) + 1].map((state) => ({ state, forMs: 60_000 })) };
      });
    await Promise.all(Array.from({ length: 60 }, (_, i) => increment(i % 2 === 0 ? one : two)));
    const read = await one.update<number, readonly (number | null)[]>(['x', 'y'], (kept) => ({ result: kept }));
    expect(read).to.deep.equal([60, 60]);
  });

  it('make nobody wait for a change of other keys', async () => {
    const scripts = openRedisScripts({
      redisUrl: redis.url,
      prefix: redis.prefix,
      under: ':',
      onAway: () => undefined,
      onBack: () => undefined,
    });
    try {
      const never = new Promise<never>(() => undefined);
      const update = createSharedStates({
        ...scripts,
        run: (script, keys, args) => (keys.includes('held') ? never : scripts.run(script, keys, args)),
      });
      void update(['held', 'also held'], () => ({ result: null }));
      expect(await update(['free'], () => ({ result: 'done' }))).to.equal('done');
      const behind = update(['also held'], () => ({ result: 'out of turn' }));
      expect(await Promise.race([behind, update(['free'], () => ({ result: 'done' }))])).to.equal('done');
    } finally {
      scripts.close();
    }
  });

  it('forget a state when its time is over', async () => {
    await one.update(['brief'], () => ({ result: null, write: [{ state: 1, forMs: 50 }] }));
    const read = () => two.update<number, number | null>(['brief'], ([kept]) => ({ result: kept ?? null }));
    await eventually(async () => (await read()) === null);
  });

  it('count in memory when Redis refuses connections or never answers', async () => {
    const { port } = silent.address() as { port: number };
    for (const redisUrl of ['redis://127.0.0.1:1', `redis://127.0.0.1:${port}`]) {
      const limits = openRateLimits({ redisUrl, prefix: redis.prefix, log });
      try {
        const startedAt = performance.now();
        for (let i = 1; i <= 50; i++) expect((await limits.hit('alone', 60_000)).hits).to.equal(i);
        const add = () =>
          limits.update<number, number>(['alone'], ([kept]) => ({
            result: (kept ?? 0) + 1,
            write: [{ state: (kept ?? 0) + 1, forMs: 60_000 }],
          }));
        expect([await add(), await add()]).to.deep.equal([1, 2]);
        // Fifty waits for a Redis that never answers would be ten seconds and more.
        expect(performance.now() - startedAt).to.be.lessThan(patience(2_000));
        expect(limits.shared()).to.equal(false);
      } finally {
        limits.close();
      }
    }
  });
});
