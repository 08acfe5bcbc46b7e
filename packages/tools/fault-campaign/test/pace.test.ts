import { expect } from 'chai';
import { knownSlowness, paceOf, type PaceSample } from '../src/pace.js';

/** A minute of looks, two a second, each answered and worked off so fast. Times in milliseconds. */
function minute({ answersMs = 1, worksMs = 1, crowd = 1 } = {}): PaceSample[] {
  return Array.from({ length: 120 }, (_, n) => {
    const dueAt = n * 500;
    return { dueAt, startedAt: dueAt + answersMs, doneAt: dueAt + answersMs + worksMs, crowd };
  });
}

/** The machine stood still for so long at that time. */
function standstill(at: number, forMs: number): PaceSample {
  return { dueAt: at, startedAt: at + forMs, doneAt: at + forMs + 1, crowd: 1 };
}

describe('the pace of the machine', () => {
  it('leaves a bound as sharp as it is on a quiet machine', () => {
    const { factor, allow } = paceOf(minute(), 1);
    expect(factor).to.equal(1);
    expect(allow(2_000, 30_000)).to.equal(2_000);
    expect(paceOf([], 1).allow(2_000, 0)).to.equal(2_000);
  });

  it('multiplies it by how slowly work is done, how late it is begun, how many want the processors, or what was known beforehand', () => {
    expect(paceOf(minute({ worksMs: 160 }), 1).factor).to.equal(10);
    expect(paceOf(minute({ answersMs: 199 }), 1).factor).to.equal(5);
    expect(paceOf(minute({ crowd: 8 }), 1).factor).to.equal(4);
    expect(paceOf(minute(), 3).allow(2_000, 30_000)).to.equal(6_000);
  });

  it('widens it where the machine stood still, and nowhere else', () => {
    const { allow } = paceOf([...minute(), standstill(30_000, 3_000)], 1);
    expect(allow(2_000, 30_000)).to.equal(8_002);
    expect(allow(2_000, 34_500)).to.equal(8_002);
    expect(allow(2_000, 36_000)).to.equal(2_000);
    expect(allow(2_000, 20_000)).to.equal(2_000);
  });

  it('takes TEST_SLOWNESS at its word, and nonsense for 1', () => {
    expect(['4', '0.1', 'slow', undefined].map((TEST_SLOWNESS) => knownSlowness({ TEST_SLOWNESS }))).to.deep.equal([
      4, 1, 1, 1,
    ]);
  });
});
