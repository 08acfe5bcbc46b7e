import { expect } from 'chai';
import { judgeReal, struckNobody, type Absence, type RealTruth } from '../src/real-verdict.js';
import type { EndedRow } from '../src/row.js';
import { BUSY, NO_ANSWER, NOTHING_LEARNED, QUIET, row as planted, T } from './planted.js';

const NUMBERS = { fourSeconds: '+33100000012', busy: '+33100000486', silent: '+33100000006', waits: '+33100000002' };

const APP = 'gw-1';

/** Nobody received the events of the call's application when the call of four seconds ended. */
const HIDDEN_AT = T + 4_800;

/** Long after everything else. */
const LATER: Absence = { killedAt: T + 600_000, startedAt: T + 604_000 };

/** Two seconds into the call. */
const MEANWHILE: Absence = { killedAt: T + 2_000, startedAt: T + 6_000 };

/** Before it was dialled. */
const EARLIER: Absence = { killedAt: T - 9_000, startedAt: T - 5_000 };

function row(overrides: Partial<EndedRow> = {}): EndedRow {
  return planted({
    number: NUMBERS.fourSeconds,
    app: APP,
    dialSentAt: T - 20,
    ringingAt: T + 10,
    answeredAt: T + 800,
    endedAt: T + 4_800,
    ...overrides,
  });
}

function said(
  call: EndedRow,
  absence: Absence,
  rung = 1,
  hiddenAt: number | null = HIDDEN_AT,
  hiddenApp = APP,
): string {
  const invites = Array.from({ length: rung }, () => ({
    number: call.number,
    callId: 'sip-1',
    atMs: T,
    soundPort: null,
  }));
  const truth: RealTruth = {
    invites: new Map([[call.number.replace('+', ''), invites]]),
    absence,
    hidden: (app, from, to) => app === hiddenApp && hiddenAt !== null && from <= hiddenAt && to >= hiddenAt,
    allow: QUIET.allow,
  };
  const judgement = judgeReal(call, truth);
  return typeof judgement === 'string' ? judgement : judgement.wrong;
}

const unanswered = { status: 'failed', answeredAt: null, ...NOTHING_LEARNED } as const;
const lost = { failureReason: 'lost', ...NOTHING_LEARNED } as const;
const silent = { number: NUMBERS.silent, answeredAt: null, ...NO_ANSWER } as const;
const busy = { number: NUMBERS.busy, answeredAt: null, ringingAt: null, endedAt: T, ...BUSY } as const;
const refused = { ...unanswered, number: '+33100000404', endedAt: T } as const;
const waits = { number: NUMBERS.waits, hangupBy: 'dialplan', endedAt: T + 2_300 } as const;

const WRONG_END = 'has not the time of its end';
const RUNG = 'rang somebody, and does not say so';
const HEARD = 'ended while everybody could hear it';
const NOBODY = 'was answered by nobody';
const NOT_SAID = 'was up when Asterisk was killed, and does not say so';
const OVER = 'was over when Asterisk was killed';
const AFTERWARDS = 'was dialled after Asterisk was started again';
const SILENCE = 'was left in silence';
const restarted = { failureReason: 'asterisk_restarted', endedAt: T + 8_000, ...NOTHING_LEARNED } as const;

