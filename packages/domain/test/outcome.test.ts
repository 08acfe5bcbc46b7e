import { expect } from 'chai';
import { hangupBy, isOurDoing, outcomeOf, type DialedSoFar, type HungUp } from '../src/index.js';

const END: HungUp = {
  type: 'hung_up',
  cause: null,
  sipStatus: null,
  requestedBy: null,
  dialResult: null,
  wasUp: false,
};
const DIALED: DialedSoFar = { answered: false, rang: false, cancelRequested: false };
const RANG = { ...DIALED, rang: true };

describe('the outcome of a dialled call', () => {
  const cases: [name: string, end: Partial<HungUp>, call: DialedSoFar, status: string, reason: string | null][] = [
    ['486 Busy Here', { cause: 17, sipStatus: 486, requestedBy: 'far_end' }, DIALED, 'busy', null],
    ['603 Decline', { cause: 21, sipStatus: 603, requestedBy: 'far_end' }, RANG, 'busy', 'declined'],
    ['403 Forbidden, with the same cause', { cause: 21, sipStatus: 403 }, DIALED, 'failed', 'rejected'],
    ['480 after ringing', { cause: 19, sipStatus: 480, requestedBy: 'far_end' }, RANG, 'no_answer', null],
    [
      '480 at once, a phone that is off',
      { cause: 19, sipStatus: 480, requestedBy: 'far_end' },
      DIALED,
      'no_answer',
      null,
    ],
    [
      '483, which has the cause of an unanswered phone',
      { cause: 19, sipStatus: 483 },
      DIALED,
      'failed',
      'routing_loop',
    ],
    ['the ring timeout after ringing', { cause: 19, requestedBy: 'our_side' }, RANG, 'no_answer', null],
    ['the ring timeout of a dead trunk', { cause: 19, requestedBy: 'our_side' }, DIALED, 'failed', 'unreachable'],
    ['408 of a dead trunk', { cause: 18, sipStatus: 408 }, DIALED, 'failed', 'unreachable'],
    ['408 after ringing', { cause: 18, sipStatus: 408 }, RANG, 'no_answer', null],
    ['404', { cause: 1, sipStatus: 404 }, DIALED, 'failed', 'invalid_number'],
    ['410', { cause: 22, sipStatus: 410 }, DIALED, 'failed', 'number_changed'],
    ['484', { cause: 28, sipStatus: 484 }, DIALED, 'failed', 'invalid_number'],
    ['503', { cause: 34, sipStatus: 503 }, DIALED, 'failed', 'congestion'],
    ['504', { cause: 102, sipStatus: 504 }, DIALED, 'failed', 'congestion'],
    ['488', { cause: 58, sipStatus: 488 }, DIALED, 'failed', 'media'],
    ['487 out of the blue', { cause: 127, sipStatus: 487 }, DIALED, 'failed', 'interworking'],
    ['302, which is not followed', { cause: 23, sipStatus: 302 }, DIALED, 'failed', 'redirected'],
    ['a cause that says nothing', { cause: 0 }, DIALED, 'failed', 'other'],
    [
      'a hangup by the operator while ringing',
      { cause: 16, requestedBy: 'our_side' },
      RANG,
      'failed',
      'hung_up_locally',
    ],
    [
      'a hangup of ours that names busy',
      { cause: 17, sipStatus: 486, requestedBy: 'our_side' },
      RANG,
      'failed',
      'hung_up_locally',
    ],
    [
      'a DELETE of a channel that Asterisk never dialled',
      { cause: 16, sipStatus: 603, requestedBy: 'our_side' },
      DIALED,
      'failed',
      'not_dialed',
    ],
    [
      '603 that came with our own hangup',
      { cause: 21, sipStatus: 603, requestedBy: 'our_side' },
      RANG,
      'failed',
      'hung_up_locally',
    ],
    ['a busy cause without a SIP status', { cause: 17 }, RANG, 'busy', null],
    ['cause 18 after ringing', { cause: 18 }, RANG, 'no_answer', null],
    ['cause 18 at once', { cause: 18 }, DIALED, 'no_answer', null],
    ['an unknown cause with our own hangup', { requestedBy: 'our_side' }, DIALED, 'failed', 'hung_up_locally'],
    ['cause 16 that nobody asked for', { cause: 16, sipStatus: 200 }, RANG, 'failed', 'hung_up_locally'],
    [
      'a cancel request that met a hangup of theirs',
      { cause: 16, sipStatus: 487, requestedBy: 'far_end' },
      { ...RANG, cancelRequested: true },
      'failed',
      'hung_up_locally',
    ],
    ['603 with another cause', { cause: 17, sipStatus: 603 }, DIALED, 'busy', null],
    ['a dial that ended busy', { dialResult: 'busy' }, RANG, 'busy', null],
    [
      'a dial that ended busy, then ran into its timeout',
      { dialResult: 'busy', cause: 19, requestedBy: 'our_side' },
      RANG,
      'busy',
      null,
    ],
    ['a dial that ended in congestion', { dialResult: 'congestion' }, DIALED, 'failed', 'congestion'],
    ['an answer that only the end shows', { cause: 16, wasUp: true }, RANG, 'completed', null],
    [
      'an answered call, whatever the cause',
      { cause: 17, sipStatus: 486 },
      { ...RANG, answered: true },
      'completed',
      null,
    ],
    [
      'a cancel request on a channel never dialled',
      { cause: 16, sipStatus: 603 },
      { ...DIALED, cancelRequested: true },
      'canceled',
      null,
    ],
    ['the end of a channel never dialled', { cause: 16, sipStatus: 603 }, DIALED, 'failed', 'not_dialed'],
    [
      'a cancel request, hung up by us',
      { cause: 16, requestedBy: 'our_side' },
      { ...RANG, cancelRequested: true },
      'canceled',
      null,
    ],
    [
      'a cancel request whose end lost its announcement',
      { cause: 16 },
      { ...RANG, cancelRequested: true },
      'canceled',
      null,
    ],
    [
      'a cancel request that came later than their busy',
      { cause: 17, sipStatus: 486, requestedBy: 'far_end' },
      { ...RANG, cancelRequested: true },
      'busy',
      null,
    ],
    [
      'a cancel request on an answered call',
      { cause: 16, requestedBy: 'our_side' },
      { answered: true, rang: true, cancelRequested: true },
      'completed',
      null,
    ],
  ];
  for (const [name, end, call, status, reason] of cases) {
    it(`${name} is ${status}${reason === null ? '' : ` (${reason})`}`, () => {
      expect(outcomeOf({ ...END, ...end }, call)).to.deep.equal({ status, reason });
    });
  }
});

