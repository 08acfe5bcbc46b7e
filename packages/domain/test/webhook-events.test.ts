import { expect } from 'chai';
import { ALL_CALL_EVENTS, CALL_WEBHOOK_EVENTS, STATUS_MEANINGS, TEST_EVENT, webhookEventOf } from '../src/index.js';

describe('the types of webhook events', () => {
  it('are one for each status of a call, in the order in which it can reach them, and the end of an order', () => {
    expect(Object.keys(CALL_WEBHOOK_EVENTS)).to.deep.equal([
      ...['call.pending', 'call.dialing', 'call.ringing', 'call.answered'],
      ...['call.completed', 'call.busy', 'call.no_answer', 'call.failed', 'call.canceled'],
      'call.order_finished',
    ]);
    expect(CALL_WEBHOOK_EVENTS[webhookEventOf('no_answer')]).to.equal(STATUS_MEANINGS.no_answer);
    expect(CALL_WEBHOOK_EVENTS['call.order_finished']).to.match(/order .* is over/);
  });

  it('are asked for together with a star, which stands for no test', () => {
    expect({ ALL_CALL_EVENTS, TEST_EVENT }).to.deep.equal({ ALL_CALL_EVENTS: 'call.*', TEST_EVENT: 'webhook.test' });
  });
});
