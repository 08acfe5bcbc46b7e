import { expect } from 'chai';
import {
  FAILURE_REASONS,
  nextOfOrder,
  retryCauseOf,
  zonedWindowOf,
  type Call,
  type CallOrder,
  type FailureReason,
  type OrderFacts,
} from '../src/index.js';

const NOON = new Date('2026-03-02T12:00:00.000Z'); // A Monday.
const later = (seconds: number, from = NOON) => new Date(from.getTime() + seconds * 1_000);

type Order = Parameters<typeof nextOfOrder>[0];

/** Ten minutes after a busy call at noon: two calls more were ordered, after five minutes, within a day. */
function next(last: Partial<Call> = {}, order: Partial<CallOrder> = {}, facts: Partial<OrderFacts> = {}) {
  const ordered: Order = {
    on: ['busy', 'no_answer'],
    max: 2,
    afterSeconds: 300,
    endsAt: later(86_400),
    callsMade: 1,
    cancelRequestedAt: null,
    ...order,
  };
  const call: Parameters<typeof nextOfOrder>[1] = {
    status: 'busy',
    failureReason: null,
    endedAt: NOON,
    erasedAt: null,
    ...last,
  };
  return nextOfOrder(ordered, call, { at: later(600), windows: [], userStopped: null, ...facts });
}
const settled = (end: string, refusal: string | null = null) => ({ then: 'settle', end, refusal });

describe('what comes after the last call of an order', () => {
  it('is another one when it ended as ordered and the time has come', () => {
    expect(next()).to.deep.equal({ then: 'call', tryNumber: 2 });
    expect(next({ status: 'no_answer' }, { callsMade: 2 })).to.deep.equal({ then: 'call', tryNumber: 3 });
  });

  it('is a wait until so long after its end, to the millisecond', () => {
    expect(next({}, {}, { at: later(299.999) })).to.deep.equal({ then: 'wait', until: later(300) });
    expect(next({}, {}, { at: later(300) })).to.deep.equal({ then: 'call', tryNumber: 2 });
  });

  it('is nothing when somebody picked up, also where the order was canceled meanwhile', () => {
    expect(next({ status: 'completed' })).to.deep.equal(settled('answered'));
    expect(next({ status: 'completed' }, { cancelRequestedAt: NOON })).to.deep.equal(settled('answered'));
  });

  it('is nothing when the client took back the call or the order', () => {
    expect(next({ status: 'canceled' })).to.deep.equal(settled('canceled'));
    expect(next({}, { cancelRequestedAt: NOON })).to.deep.equal(settled('canceled'));
  });

  it('is nothing after an end that was not ordered', () => {
    expect(next({ status: 'no_answer' }, { on: ['busy'] })).to.deep.equal(settled('not_retried'));
    expect(next({ status: 'failed', failureReason: 'unreachable' })).to.deep.equal(settled('not_retried'));
    expect(next({ status: 'failed', failureReason: 'lost' }, { on: ['unreachable'] })).to.deep.equal(
      settled('not_retried'),
    );
  });

  it('is nothing when as many were made as were ordered', () => {
    expect(next({}, { callsMade: 3 })).to.deep.equal(settled('exhausted'));
  });

  it('is nothing when its number was erased', () => {
    expect(next({ erasedAt: later(500) })).to.deep.equal(settled('erased'));
  });

  it('is nothing for a user who was stopped, before it is due', () => {
    expect(next({}, {}, { at: later(1), userStopped: 'user_suspended' })).to.deep.equal(
      settled('refused', 'user_suspended'),
    );
  });

  it('is nothing when the order’s own end comes first, and the last moment is good', () => {
    expect(next({}, { endsAt: later(299) }, { at: later(1) })).to.deep.equal(settled('out_of_time'));
    expect(next({}, { endsAt: later(599) })).to.deep.equal(settled('out_of_time'));
    expect(next({}, { endsAt: later(600) })).to.deep.equal({ then: 'call', tryNumber: 2 });
  });

  it('waits for the hours at which the number may be called, as long as the order lets it', () => {
    const evening = zonedWindowOf({ spans: ['18:00-20:00'], timeZones: ['UTC'] });
    const monday = zonedWindowOf({ spans: ['mon 00:00-24:00'], timeZones: ['UTC'] });
    const tuesday = zonedWindowOf({ spans: ['tue 00:00-24:00'], timeZones: ['UTC'] });
    const six = new Date('2026-03-02T18:00:00.000Z');
    expect(next({}, {}, { windows: [evening, monday] })).to.deep.equal({ then: 'wait', until: six });
    expect(next({}, { endsAt: later(-1, six) }, { windows: [evening] })).to.deep.equal(settled('out_of_time'));
    expect(next({}, {}, { windows: [monday, tuesday] })).to.deep.equal(settled('out_of_time'));
  });
});

describe('what counts as unreachable', () => {
  it('is where no phone was reached and a later call may get through, and nothing of which nobody saw the end', () => {
    const reasons = Object.keys(FAILURE_REASONS) as FailureReason[];
    const causes = new Map(
      reasons.map((failureReason) => [failureReason, retryCauseOf({ status: 'failed', failureReason })]),
    );
    const counting = reasons.filter((reason) => causes.get(reason) !== null);
    expect(counting).to.have.members(['unreachable', 'congestion', 'trunk_unavailable']);
    for (const reason of counting) expect(causes.get(reason), reason).to.equal('unreachable');
  });

  it('is no other status, and a declined call counts as busy', () => {
    expect(retryCauseOf({ status: 'busy', failureReason: 'declined' })).to.equal('busy');
    expect(retryCauseOf({ status: 'no_answer', failureReason: null })).to.equal('no_answer');
    for (const status of ['completed', 'canceled', 'ringing'] as const) {
      for (const failureReason of [null, 'unreachable'] as const) {
        expect(retryCauseOf({ status, failureReason }), status).to.equal(null);
      }
    }
  });
});
