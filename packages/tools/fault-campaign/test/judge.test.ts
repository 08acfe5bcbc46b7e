import type { ChannelRecord } from '@dialgate/asterisk-simulator';
import { expect } from 'chai';
import { judge, type Surroundings } from '../src/judge.js';
import type { EndedRow } from '../src/row.js';
import {
  broken,
  BUSY,
  channel,
  ended,
  NO_ANSWER,
  NOTHING_LEARNED,
  QUIET,
  row,
  T,
  TOLD,
  unanswered,
  unansweredRow,
} from './planted.js';

type Case = [what: string, row: EndedRow, channel: ChannelRecord | null, expected: string, around?: Surroundings];

const failed = { status: 'failed', answeredAt: null } as const;
const lost = { failureReason: 'lost', ...NOTHING_LEARNED } as const;
const untold = { ended: { at: T + 5_000, cause: 16, techCause: null, by: 'callee', told: false } } as const;
const unreceived: Surroundings = { ...QUIET, couldHear: () => false };
const restarted: Surroundings = { ...QUIET, restarts: [T + 5_000] };
const byUs = { hangupCause: 16, sipStatus: null, hangupBy: 'gateway' } as const;
const silentPhone = { number: '+33100000006' } as const;
const rangOut = (overrides: Partial<ChannelRecord> = {}): ChannelRecord =>
  unanswered({ cause: 19, techCause: 480, by: 'ring-timeout' }, { ...silentPhone, ...overrides });

const STATUS: Case[] = [
  ['an answered call that is completed', row(), channel(), 'right'],
  ['an answered call that is called failed', row({ ...failed, failureReason: 'rejected' }), channel(), 'answered on'],
  ['an answered call that is called busy', unansweredRow(BUSY), channel(), 'was answered on the wire'],
  ['a busy callee', unansweredRow(BUSY), unanswered(), 'right'],
  ['a busy callee called failed', unansweredRow({ ...failed, failureReason: 'other' }), unanswered(), 'was busy'],
  ['an answer nobody gave', row(), unanswered(), 'was answered by nobody'],
  ['a cancellation that nobody asked for', unansweredRow({ status: 'canceled' }), unanswered(), 'was busy'],
  ['a phone that rang in vain', unansweredRow(NO_ANSWER), rangOut(), 'right'],
  [
    'the same, called unreachable',
    unansweredRow({ ...NO_ANSWER, status: 'failed', failureReason: 'unreachable' }),
    rangOut(),
    'was no_answer',
  ],
  [
    'the same, when its ringing was told nobody',
    unansweredRow({ ...NO_ANSWER, status: 'failed', failureReason: 'unreachable', ringingAt: null }),
    rangOut({ ringingTold: false }),
    'unseen',
  ],
  [
    'a phone that never rang, called unreachable',
    unansweredRow({ ...NO_ANSWER, status: 'failed', failureReason: 'unreachable', ringingAt: null }),
    rangOut({ rangAt: null, ringingTold: false }),
    'right',
  ],
  [
    'a cancel request fulfilled',
    unansweredRow({ status: 'canceled', cancelRequested: true, ...byUs }),
    unanswered({ cause: 16, techCause: null, by: 'client' }),
    'right',
  ],
];

