import { expect } from 'chai';
import { afterEnd, type End } from '../src/restart-policy.js';

const KILLED: End = { exit: { code: null, signal: 'SIGKILL' }, hasServed: true, servedMs: 5_000 };
const EXITED: End = { exit: { code: 1, signal: null }, hasServed: true, servedMs: 0 };

describe('what is done about a process that ended', () => {
  it('that has served: it is started again after 1 s, 2 s, 4 s … 30 s, for ever', () => {
    const pauses: (number | null)[] = [];
    let inARow = 0;
    for (const end of [KILLED, EXITED, EXITED, KILLED, EXITED, EXITED, EXITED, { ...EXITED, exit: null }]) {
      const decided = afterEnd(inARow, end);
      pauses.push(decided.afterMs);
      inARow = decided.inARow;
    }
    expect(pauses).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(afterEnd(5_000, EXITED).afterMs).to.equal(30_000);
  });

  it('that has served for a minute: the pauses begin anew', () => {
    expect(afterEnd(6, { ...KILLED, servedMs: 60_000 })).to.deep.equal({ inARow: 1, afterMs: 1_000 });
    expect(afterEnd(6, { ...KILLED, servedMs: 59_999 })).to.deep.equal({ inARow: 7, afterMs: 30_000 });
  });

  it('that has never served: its own exit is for good, and so is not being able to be started', () => {
    for (const exit of [{ code: 1, signal: null }, { code: 0, signal: null }, null]) {
      expect(afterEnd(0, { exit, hasServed: false, servedMs: 0 }).afterMs).to.equal(null);
    }
  });

  it('that was killed before it ever served: it gets another chance, four times', () => {
    const killed = (inARow: number): number | null =>
      afterEnd(inARow, { ...KILLED, hasServed: false, servedMs: 0 }).afterMs;
    expect([0, 1, 2, 3, 4].map(killed)).to.deep.equal([1_000, 2_000, 4_000, 8_000, null]);
  });
});
