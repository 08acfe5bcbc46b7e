import type { ChannelRecord } from '@dialgate/asterisk-simulator';
import { expect } from 'chai';
import { judge, verdictOn, type EndedRow, type Truth } from '../src/verdict.js';

const T = 1_000_000;

function row(overrides: Partial<EndedRow> = {}): EndedRow {
  return {
    id: 'call-1',
    number: '+33100000001',
    status: 'completed',
    failureReason: null,
    dialSentAt: T,
    ringingAt: T + 20,
    answeredAt: T + 1_000,
    endedAt: T + 5_000,
    wished: false,
    finals: 1,
    backwards: false,
    ...overrides,
  };
}

function channel(overrides: Partial<ChannelRecord> = {}): ChannelRecord {
  return {
    channelId: 'call-1.1',
    endpoint: 'PJSIP/+33100000001@trunk',
    number: '+33100000001',
    app: 'gw-1',
    variables: {},
    createdAt: T,
    dials: [{ at: T, timeoutSeconds: 30 }],
    rangAt: T + 10,
    progressAt: null,
    ringingTold: true,
    answeredAt: T + 1_000,
    answerTold: true,
    continued: { at: T + 1_001, context: 'c', extension: 's', priority: 1 },
    ended: { at: T + 5_000, cause: 16, techCause: null, by: 'callee', told: true },
    ...overrides,
  };
}

/** A channel that nobody answered. */
function unanswered(end: Partial<NonNullable<ChannelRecord['ended']>>, overrides: Partial<ChannelRecord> = {}) {
  const ended = { at: T + 5_000, cause: 0, techCause: null, by: 'callee', told: true, ...end } as const;
  return channel({ answeredAt: null, answerTold: false, continued: null, ended, ...overrides });
}

/** An answered call that ended otherwise. */
function ended(end: Partial<NonNullable<ChannelRecord['ended']>>): ChannelRecord {
  return channel({ ended: { at: T + 5_000, cause: 16, techCause: null, by: 'callee', told: true, ...end } });
}

const TRUTH: Truth = { channels: [], couldHear: () => true, silenceMs: 2_000, restarted: false };