const LEARNED: Case[] = [
  ['another hangup cause', unansweredRow({ ...BUSY, hangupCause: 19 }), unanswered(), 'has hangup_cause 19'],
  ['no hangup cause', unansweredRow({ ...BUSY, hangupCause: null }), unanswered(), 'has hangup_cause null'],
  ['another SIP status', unansweredRow({ ...BUSY, sipStatus: 600 }), unanswered(), 'has sip_status 600'],
  ['a SIP status that never was', row({ sipStatus: 200 }), channel(), 'has sip_status 200'],
  ['another one who hung up', row({ hangupBy: 'dialplan' }), channel(), 'has hangup_by dialplan'],
  [
    'the dialplan for the callee, when nobody heard who it was',
    row({ hangupBy: 'dialplan' }),
    channel(),
    'right',
    { ...QUIET, garbled: true },
  ],
  [
    'the gateway for the callee, whatever was heard',
    row({ hangupBy: 'gateway' }),
    channel(),
    'has hangup_by gateway',
    { ...QUIET, garbled: true },
  ],
  ['the callee for the dialplan', row({ hangupBy: 'callee' }), ended({ by: 'dialplan' }), 'and it was dialplan'],
  [
    'another reason',
    unansweredRow({ status: 'failed', failureReason: 'congestion', hangupCause: 1, sipStatus: 404 }),
    unanswered({ cause: 1, techCause: 404 }, { number: '+33100000404' }),
    'has failure_reason congestion',
  ],
  [
    'the reason of a refusal',
    unansweredRow({ status: 'failed', failureReason: 'invalid_number', hangupCause: 1, sipStatus: 404 }),
    unanswered({ cause: 1, techCause: 404 }, { number: '+33100000404' }),
    'right',
  ],
  ['a reason where none belongs', row({ failureReason: 'other' }), channel(), 'has failure_reason other'],
  [
    'busy without the word that it was declined',
    unansweredRow({ ...BUSY, hangupCause: 21, sipStatus: 603 }),
    unanswered({ cause: 21, techCause: 603 }, { number: '+33100000014' }),
    'has failure_reason null',
  ],
  [
    'an end such a callee never comes to',
    unansweredRow(BUSY),
    unanswered({}, { number: '+33100000006' }),
    'as such a callee never is',
  ],
];

const TIMES: Case[] = [
  ['three seconds too many', row({ endedAt: T + 8_001 }), channel(), 'longer than it says'],
  ['three seconds too few', row({ answeredAt: T + 4_001 }), channel(), 'was answered 3001 ms before it says'],
  [
    'a duration that both ends make wrong together',
    row({ answeredAt: T + 2_500, endedAt: T + 3_500 }),
    channel(),
    'lasted 3000 ms longer',
  ],
  [
    'too few seconds behind an answer nobody heard',
    row({ answeredAt: T + 4_001 }),
    channel({ answerTold: false }),
    'right',
  ],
  [
    'an unheard answer that nobody found for a minute',
    row({ answeredAt: T + 61_000, endedAt: T + 90_000 }),
    channel({ answerTold: false, ended: { ...channel().ended!, at: T + 90_000 } }),
    'was answered 60000 ms before it says',
  ],
  ['ringing three seconds too late', row({ ringingAt: T + 3_011, answeredAt: T + 3_012 }), channel(), 'rang 3001 ms'],
  [
    'ringing that nobody heard, found late',
    row({ ringingAt: T + 3_011, answeredAt: T + 3_012 }),
    channel({ ringingTold: false, answerTold: false }),
    'right',
  ],
  ['ringing of a phone that never rang', row(), channel({ rangAt: null }), 'rang nobody'],
  ['a whole call a minute late', row({ answeredAt: T + 61_000, endedAt: T + 65_000 }), channel(), 'was answered 60000'],
  ['a busy callee a minute late', unansweredRow({ ...BUSY, endedAt: T + 65_000 }), unanswered(), 'ended -60000 ms'],
  [
    'times that are off by as much as the machine stood still',
    row({ endedAt: T + 8_001 }),
    channel(),
    'right',
    { ...QUIET, allow: (ms) => ms + 2_000 },
  ],
];

