import { expect } from 'chai';
import { judgeReal, struckNobody, type Absence } from '../src/real-verdict.js';
import type { EndedRow } from '../src/verdict.js';

/** When the callee was invited. */
const T = 1_000_000;

const NUMBERS = { fourSeconds: '+33100000012', busy: '+33100000486', silent: '+33100000006' } as const;

/** A worker was deaf when the call of four seconds ended. */
const DEAF_AT = T + 4_800;

/** Long after everything else. */
const LATER: Absence = { killedAt: T + 600_000, startedAt: T + 604_000 };

/** Two seconds into the call. */
const MEANWHILE: Absence = { killedAt: T + 2_000, startedAt: T + 6_000 };

/** Before it was dialled. */
const EARLIER: Absence = { killedAt: T - 9_000, startedAt: T - 5_000 };

function row(overrides: Partial<EndedRow> = {}): EndedRow {
  return {
    id: 'call-1',
    number: NUMBERS.fourSeconds,
    status: 'completed',
    failureReason: null,
    dialSentAt: T - 20,
    ringingAt: T + 10,
    answeredAt: T + 800,
    endedAt: T + 4_800,
    wished: false,
    finals: 1,
    backwards: false,
    ...overrides,
  };
}

function said(call: EndedRow, absence: Absence, rung = 1): string {
  const invites = Array.from({ length: rung }, () => ({ number: call.number, callId: 'sip-1', atMs: T }));
  const judgement = judgeReal(call, {
    invites: new Map([[call.number.replace('+', ''), invites]]),
    absence,
    hidden: (from, to) => from <= DEAF_AT && to >= DEAF_AT,
  });
  return typeof judgement === 'string' ? judgement : judgement.wrong;
}

const unanswered = { status: 'failed', answeredAt: null } as const;
const silent = { number: NUMBERS.silent, status: 'no_answer', answeredAt: null } as const;
const refused = { ...unanswered, number: '+33100000404', endedAt: T } as const;

const WRONG_END = 'has not the time of its end';
const RUNG = 'rang somebody, and does not say so';
const HEARD = 'ended while everybody could hear it';
const NOBODY = 'was answered by nobody';
const NOT_SAID = 'was up when Asterisk was killed, and does not say so';
const OVER = 'was over when Asterisk was killed';
const AFTERWARDS = 'was dialled after Asterisk was started again';
const restarted = { failureReason: 'asterisk_restarted', endedAt: T + 8_000 } as const;

describe('the verdict on a real Asterisk', () => {
  const cases: [what: string, call: EndedRow, absence: Absence, rung: number, expected: string][] = [
    ['what its callee does', row(), LATER, 1, 'right'],
    ['another status than its callee’s', row({ ...refused, number: NUMBERS.busy }), LATER, 1, 'should be busy'],
    ['an answer of one who never answers', row({ number: NUMBERS.busy }), LATER, 1, NOBODY],
    ['a later end', row({ endedAt: T + 8_000 }), LATER, 1, WRONG_END],
    ['an earlier end', row({ endedAt: T + 900 }), LATER, 1, WRONG_END],
    ['no_answer before it had rung for its time', row({ ...silent, endedAt: T + 100 }), LATER, 1, WRONG_END],
    ['an answer before there was one', row({ answeredAt: T - 500 }), LATER, 1, 'was answered later than it says'],
    ['an answer that was found late', row({ answeredAt: T + 4_000 }), LATER, 1, 'right'],
    ['nobody was rung, and somebody was', row({ ...refused, failureReason: 'not_dialed' }), LATER, 1, RUNG],
    ['a broken timeline', row({ finals: 2 }), LATER, 1, 'has a broken timeline'],
    ['a status that fell back', row({ backwards: true }), LATER, 1, 'has a broken timeline'],
    ['a number that nobody has', row({ number: '+33100000099' }), LATER, 1, 'is nobody’s number'],
    ['lost, while a worker was deaf', row({ failureReason: 'lost' }), LATER, 1, 'unseen'],
    ['lost, and all could hear its end', row({ ...refused, failureReason: 'outcome_unknown' }), LATER, 1, HEARD],
    ['lost and completed, and nobody answers', row({ number: NUMBERS.busy, failureReason: 'lost' }), LATER, 1, NOBODY],
    ['lost, and never dialled', row({ failureReason: 'lost', dialSentAt: null }), LATER, 1, 'was never dialled'],
    ['not dialled, and nobody rang', row({ ...unanswered, failureReason: 'not_dialed' }), LATER, 0, 'not_rung'],
    ['completed, and nobody rang', row(), LATER, 0, 'rang nobody'],

    ['that Asterisk was restarted, as it was', row(restarted), MEANWHILE, 1, 'unseen'],
    ['lost, when Asterisk was killed', row({ failureReason: 'lost' }), MEANWHILE, 1, NOT_SAID],
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
    [
      'lost after the restart',
      row({ failureReason: 'lost' }),
      EARLIER,
      1,
      'was dialled when all was well, and is lost',
    ],
  ];

  for (const [what, call, absence, rung, expected] of cases) {
    it(`says of a call that says ${what}: ${expected}`, () => {
      expect(said(call, absence, rung)).to.equal(expected);
    });
  }

  it('misses a strike that met nobody, and calls that came after it', () => {
    expect(struckNobody([row(restarted), row({ dialSentAt: MEANWHILE.startedAt + 1 })], MEANWHILE)).to.deep.equal([]);
    expect(struckNobody([row()], MEANWHILE)).to.have.length(2);
  });
});