describe('the verdict on a real Asterisk', () => {
  const cases: [what: string, call: EndedRow, absence: Absence, rung: number, expected: string][] = [
    ['what its callee does', row(), LATER, 1, 'right'],
    ['that its callee was busy', row(busy), LATER, 1, 'right'],
    ['that its callee’s phone rang in vain', row({ ...silent, endedAt: T + 6_000 }), LATER, 1, 'right'],
    ['that the dialplan hung up', row(waits), LATER, 1, 'right'],
    [
      'another status than its callee’s',
      row({ ...refused, failureReason: 'rejected', number: NUMBERS.busy }),
      LATER,
      1,
      'should be busy',
    ],
    ['an answer of one who never answers', row({ number: NUMBERS.busy }), LATER, 1, NOBODY],
    ['a later end', row({ endedAt: T + 8_000 }), LATER, 1, 'has not the duration of its callee'],
    ['an earlier end', row({ endedAt: T + 900 }), LATER, 1, 'has not the duration of its callee'],
    ['a later end of a busy callee', row({ ...busy, endedAt: T + 3_000 }), LATER, 1, WRONG_END],
    ['no_answer before it had rung for its time', row({ ...silent, endedAt: T + 100 }), LATER, 1, WRONG_END],
    ['an answer before there was one', row({ answeredAt: T - 500 }), LATER, 1, 'was answered later than it says'],
    ['an answer three seconds late', row({ answeredAt: T + 3_900 }), LATER, 1, 'was answered earlier than it says'],
    ['an answer at its end', row({ answeredAt: T + 4_800 }), LATER, 1, 'was answered earlier than it says'],
    [
      'a cancel request that nobody had',
      row({ cancelRequested: true }),
      LATER,
      1,
      'was canceled, and nobody had asked for it',
    ],
    [
      'the gateway for its callee',
      row({ hangupBy: 'gateway' }),
      LATER,
      1,
      'was hung up by the gateway, and nobody had asked for it',
    ],
    ['another cause', row({ hangupCause: 31 }), LATER, 1, 'has hangup_cause 31, and it was 16'],
    ['another SIP status', row({ ...busy, sipStatus: 600 }), LATER, 1, 'has sip_status 600, and it was 486'],
    ['the dialplan for a callee nobody heard hanging up', row({ hangupBy: 'dialplan' }), LATER, 1, 'right'],
    ['nobody was rung, and somebody was', row({ ...refused, failureReason: 'not_dialed' }), LATER, 1, RUNG],
    ['a number that nobody has', row({ number: '+33100000099' }), LATER, 1, 'is nobody’s number'],
    ['lost, while its worker received nothing', row(lost), LATER, 1, 'unseen'],
    ['lost, and all could hear its end', row({ ...refused, failureReason: 'outcome_unknown' }), LATER, 1, HEARD],
    ['lost, and a stranger’s application was hidden', row({ ...lost, app: 'gw-2' }), LATER, 1, HEARD],
    ['lost and completed, and nobody answers', row({ ...lost, number: NUMBERS.busy }), LATER, 1, NOBODY],
    ['lost, and never dialled', row({ ...lost, dialSentAt: null }), LATER, 1, 'was never dialled'],
    ['not dialled, and nobody rang', row({ ...unanswered, failureReason: 'not_dialed' }), LATER, 0, 'not_rung'],
    ['completed, and nobody rang', row(), LATER, 0, 'rang nobody'],

    ['that Asterisk was restarted, as it was', row(restarted), MEANWHILE, 1, 'unseen'],
    ['lost, when Asterisk was killed', row(lost), MEANWHILE, 1, NOT_SAID],
    ['no restart, and it was up', row(), MEANWHILE, 1, NOT_SAID],
    ['a restart that came later', row(restarted), LATER, 1, 'ended before Asterisk was killed'],
    ['a restart long after its end', row({ ...restarted, endedAt: T + 601_000 }), LATER, 1, OVER],
    ['a restart, and it was dialled afterwards', row(restarted), EARLIER, 1, AFTERWARDS],
    ['a restart, and never dialled', row({ ...restarted, dialSentAt: null }), MEANWHILE, 1, 'was never dialled'],
    ['a restart, and rang nobody', row(restarted), MEANWHILE, 0, 'rang nobody'],
    ['a restart unanswered, and was answered', row({ ...unanswered, ...restarted }), MEANWHILE, 1, 'was answered'],
    [
      'a restart answered, and nobody answers there',
      row({ ...restarted, number: NUMBERS.silent }),
      MEANWHILE,
      1,
      NOBODY,
    ],
    ['a restart completed, and has no answer', row({ ...restarted, answeredAt: null }), MEANWHILE, 1, NOBODY],
    ['what it does after the restart', row(), EARLIER, 1, 'right'],
    ['lost after the restart', row(lost), EARLIER, 1, 'was dialled when all was well, and is lost'],
  ];

  for (const [what, call, absence, rung, expected] of cases) {
    it(`says of a call that says ${what}: ${expected}`, () => {
      expect(said(call, absence, rung)).to.equal(expected);
    });
  }

  it('says that a callee was left in silence', () => {
    const without = (call: EndedRow): EndedRow => ({
      ...call,
      timeline: call.timeline.filter(({ event }) => event !== 'continued'),
    });
    expect(said(without(row()), LATER)).to.equal(SILENCE);
    expect(said(row({ ...waits, endedAt: T + 8_300 }), LATER)).to.equal('has not the duration of its callee');
    const late = row().timeline.map((line) => (line.event === 'continued' ? { ...line, at: T + 4_000 } : line));
    expect(said(row({ timeline: late }), LATER)).to.equal(SILENCE);
  });

  it('excuses a late answer and a long silence by what nobody received of that very application, and only then', () => {
    const found = row({ ...waits, answeredAt: T + 12_000, endedAt: T + 13_500 });
    expect(said(found, LATER, 1, T + 800)).to.equal('right');
    expect(said(found, LATER, 1, T + 800, 'gw-2')).to.equal('was answered earlier than it says');
    const never = row({ ...waits, answeredAt: T + 62_000, endedAt: T + 63_500 });
    expect(said(never, LATER, 1, T + 800)).to.equal('was answered earlier than it says');
  });

  it('reads the timeline, too', () => {
    const twice = row({ timeline: [...row().timeline, { event: 'hung_up', status: 'busy', at: T }] });
    expect(said(twice, LATER)).to.equal('has 2 ends in its timeline');
  });

  it('misses a strike that met nobody, and calls that came after it', () => {
    expect(struckNobody([row(restarted), row({ dialSentAt: MEANWHILE.startedAt + 1 })], MEANWHILE)).to.deep.equal([]);
    expect(struckNobody([row()], MEANWHILE)).to.have.length(2);
  });
});