const UNSEEN: Case[] = [
  ['a lost end that was told', row(lost), channel(), 'ended on the wire while somebody could hear it'],
  ['a lost end that nobody was told', row(lost), channel(untold), 'unseen'],
  ['a lost end that nobody could hear', row(lost), channel(), 'unseen', unreceived],
  [
    'a lost end of which another cause was learned',
    row({ ...lost, hangupCause: 17 }),
    channel(untold),
    'has learned of hangup_cause 17, and it was 16',
  ],
  ['a lost answer that was told', row({ ...failed, ...lost }), channel(untold), 'somebody could hear it'],
  ['a lost call nothing was told of', row({ ...failed, ...lost }), channel({ ...untold, answerTold: false }), 'unseen'],
  [
    'a lost call that was hung up by its client’s cancel request',
    row({ ...lost, cancelRequested: true }),
    ended({ by: 'client' }),
    'hear it',
  ],
  [
    'an unanswered one, lost, that was hung up by its client’s cancel request',
    unansweredRow({ ...failed, ...lost, cancelRequested: true }),
    unanswered({ cause: 16, techCause: null, by: 'client' }),
    'somebody could hear it',
  ],
  ['an end before the end', row({ ...lost, endedAt: T + 1_000 }), channel(untold), 'was over before its channel was'],
  [
    'a lost call found an hour later',
    row({ ...lost, endedAt: T + 3_600_000 }),
    channel(untold),
    'was found to be over',
  ],
  [
    'a silent channel that was removed in time',
    unansweredRow({ ...failed, ...NOTHING_LEARNED, failureReason: 'outcome_unknown', endedAt: T + 17_000 }),
    unanswered({ by: 'client', at: T + 17_000 }, silentPhone),
    'unseen',
  ],
  [
    'a silent channel that was removed in time, counted from the permission of a dial that was late',
    unansweredRow({ ...failed, ...NOTHING_LEARNED, failureReason: 'outcome_unknown', endedAt: T + 16_500 }),
    unanswered({ by: 'client', at: T + 16_500 }, { ...silentPhone, dials: [{ at: T + 1_000, timeoutSeconds: 6 }] }),
    'unseen',
  ],
  [
    'a phone that was hung up before its time',
    unansweredRow({ ...failed, ...NOTHING_LEARNED, failureReason: 'outcome_unknown' }),
    unanswered({ by: 'client' }, silentPhone),
    'nobody had asked for it',
  ],
  [
    'a restart that never was',
    row({ ...lost, failureReason: 'asterisk_restarted' }),
    channel(untold),
    'was not up when Asterisk was restarted',
  ],
  [
    'a restart',
    row({ ...lost, failureReason: 'asterisk_restarted' }),
    ended({ by: 'asterisk', cause: 0, told: false }),
    'unseen',
    restarted,
  ],
  [
    'a restart that is called lost',
    row(lost),
    ended({ by: 'asterisk', cause: 0, told: false }),
    'was ended by a restart of Asterisk',
    restarted,
  ],
];

const HUNG_UP_BY_ASTERISK = { failureReason: 'hung_up_locally', hangupCause: 0, hangupBy: 'gateway' } as const;

/** The same row, with what the gateway said of its end. */
function withWhy(ended: EndedRow, why: string): EndedRow {
  return { ...ended, timeline: ended.timeline.map((line) => ({ ...line, why })) };
}