describe('the campaign’s verdict', () => {
  const failed = { status: 'failed', answeredAt: null } as const;
  const untold = { ended: { at: T + 5_000, cause: 16, techCause: null, by: 'callee', told: false } } as const;
  const cases: [
    what: string,
    row: EndedRow,
    channel: ChannelRecord | null,
    expected: 'right' | 'unseen' | 'not_rung' | 'wrong',
  ][] = [
    ['an answered call that is completed', row(), channel(), 'right'],
    ['an answered call that is called failed', row({ ...failed, failureReason: 'rejected' }), channel(), 'wrong'],
    ['an answered call that is called busy', row({ status: 'busy', answeredAt: null }), channel(), 'wrong'],
    ['three seconds too many', row({ endedAt: T + 8_001 }), channel(), 'wrong'],
    ['three seconds too few', row({ answeredAt: T + 4_001 }), channel(), 'wrong'],
    [
      'too few seconds behind an answer nobody heard',
      row({ answeredAt: T + 4_001 }),
      channel({ answerTold: false }),
      'right',
    ],
    ['ringing three seconds too late', row({ ringingAt: T + 3_011 }), channel(), 'wrong'],
    ['ringing that nobody heard, found late', row({ ringingAt: T + 3_011 }), channel({ ringingTold: false }), 'right'],
    ['a lost end that was told', row({ failureReason: 'lost' }), channel(), 'wrong'],
    ['a lost end that nobody was told', row({ failureReason: 'lost' }), channel(untold), 'unseen'],
    ['a lost answer that was told', row({ ...failed, failureReason: 'lost' }), channel(untold), 'wrong'],
    [
      'a lost call nothing was told of',
      row({ ...failed, failureReason: 'lost' }),
      channel({ ...untold, answerTold: false }),
      'unseen',
    ],
    [
      'a callee left in silence',
      row({ endedAt: T + 30_000 }),
      channel({ continued: null, ended: { ...channel().ended!, at: T + 30_000 } }),
      'wrong',
    ],
    ['a busy callee', row({ status: 'busy', answeredAt: null }), unanswered({ cause: 17, techCause: 486 }), 'right'],
    [
      'a busy callee called failed',
      row({ ...failed, failureReason: 'other' }),
      unanswered({ cause: 17, techCause: 486 }),
      'wrong',
    ],
    [
      'a phone that rang in vain',
      row({ status: 'no_answer', answeredAt: null }),
      unanswered({ cause: 19, techCause: 480, by: 'ring-timeout' }),
      'right',
    ],
    [
      'the same, called unreachable',
      row({ ...failed, failureReason: 'unreachable' }),
      unanswered({ cause: 19, techCause: 480, by: 'ring-timeout' }),
      'wrong',
    ],
    [
      'the same, when its ringing was told nobody',
      row({ ...failed, failureReason: 'unreachable' }),
      unanswered({ cause: 19, by: 'ring-timeout' }, { ringingTold: false }),
      'unseen',
    ],
    [
      'a wish fulfilled',
      row({ status: 'canceled', answeredAt: null, wished: true }),
      unanswered({ cause: 16, techCause: 603, by: 'client' }),
      'right',
    ],
    [
      'a cancellation nobody wished',
      row({ status: 'canceled', answeredAt: null }),
      unanswered({ cause: 17, techCause: 486 }),
      'wrong',
    ],
    ['an answer nobody gave', row(), unanswered({ cause: 19, techCause: 480, by: 'ring-timeout' }), 'wrong'],
    ['a call nobody dialled that says so', row({ ...failed, failureReason: 'not_dialed' }), null, 'not_rung'],
    ['a call nobody dialled that is called busy', row({ status: 'busy', answeredAt: null }), null, 'wrong'],
    ['a dial that never arrived', row({ ...failed, failureReason: 'outcome_unknown' }), null, 'unseen'],
    [
      'an unknown outcome of a call never dialled',
      row({ ...failed, dialSentAt: null, failureReason: 'outcome_unknown' }),
      null,
      'wrong',
    ],
    [
      'a call given up before it was permitted',
      row({ ...failed, dialSentAt: null, failureReason: 'not_dialed' }),
      null,
      'wrong',
    ],
    [
      'a call that expired long before its time',
      row({ ...failed, dialSentAt: null, failureReason: 'expired' }),
      null,
      'wrong',
    ],
    ['a ring before its permission', row({ dialSentAt: T + 500 }), channel(), 'wrong'],
    [
      'a ring that the row denies',
      row({ ...failed, failureReason: 'not_dialed' }),
      unanswered({ cause: 1, techCause: 404 }),
      'wrong',
    ],
    ['a live call hung up by nobody’s wish', row(), ended({ by: 'client' }), 'wrong'],
    ['a live call hung up by its client’s wish', row({ wished: true }), ended({ by: 'client' }), 'right'],
    ['a live call ended by an Asterisk that nobody restarted', row(), ended({ by: 'asterisk' }), 'wrong'],
    [
      'a phone that was hung up before its time',
      row({ ...failed, failureReason: 'outcome_unknown' }),
      unanswered({ by: 'client' }),
      'wrong',
    ],
    [
      'a silent channel that was removed in time',
      row({ ...failed, failureReason: 'outcome_unknown', endedAt: T + 40_000 }),
      unanswered({ by: 'client', at: T + 40_000 }),
      'unseen',
    ],
    ['a whole call a minute late', row({ answeredAt: T + 61_000, endedAt: T + 65_000 }), channel(), 'wrong'],
    [
      'a busy callee a minute late',
      row({ status: 'busy', answeredAt: null, endedAt: T + 65_000 }),
      unanswered({ cause: 17, techCause: 486 }),
      'wrong',
    ],
    ['an end before the end', row({ failureReason: 'lost', endedAt: T + 1_000 }), channel(untold), 'wrong'],
    [
      'a lost call found an hour later',
      row({ failureReason: 'lost', endedAt: T + 3_600_000 }),
      channel(untold),
      'wrong',
    ],
    [
      'a callee connected after five seconds',
      row(),
      channel({ continued: { at: T + 4_500, context: 'c', extension: 's', priority: 1 } }),
      'wrong',
    ],
    ['two ends in the timeline', row({ finals: 2 }), channel(), 'wrong'],
    ['a timeline that goes backwards', row({ backwards: true }), channel(), 'wrong'],
    ['an end while the channel lives', row(), channel({ ended: null }), 'wrong'],
  ];

  for (const [what, given, wire, expected] of cases) {
    it(`finds ${expected}: ${what}`, () => {
      const judgement = judge(given, wire, TRUTH);
      expect(typeof judgement === 'string' ? judgement : 'wrong').to.equal(expected);
    });
  }

  it('takes the word of a row that could hear nothing', () => {
    expect(judge(row({ failureReason: 'lost' }), channel(), { ...TRUTH, couldHear: () => false })).to.equal('unseen');
  });

  it('finds a wish that was accepted and forgotten, or fulfilled too late', () => {
    const wished = row({ wished: true });
    expect(judge(wished, channel(), TRUTH, T + 2_000)).to.equal('right');
    expect(judge(row(), channel(), TRUTH, T + 2_000)).to.have.property('wrong');
    expect(judge(wished, channel(), TRUTH, T - 1_000)).to.have.property('wrong');
  });

  it('finds a call that no client was told of and that was not taken back', () => {
    const taken = row({ id: 'call-2', status: 'canceled', answeredAt: null, dialSentAt: null, wished: true });
    const verdict = verdictOn([], [row(), taken], { ...TRUTH, channels: [channel()] });
    expect(verdict.wrong.length).to.equal(1);
    expect(verdict.judgements.get('call-2')).to.equal('right');
  });

  it('finds what was lost, dialled twice, dialled without a row, and left open', () => {
    const channels = [channel(), channel({ channelId: 'call-1.2' }), channel({ channelId: 'stranger.1' })];
    const rows = [row(), row({ id: 'call-2', status: 'ringing', endedAt: null, finals: 0 })];
    const verdict = verdictOn(
      ['call-1', 'call-2', 'call-3'].map((id) => ({ id, wishAcceptedAt: null })),
      rows,
      { ...TRUTH, channels },
    );
    expect(verdict.twice).to.deep.equal(['+33100000001 was rung 3 times']);
    expect(verdict.lost).to.deep.equal(['call-3 was accepted and has no row', 'call-2 is still ringing']);
    expect(verdict.wrong).to.deep.equal(['stranger was dialled and has no row']);
  });
});
