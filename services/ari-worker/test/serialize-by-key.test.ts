import { expect } from 'chai';
import { createSerializeByKey } from '../src/events/serialize-by-key.js';

describe('in order', () => {
  it('does one thing after another per key, side by side for different keys', async () => {
    const order = createSerializeByKey();
    const story: string[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const first = order.run('a', async () => {
      await gate;
      story.push('a1');
    });
    const second = order.run('a', () => Promise.resolve(void story.push('a2')));
    await order.run('b', () => Promise.resolve(void story.push('b1')));
    expect(story).to.deep.equal(['b1']);
    release();
    await Promise.all([first, second]);
    expect(story).to.deep.equal(['b1', 'a1', 'a2']);
  });

  it('goes on after a failure and hands it to who asked', async () => {
    const order = createSerializeByKey();
    const failed = order.run('a', () => Promise.reject(new Error('no')));
    const next = order.run('a', () => Promise.resolve(2));
    expect(await failed.catch((error: unknown) => (error as Error).message)).to.equal('no');
    expect(await next).to.equal(2);
  });

  it('knows when nothing is left', async () => {
    const order = createSerializeByKey();
    void order.run('a', () => Promise.resolve());
    expect(order.pending()).to.equal(1);
    await order.idle();
    expect(order.pending()).to.equal(0);
  });
});