const NEVER_DIALLED: Case[] = [
  [
    'a call nobody dialled that says so',
    row({ ...failed, ...NOTHING_LEARNED, failureReason: 'not_dialed' }),
    null,
    'not_rung',
    broken(),
  ],
  [
    'the same, and nothing was broken',
    row({ ...failed, ...NOTHING_LEARNED, failureReason: 'not_dialed' }),
    null,
    'was given up (no reason given), and nothing kept it from ringing',
  ],
  [
    'the same on a machine so slow that the dial was on its way for too long',
    row({ ...failed, ...NOTHING_LEARNED, failureReason: 'not_dialed' }),
    null,
    'not_rung',
    { ...QUIET, allow: (ms) => 2 * ms },
  ],
  [
    'the same on a machine that is a little slow',
    row({ ...failed, ...NOTHING_LEARNED, failureReason: 'not_dialed' }),
    null,
    'was given up (no reason given), and nothing kept it from ringing',
    { ...QUIET, allow: (ms) => 1.9 * ms },
  ],
  [
    'the same because its permission came too late, which is a reason to try again',
    withWhy(row({ ...failed, ...NOTHING_LEARNED, failureReason: 'not_dialed' }), 'the permission came too late'),
    null,
    'was given up (the permission came too late), and nothing kept it from ringing',
  ],
  [
    'a channel that was removed because its dial was given up',
    row({ ...failed, failureReason: 'not_dialed', hangupCause: 16, sipStatus: 603, hangupBy: 'gateway' }),
    null,
    'not_rung',
    broken(),
  ],
  [
    'a call that its client took back between its permission and its dial',
    unansweredRow({ status: 'canceled', cancelRequested: true, hangupCause: 16, sipStatus: 603, hangupBy: 'gateway' }),
    null,
    'right',
  ],
  [
    'an end that was learned of a call nobody dialled',
    row({ ...failed, failureReason: 'not_dialed' }),
    null,
    'has an end that never was',
    broken(),
  ],
  [
    'a call nobody dialled that is called busy',
    unansweredRow({ ...BUSY, ...NOTHING_LEARNED }),
    null,
    'was never dialled',
  ],
  [
    'a dial that never arrived',
    row({ ...failed, ...NOTHING_LEARNED, failureReason: 'outcome_unknown' }),
    null,
    'unseen',
    broken(),
  ],
  [
    'the same, and nothing was broken',
    row({ ...failed, ...NOTHING_LEARNED, failureReason: 'outcome_unknown' }),
    null,
    'nothing kept it from ringing',
  ],
  [
    'an unknown outcome of a call never dialled',
    row({ ...failed, ...NOTHING_LEARNED, dialSentAt: null, ringingAt: null, failureReason: 'outcome_unknown' }),
    null,
    'was never dialled',
    broken(),
  ],
  [
    'a call given up before it was permitted',
    row({ ...failed, ...NOTHING_LEARNED, dialSentAt: null, ringingAt: null, failureReason: 'not_dialed' }),
    null,
    'was never dialled',
    broken(),
  ],
  [
    'a call that expired long before its time',
    row({ ...failed, ...NOTHING_LEARNED, dialSentAt: null, ringingAt: null, failureReason: 'expired' }),
    null,
    'was never dialled',
    broken(),
  ],
  [
    'a channel that a restart hung up just before its dial',
    row({ ...failed, ...HUNG_UP_BY_ASTERISK }),
    null,
    'not_rung',
    { ...broken(), restarts: [T + 4_000] },
  ],
  [
    'the same long after the restart',
    row({ ...failed, ...HUNG_UP_BY_ASTERISK }),
    null,
    'an end that never was',
    { ...broken(), restarts: [T - 9_000] },
  ],
];

const DIALLED: Case[] = [
  ['a ring before its permission', row({ dialSentAt: T + 500 }), channel(), 'was dialled unpermitted'],
  ['a ring that the row denies', row({ ...failed, failureReason: 'not_dialed' }), unanswered(), 'was rung'],
  ['a dial a minute after its request', row({ createdAt: T - 60_000 }), channel(), 'was dialled only after 60000 ms'],
  ['a dial as late as what was broken made it', row({ createdAt: T - 60_000 }), channel(), 'right', broken(25_000)],
  [
    'a dial later than what was broken made it',
    row({ createdAt: T - 60_000 }),
    channel(),
    'only after',
    broken(10_000),
  ],
  [
    'a dial in time for a fault under which calls wait, although something was broken for a moment',
    row({ createdAt: T - 60_000 }),
    channel(),
    'right',
    { ...broken(1), dialledWithinMs: 70_000 },
  ],
  [
    'a dial long after its permission',
    row({ dialSentAt: T - 10_000, createdAt: T - 10_000 }),
    channel(),
    'ms after its permission',
  ],
  [
    'another ring timeout on the wire',
    row(),
    channel({ dials: [{ at: T, timeoutSeconds: 30 }] }),
    'was to ring for 30 s',
  ],
  ['another ring timeout than was asked for', row({ ringTimeoutMs: 30_000 }), channel(), 'has another ring timeout'],
  ['another extension than was asked for', row({ extension: 's' }), channel(), 'has another extension'],
];

