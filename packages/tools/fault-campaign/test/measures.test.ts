import { expect } from 'chai';
import { atMostTwice, longestDip, missed, percentile } from '../src/measures.js';

/** Ten a second, from one second on until another. */
function tenASecond(from: number, to: number): number[] {
  return Array.from({ length: (to - from) * 10 }, (_, n) => from * 1_000 + n * 100);
}

describe('what the campaign measures', () => {
  it('misses its goal by being above it, or by not being measured at all', () => {
    const measure = { what: 'memory', goal: 40, unit: 'MB' } as const;
    expect(missed([{ ...measure, value: 40 }], 1)).to.deep.equal([]);
    expect(missed([{ ...measure, value: 41 }], 1)).to.deep.equal(['memory: 41 MB, and should be 40 MB at most']);
    expect(missed([{ ...measure, value: 41 }], 5)).to.have.length(1);
    expect(missed([{ ...measure, value: NaN }], 1)).to.have.length(1);
  });

  it('is allowed more time on a slow machine', () => {
    const measure = { what: 'dip', goal: 5, value: 9, unit: 's' } as const;
    expect([missed([measure], 1).length, missed([measure], 2).length]).to.deep.equal([1, 0]);
  });

  it('compares the slowest hundredth with twice that of a calm time, and nothing that nobody notices', () => {
    const calm = Array.from({ length: 100 }, () => 100);
    expect(missed([atMostTwice('POST', calm, [150, 199])], 1)).to.deep.equal([]);
    expect(missed([atMostTwice('POST', calm, [150, 201])], 1)).to.have.length(1);
    expect(missed([atMostTwice('POST', [2], [49])], 1)).to.deep.equal([]);
    expect(percentile([1, 2, 3], 0.99)).to.equal(3);
  });

  it('finds the longest time in which less was done than came', () => {
    const came = tenASecond(0, 30);
    expect(longestDip(came, came, 0.8)).to.equal(0);
    const paused = [...tenASecond(0, 10), ...tenASecond(16, 30)];
    expect(longestDip(came, paused, 0.8)).to.be.within(5_500, 7_500);
    const slower = came.filter((_, n) => n % 10 !== 0);
    expect(longestDip(came, slower, 0.8)).to.equal(0);
  });
});
