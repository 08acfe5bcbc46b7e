import { expect } from 'chai';
import { trueTimes } from '../src/true-times.js';
import { verdictOn } from '../src/verdict.js';
import { channel, QUIET, row, T, TOLD } from './planted.js';

const MINUTE = 60_000;
const from = (at: number, aheadMs: number) => ({ at, aheadMs });

/** A minute ahead from long before the call on; then back where everybody's clock is, while it is up. */
const SET_BACK = [from(0, 0), from(T - 10 * MINUTE, MINUTE), from(T + 3_000, 0)];
const AHEAD = row({
  ...{ createdAt: T - 50 + MINUTE, dialSentAt: T + MINUTE, ringingAt: T + 20 + MINUTE },
  answeredAt: T + 1_000 + MINUTE,
});

describe('the true times of a row', () => {
  it('are those it says while the clock is right', () => {
    expect(trueTimes(row(), channel(), [from(0, 0)])).to.deep.equal([row()]);
  });

  it('lie behind those it says while the clock is ahead', () => {
    const steps = [from(0, 0), from(T - 10 * MINUTE, 7_000)];
    const ahead = row({
      ...{ createdAt: T + 6_950, dialSentAt: T + 7_000, ringingAt: T + 7_020 },
      ...{ answeredAt: T + 8_000, endedAt: T + 12_000 },
    });
    const [meant] = trueTimes(ahead, channel(), steps);
    expect(meant).to.deep.equal({ ...row(), timeline: ahead.timeline });
  });

  it('may be two where the clock was set back', () => {
    const said = trueTimes(row({ endedAt: T + 2_000 + MINUTE }), null, SET_BACK).map(({ endedAt }) => endedAt);
    expect(said).to.include.members([T + 2_000, T + 2_000 + MINUTE]);
  });

  it('are the wire’s where a time had to be raised to the one before it', () => {
    const raised = { ...AHEAD, endedAt: AHEAD.answeredAt };
    expect(judged(raised)).to.deep.equal([]);
  });

  it('are so, too, where only the request was before the clock was set back', () => {
    const steps = [from(0, 0), from(T - 10 * MINUTE, MINUTE), from(T - 10, 0), from(T + 3_000, -60 * MINUTE)];
    const raised = row({ createdAt: T - 50 + MINUTE, endedAt: T + 1_000 });
    expect(judged(raised, steps)).to.deep.equal([]);
  });

  it('are so, too, where the clock was set back just before the end was written', () => {
    const steps = [from(0, 0), from(T + 5_020, -60 * MINUTE)];
    expect(judged(row({ endedAt: T + 1_000 }), steps)).to.deep.equal([]);
    expect(judged(row({ endedAt: T + 1_000 }), [from(0, 0), from(T + 15_000, -60 * MINUTE)])).to.have.lengthOf(1);
  });

  it('are not the wire’s where nothing raised it', () => {
    expect(judged({ ...AHEAD, endedAt: (AHEAD.answeredAt ?? 0) + 20_000 })).to.have.lengthOf(1);
  });

  it('do not explain an end that no setting of the clock can have said', () => {
    expect(judged({ ...row(), endedAt: T + 20_000 })).to.have.lengthOf(1);
    expect(judged({ ...row(), endedAt: T + 20_000 }, [from(0, 0)])).to.have.lengthOf(1);
  });

  it('do not explain another status', () => {
    expect(judged({ ...AHEAD, endedAt: AHEAD.answeredAt, hangupCause: 17 })).to.have.lengthOf(1);
  });
});

/** What is wrong with the row of the planted call. */
function judged(only: ReturnType<typeof row>, clockSteps = SET_BACK): readonly string[] {
  const truth = { ...QUIET, channels: [channel()], clockSteps };
  return verdictOn([{ id: 'call-1', ...TOLD }], [only], truth).wrong;
}