const CONNECTED: Case[] = [
  [
    'a callee left in silence',
    row({ endedAt: T + 30_000 }),
    channel({ continued: null, ended: { ...channel().ended!, at: T + 30_000 } }),
    'left in silence',
  ],
  [
    'a callee connected after five seconds',
    row(),
    channel({ continued: { ...channel().continued!, at: T + 4_500 } }),
    'left in',
  ],
  [
    'another context',
    row(),
    channel({ continued: { ...channel().continued!, context: 'default' } }),
    'was sent to default',
  ],
  [
    'another extension',
    row(),
    channel({ continued: { ...channel().continued!, extension: 's' } }),
    'was sent to outbound',
  ],
  ['another priority', row(), channel({ continued: { ...channel().continued!, priority: 2 } }), 'was sent to outbound'],
  ['a live call hung up without a cancel request', row(), ended({ by: 'client' }), 'nobody had asked for it'],
  [
    'a live call hung up by its client’s cancel request',
    row({ cancelRequested: true, ...byUs }),
    ended({ by: 'client' }),
    'right',
  ],
  [
    'a live call ended by an Asterisk that nobody restarted',
    row(),
    ended({ by: 'asterisk' }),
    'nobody had restarted it',
  ],
];

const TIMELINE: Case[] = [
  ...(['created', 'claimed', 'dial_sent', 'ringing', 'answered', 'continued', 'hung_up'] as const).map(
    (event): Case => [
      `a timeline without ${event}`,
      row({ timeline: row().timeline.filter((line) => line.event !== event) }),
      channel(),
      'timeline',
    ],
  ),
  [
    'a timeline without the client’s cancel request',
    row({ cancelRequested: true, timeline: row().timeline }),
    channel(),
    'is cancel_requested 0 times',
  ],
  [
    'an answer that nobody heard, without its line',
    row({ timeline: row().timeline.filter(({ event }) => event !== 'answered') }),
    channel({ answerTold: false }),
    'right',
  ],
  [
    'two ends',
    row({ timeline: [...row().timeline, { event: 'hung_up', status: 'busy', at: T }] }),
    channel(),
    'has 2 ends',
  ],
  ['another end', row({ timeline: row({ status: 'busy' }).timeline }), channel(), 'ended busy by its timeline'],
  ['an end without its reason', row({ timeline: row(lost).timeline }), channel(), 'ended by lost'],
  [
    'a timeline that goes backwards',
    row({
      timeline: [
        ...row().timeline.slice(0, -1),
        { event: 'ringing', status: 'dialing', at: T },
        ...row().timeline.slice(-1),
      ],
    }),
    channel(),
    'went backwards',
  ],
  ['an end while the channel lives', row(), channel({ ended: null }), 'is over while its channel lives'],
];

describe('the campaign’s judgement of a call', () => {
  const groups = { STATUS, LEARNED, TIMES, UNSEEN, NEVER_DIALLED, DIALLED, CONNECTED, TIMELINE };
  for (const [name, cases] of Object.entries(groups)) {
    describe(`by its ${name.toLowerCase().replace('_', ' ')}`, () => {
      for (const [what, given, wire, expected, around = QUIET] of cases) {
        it(`says of ${what}: ${expected}`, () => {
          const judgement = judge(given, wire, TOLD, around);
          expect(typeof judgement === 'string' ? judgement : judgement.wrong).to.contain(expected);
        });
      }
    });
  }

  it('finds a cancel request that was accepted and forgotten, or fulfilled too late', () => {
    const cancelRequested = row({ cancelRequested: true });
    const told = (cancelAcceptedAt: number) => ({ ...TOLD, cancelAcceptedAt });
    expect(judge(cancelRequested, channel(), told(T + 2_000), QUIET)).to.equal('right');
    expect(judge(row(), channel(), told(T + 2_000), QUIET))
      .to.have.property('wrong')
      .that.contains('has forgotten');
    expect(judge(cancelRequested, channel(), told(T - 1_000), QUIET))
      .to.have.property('wrong')
      .that.contains('went on after');
  });
});
