import { expect } from 'chai';
import {
  begun,
  failed,
  isKnown,
  judge,
  keepForMs,
  released,
  remaining,
  succeeded,
  triesNow,
} from '../src/auth/lockout.js';

const LIMIT = 5;
const MINUTE = 60_000;
const NEW = triesNow(null, 0);

/** Tries as often as it may, wrong each time. @returns when each try was, in minutes. */
function attack(forMinutes: number): number[] {
  const tried = [];
  let tries = NEW;
  for (let now = 0; now <= forMinutes * MINUTE; now += 1_000) {
    for (;;) {
      tries = triesNow(tries, now);
      if (judge(tries, LIMIT, now) !== 'free') break;
      tries = failed(begun(tries, now), LIMIT, now);
      tried.push(now / MINUTE);
    }
  }
  return tried;
}

describe('the lock on wrong logins', () => {
  it('lets a few through, then one after each lock of 1, 2, 4, 8, 15, 15 … minutes', () => {
    expect(attack(61)).to.deep.equal([0, 0, 0, 0, 0, 1, 3, 7, 15, 30, 45, 60]);
  });

  it('lets no more than ten through within any 15 minutes', () => {
    const tried = attack(24 * 60);
    for (const from of tried) expect(tried.filter((at) => at >= from && at < from + 15).length).to.be.at.most(10);
  });

  it('is not worn down by waiting just long enough', () => {
    let tries = NEW;
    let tried = 0;
    // Four wrong ones, then a pause until they are forgotten, for a day.
    for (let now = 0; now < 24 * 60 * MINUTE; now += 15 * MINUTE) {
      for (let i = 0; i < LIMIT - 1; i++) {
        tries = failed(triesNow(tries, now), LIMIT, now);
        tried++;
      }
    }
    expect(tried / 24).to.be.at.most(16); // An hour.
  });

  it('counts what is under way as wrong until it is known to be right', () => {
    let tries = NEW;
    for (let i = 0; i < LIMIT; i++) {
      expect(judge(tries, LIMIT, 0)).to.equal('free');
      tries = begun(tries, 0);
    }
    expect(judge(tries, LIMIT, 0)).to.equal('wait');
    expect(judge(released(tries), LIMIT, 0)).to.equal('free');
  });

  it('does not wait for ever for a process that died', () => {
    const tries = begun(failed(failed(NEW, 2, 0), 2, 0), 61_000);
    expect(judge(triesNow(tries, 62_000), 2, 62_000)).to.equal('wait');
    expect(judge(triesNow(tries, 72_000), 2, 72_000)).to.equal('free');
  });

  it('is lifted by the right password, which makes the address known for 30 days', () => {
    const tries = succeeded(failed(failed(NEW, LIMIT, 0), LIMIT, 0), 0);
    expect(remaining(tries, LIMIT)).to.equal(LIMIT);
    expect(isKnown(tries, 29 * 24 * 60 * MINUTE)).to.equal(true);
    expect(isKnown(tries, 31 * 24 * 60 * MINUTE)).to.equal(false);
  });

  it('says for how long it holds, and is over at the very end of it', () => {
    const tries = failed(NEW, 1, 1_000);
    expect(judge(tries, 1, 1_000)).to.deep.equal({ lockedForMs: MINUTE });
    expect(judge(tries, 1, 31_000)).to.deep.equal({ lockedForMs: MINUTE / 2 });
    expect(judge(tries, 1, 1_000 + MINUTE)).to.equal('free');
  });

  it('forgets failures, what is under way and known addresses at the end of their time', () => {
    expect(NEW).to.deep.equal({ failures: 0, lockedUntil: 0, forgetAt: 0, pending: 0, pendingUntil: 0, knownUntil: 0 });
    const tries = begun(failed(NEW, LIMIT, 0), 0);
    expect(triesNow(tries, 9_999)).to.include({ failures: 1, pending: 1 });
    expect(triesNow(tries, 10_000)).to.include({ failures: 1, pending: 0 });
    expect(triesNow(tries, 15 * MINUTE - 1)).to.include({ failures: 1 });
    expect(triesNow(tries, 15 * MINUTE)).to.include({ failures: 0 });
    const known = succeeded(tries, 0);
    expect([isKnown(known, known.knownUntil - 1), isKnown(known, known.knownUntil)]).to.deep.equal([true, false]);
  });

  it('is kept for as long as something of it counts', () => {
    expect(keepForMs(NEW, 5_000)).to.equal(1);
    expect(keepForMs(failed(NEW, LIMIT, 5_000), 5_000)).to.equal(15 * MINUTE);
    expect(keepForMs(failed(NEW, LIMIT, 5_000), 6_000)).to.equal(15 * MINUTE - 1_000);
    expect(keepForMs(begun(NEW, 5_000), 6_000)).to.equal(9_000);
    expect(keepForMs(succeeded(NEW, 5_000), 6_000)).to.equal(30 * 24 * 60 * MINUTE - 1_000);
  });
});
