import { expect } from 'chai';
import { openDatabase, WORKER_TIMES, workerTimesProblems } from '../src/index.js';

describe('how long workers wait for one another', () => {
  it('is in production what the documentation says', () => {
    expect(WORKER_TIMES).to.deep.equal({
      renewEveryMs: 2_000,
      steadyGapMs: 4_000,
      believeMs: 5_000,
      leaseMs: 6_000,
      adoptAfterMs: 10_000,
      leftAloneMs: 10_000,
      handoverMs: 8_000,
      followedWithinMs: 20_000,
      sweepEveryMs: 2_000,
    });
    expect(workerTimesProblems(WORKER_TIMES)).to.deep.equal([]);
  });

  for (const [what, times] of [
    ['a gap that every renewal exceeds', { steadyGapMs: 2_000 }],
    ['a belief that ends before a second renewal', { believeMs: 4_000 }],
    ['a belief as long as the lease', { believeMs: 6_000 }],
    ['a gap that outlasts a lease, and still counts as steady', { steadyGapMs: 4_001 }],
    ['a lease that does not outlast two failed renewals', { leaseMs: 5_500, steadyGapMs: 3_500 }],
    ['adoptions before every holder can have renewed', { adoptAfterMs: 8_000 }],
    ['slots taken before every holder can have renewed', { leftAloneMs: 8_000 }],
    ['places lost before a restarted worker can follow its calls', { followedWithinMs: 18_000 }],
    ['a handover that is over before anybody looks', { handoverMs: 3_999 }],
  ] as const) {
    it(`must not be ${what}`, () => {
      const wrong = { ...WORKER_TIMES, ...times };
      expect(workerTimesProblems(wrong)).to.have.length(1);
      expect(() =>
        openDatabase({ url: 'postgresql://localhost/none', applicationName: 'none', times: wrong }),
      ).to.throw('It does not hold that');
    });
  }
});
