import { expect } from 'chai';
import type { Calls } from '../src/index.js';
import { tellEntries } from '../src/calls/tell-entries.js';

describe('that entries were written', () => {
  let told: string[];
  const calls = (answer: () => Promise<unknown>, others: object = {}): Calls =>
    tellEntries({ apply: answer, note: answer, expireOverdue: answer, ...others } as unknown as Calls, () =>
      told.push('told'),
    );
  beforeEach(() => (told = []));

  it('is told when they can be read, and not before', async () => {
    let commit: (moved: boolean) => void = () => undefined;
    const written = calls(() => new Promise((resolve) => (commit = resolve))).apply({} as never, {} as never, null);
    expect(told).to.deep.equal([]);
    commit(true);
    expect(await written).to.equal(true);
    expect(told).to.deep.equal(['told']);
  });

  it('is not told when nothing was written, or nobody knows', async () => {
    expect(await calls(() => Promise.resolve(false)).apply({} as never, {} as never, null)).to.equal(false);
    expect(await calls(() => Promise.resolve([])).expireOverdue('sweep')).to.deep.equal([]);
    let refused = false;
    await calls(() => Promise.reject(new Error('away')))
      .note({} as never)
      .catch(() => (refused = true));
    expect([refused, told]).to.deep.equal([true, []]);
  });

  it('is not told by who reads', async () => {
    await calls(() => Promise.resolve(true), { find: () => Promise.resolve({}) }).find('a-call');
    expect(told).to.deep.equal([]);
  });
});
