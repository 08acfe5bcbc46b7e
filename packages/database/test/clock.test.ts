import { expect } from 'chai';
import { createDatabaseClock } from '../src/clock.js';

const NOON = Date.parse('2026-01-01T12:00:00.000Z');

describe('the database’s clock', () => {
  it('is not set until the database has told the time three times: the first answer may have waited for a connection', () => {
    const clock = createDatabaseClock();
    const isSet = [0, 1, 2, 3].map((n) => {
      if (n > 0) clock.set(n, n + 1, NOON + n);
      return clock.isSet();
    });
    expect(isSet).to.deep.equal([false, false, false, true]);
  });

  it('is taken to have been read half-way between question and answer', () => {
    const clock = createDatabaseClock();
    clock.set(1_000, 1_010, NOON);
    expect(clock.at(1_005)).to.equal(NOON);
    expect(clock.at(5)).to.equal(NOON - 1_000);
  });

  it('keeps the reading of the quicker answer', () => {
    const clock = createDatabaseClock();
    clock.set(1_000, 1_002, NOON);
    clock.set(2_000, 2_800, NOON + 1_200); // Says 200 ms less, and may be wrong by 400.
    expect(clock.at(1_001)).to.equal(NOON);
    clock.set(3_000, 3_001, NOON + 1_999);
    expect(clock.at(3_000.5)).to.equal(NOON + 1_999);
  });

  it('takes a coarser reading when the old one may have drifted further', () => {
    const clock = createDatabaseClock();
    clock.set(0, 1, NOON);
    clock.set(60_000, 60_100, NOON + 60_040); // Wrong by 50 ms at most; the old one by 31.
    expect(clock.at(60_050)).to.equal(NOON + 60_049.5);
    clock.set(120_000, 120_100, NOON + 120_030);
    expect(clock.at(120_050)).to.equal(NOON + 120_030);
  });

  it('is not misled by an answer that waited for a lock', () => {
    const clock = createDatabaseClock();
    clock.set(0, 1, NOON);
    clock.set(70_000, 74_900, NOON + 74_900);
    expect(clock.at(74_900)).to.equal(NOON + 74_899.5);
  });

  it('believes an answer that contradicts what it knew: the clock was set, or another server has taken over', () => {
    const clock = createDatabaseClock();
    clock.set(0, 1, NOON);
    clock.set(1_000, 1_020, NOON + 61_010);
    expect(clock.at(1_010)).to.equal(NOON + 61_010);
  });

  it('is steady until it jumps, in either direction, by more than answers that were late can differ', () => {
    const clock = createDatabaseClock();
    clock.set(0, 1, NOON);
    clock.set(1_000, 4_000, NOON + 4_900); // May be wrong by 1.5 s, and so may be in order.
    expect(clock.steadyForMs(5_000)).to.equal(Infinity);
    clock.set(5_000, 5_010, NOON + 5_900); // Adjusted.
    expect(clock.steadyForMs(6_000)).to.equal(Infinity);
    clock.set(6_000, 6_010, NOON + 26_000);
    expect(clock.steadyForMs(7_010)).to.equal(1_000);
    clock.set(8_000, 8_010, NOON + 28_000);
    expect(clock.steadyForMs(9_010)).to.equal(3_000);
    clock.set(10_000, 10_010, NOON + 10_000);
    expect(clock.steadyForMs(10_010)).to.equal(0);
  });
});