describe('who hung up', () => {
  it('is the callee when the far end asked for it', () => {
    expect(hangupBy({ ...END, requestedBy: 'far_end' }, true)).to.equal('callee');
  });
  it('is the gateway when our side asked for it', () => {
    expect(hangupBy({ ...END, requestedBy: 'our_side' }, true)).to.equal('gateway');
  });
  it('is the dialplan when an answered call ends without anybody asking', () => {
    expect(hangupBy(END, true)).to.equal('dialplan');
  });
  it('is the callee who was busy, and the dialplan behind an answer that only the end shows', () => {
    expect(hangupBy({ ...END, dialResult: 'busy', requestedBy: 'our_side' }, false)).to.equal('callee');
    expect(hangupBy({ ...END, dialResult: 'congestion' }, false)).to.equal('unknown');
    expect(hangupBy({ ...END, wasUp: true }, false)).to.equal('dialplan');
  });
  it('is unknown otherwise', () => {
    expect(hangupBy(END, false)).to.equal('unknown');
  });
});

describe('the end of a channel', () => {
  it('is our doing when our side asked for it, or when it was never dialled', () => {
    expect(isOurDoing({ ...END, requestedBy: 'our_side' })).to.equal(true);
    expect(isOurDoing({ ...END, cause: 16, sipStatus: 603 })).to.equal(true);
    expect(isOurDoing({ ...END, cause: 21, sipStatus: 603 })).to.equal(false);
    expect(isOurDoing({ ...END, cause: 16, sipStatus: 487 })).to.equal(false);
    expect(isOurDoing({ ...END, cause: 16, requestedBy: 'far_end' })).to.equal(false);
  });
});
