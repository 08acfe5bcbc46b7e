import { expect } from 'chai';
import { eventLateness } from '../src/ari/lateness.js';

/** Asterisk's clock is wrong by this much. */
const NOON = Date.parse('2026-01-01T12:00:00.000Z');

describe('how late an event comes', () => {
  let late: (stampedAt: number, heardAt: number) => number;
  beforeEach(() => {
    const lateness = eventLateness();
    late = (stampedAt, heardAt) => lateness(new Date(NOON + stampedAt), heardAt);
  });

  it('is nothing for the quickest, and what the others took longer', () => {
    expect(late(1_000, 1_003)).to.equal(0);
    expect(late(2_000, 2_010)).to.equal(7);
    expect(late(3_000, 3_001)).to.equal(0);
    expect(late(4_000, 4_010)).to.equal(9);
  });

  it('is the length of a pause for what happened at its beginning', () => {
    late(1_000, 1_001);
    expect(late(2_000, 7_001)).to.equal(5_000);
    expect(late(6_500, 7_002)).to.equal(501);
    expect(late(7_100, 7_101)).to.equal(0);
  });

  it('is unknown, and taken for nothing, of an event without a stamp', () => {
    expect(eventLateness()(null, 5)).to.equal(0);
  });

  it('follows a clock that is set forward at once, and one that is set back', () => {
    late(1_000, 1_001);
    expect(late(3_602_000, 2_001)).to.equal(0);
    expect(late(3_603_000, 3_002)).to.equal(1);
    expect(late(4_000, 4_001)).to.equal(0);
    expect(late(5_000, 5_003)).to.equal(2);
  });

  it('forgets after two minutes how quick events once were', () => {
    late(0, 0);
    for (let at = 1_000; at <= 200_000; at += 1_000) late(at, at + 10);
    expect(late(200_500, 200_510)).to.equal(0);
  });
});
