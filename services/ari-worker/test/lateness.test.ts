import { expect } from 'chai';
import { createInTimeAt, createLateness } from '../src/ari/lateness.js';

/** Asterisk's clock is wrong by this much. */
const NOON = Date.parse('2026-01-01T12:00:00.000Z');

describe('how late an event comes', () => {
  let late: (stampedAt: number, receivedAt: number) => number;
  beforeEach(() => {
    const lateBy = createLateness();
    late = (stampedAt, receivedAt) => lateBy(new Date(NOON + stampedAt), receivedAt);
  });

  it('is nothing for the quickest, and what the others took longer', () => {
    expect(late(1_000, 1_003)).to.equal(0);
    expect(late(2_000, 2_010)).to.be.closeTo(7, 1);
    expect(late(3_000, 3_001)).to.equal(0);
    expect(late(4_000, 4_010)).to.be.closeTo(9, 1);
  });

  it('is the length of a pause for what happened at its beginning', () => {
    late(1_000, 1_001);
    expect(late(2_000, 7_001)).to.be.closeTo(5_000, 1);
    expect(late(6_500, 7_002)).to.be.closeTo(501, 1);
    expect(late(7_100, 7_101)).to.be.closeTo(0, 1);
  });

  it('is known however long the pause was', () => {
    late(0, 1);
    for (let at = 1_000; at <= 25_000; at += 1_000) expect(late(at, 25_001)).to.be.closeTo(25_000 - at, 4);
    expect(late(26_000, 26_001)).to.be.closeTo(0, 1);
  });

  it('is known after many minutes without a call', () => {
    late(0, 1);
    expect(late(600_000, 608_001)).to.be.closeTo(8_000, 65);
    expect(late(600_100, 608_002)).to.be.closeTo(7_901, 65);
    expect(late(900_000, 900_001)).to.equal(0);
    expect(late(1_200_000, 1_209_001)).to.be.closeTo(9_000, 35);
  });

  it('is known, however long it lasts, as long as something else is in time', () => {
    for (let at = 0; at <= 60_000; at += 500) {
      expect(late(at, at + 2)).to.be.closeTo(0, 2);
      expect(late(at - 2_800, at + 202)).to.be.closeTo(3_000, 2);
    }
  });

  it('is no more than jitter on an ordinary day', () => {
    const jitter = (at: number) => 1 + ((at / 1_000) % 7) * 10;
    late(0, 1);
    for (let at = 1_000; at <= 300_000; at += 1_000)
      expect(late(at, at + jitter(at))).to.be.closeTo(jitter(at) - 1, 1, `at ${at}`);
  });

  it('is unknown, and taken for nothing, of an event without a stamp', () => {
    expect(createLateness()(null, 5)).to.equal(0);
  });

  for (const step of [50, 3_000, 3_600_000]) {
    it(`follows a clock that is set forward by ${step} ms at once`, () => {
      late(1_000, 1_001);
      expect(late(2_000 + step, 2_001)).to.equal(0);
      expect(late(3_000 + step, 3_002)).to.be.closeTo(1, 1);
    });
  }

  for (const step of [150, 3_000, 3_600_000]) {
    it(`follows a clock that is set back by ${step} ms when five seconds have shown it`, () => {
      for (let at = 0; at <= 10_000; at += 500) late(at, at + 1);
      for (let at = 10_500; at < 15_500; at += 500) expect(late(at - step, at + 3)).to.be.closeTo(step, 5);
      late(15_500 - step, 15_501);
      for (let at = 16_000; at <= 20_000; at += 500) expect(late(at - step, at + 3)).to.be.closeTo(2, 2);
    });
  }

  for (let from = 10_000; from < 15_000; from += 1_000) {
    it(`takes no longer to see that, however long all was in time before (${from} ms)`, () => {
      for (let at = 0; at < from; at += 500) late(at, at + 1);
      for (let at = from; at <= from + 5_000; at += 500) late(at - 3_000, at + 1);
      expect(late(from + 5_500 - 3_000, from + 5_511)).to.be.closeTo(10, 1);
    });
  }

  it('goes by the quickest of what came since a clock was set back', () => {
    const jitter = (at: number) => (at % 1_000 === 0 ? 1 : 41);
    for (let at = 0; at < 10_000; at += 500) late(at, at + 1);
    for (let at = 10_000; at <= 15_000; at += 500) late(at - 3_000, at + jitter(at));
    expect(late(15_500 - 3_000, 15_541)).to.be.closeTo(40, 1);
  });

  it('follows a clock that is set back by next to nothing as if it had drifted', () => {
    for (let at = 0; at <= 600_000; at += 500) late(at, at + 1);
    expect(late(600_500 - 50, 600_501)).to.be.closeTo(50, 1);
    for (let at = 601_000; at <= 1_200_000; at += 500) late(at - 50, at + 1);
    expect(late(1_200_500 - 50, 1_200_501)).to.be.closeTo(0, 1);
  });
});

describe('when an event would have come in time', () => {
  /** It is stamped so long before its time of receipt; what the quickest took is nothing. */
  function inTime(lateBy: number, sentSecondsAgo: number): number {
    const now = performance.now();
    return now - createInTimeAt(() => lateBy)(new Date(), now - sentSecondsAgo * 1_000);
  }

  it('is as much earlier as it is late', () => {
    expect(inTime(0, 3)).to.be.closeTo(0, 1_000);
    expect(inTime(2_500, 3)).to.be.closeTo(2_500, 1_000);
    expect(inTime(60_000, 60)).to.be.closeTo(60_000, 1_000);
  });

  it('is not long before it can have been sent, whatever a clock says that was set back', () => {
    expect(inTime(3_600_000, 3)).to.be.closeTo(13_000, 1_000);
  });

  it('is now where nothing is known of either', () => {
    expect(performance.now() - createInTimeAt(createLateness())(null, -Infinity)).to.be.closeTo(0, 1_000);
  });
});
