import { expect } from 'chai';
import { orderView, type ShownOrder } from '../src/index.js';

const NOON = new Date('2026-03-02T12:00:00.000Z');
const ONE = new Date('2026-03-02T13:00:00.000Z');

const OPEN: ShownOrder = {
  id: 'first',
  max: 2,
  on: ['busy'],
  afterSeconds: 300,
  endsAt: ONE,
  expiresInMs: 60_000,
  callsMade: 2,
  lastCallId: 'second',
  nextTryAt: NOON,
  cancelRequestedAt: null,
  settledAt: null,
  end: null,
  result: null,
  refusal: null,
  callIds: ['first', 'second'],
};

describe('an order as its owner sees it', () => {
  it('is open with what was ordered, its calls so far and the next', () => {
    expect(orderView(OPEN)).to.deep.equal({
      state: 'open',
      result: null,
      end: null,
      refusal: null,
      max: 2,
      on: ['busy'],
      after: 300,
      ends_at: '2026-03-02T13:00:00.000Z',
      calls: ['first', 'second'],
      next_try_at: '2026-03-02T12:00:00.000Z',
      finished_at: null,
    });
  });

  it('is being canceled as long as its last call is up', () => {
    expect(orderView({ ...OPEN, nextTryAt: null, cancelRequestedAt: NOON })).to.deep.include({
      ...{ state: 'canceling', next_try_at: null, finished_at: null },
    });
  });

  it('is finished with its result and the reason, canceled or not', () => {
    const refused = { end: 'refused', result: 'busy', refusal: 'do_not_call' } as const;
    for (const cancelRequestedAt of [null, NOON]) {
      const finished = { ...OPEN, ...refused, nextTryAt: null, cancelRequestedAt, settledAt: ONE };
      expect(orderView(finished)).to.deep.include({
        ...{ state: 'finished', ...refused, next_try_at: null, finished_at: '2026-03-02T13:00:00.000Z' },
      });
    }
  });

  it('is nothing for a call by itself', () => expect(orderView(null)).to.equal(null));
});
