import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import type { CallRequest } from '@dialgate/client';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { startGateway, type Gateway } from './gateway.js';

/**
 * Who is called, for how long it may ring, what comes of it, and how often more: a phone that is busy; one that rings for longer than
 * an instance rests between two looks, so that both look at the order meanwhile; none.
 */
const CALLED = [
  ['+33145678008', 60_000, 'busy', 2],
  ['+33145678006', 25_000, 'no_answer', 1],
  ['+33145678503', 60_000, 'failed', 2],
] as const;
const ON: Exclude<CallRequest['retry'], undefined>['on'] = ['busy', 'no_answer', 'unreachable'];

describe('orders to be called again', function () {
  this.timeout(120_000);
  let simulator: AsteriskSimulator;
  let gateway: Gateway;
  before(async () => {
    simulator = await startAsteriskSimulator({ username: 'gateway', password: 'simulated', speed: 10 });
    gateway = await startGateway({ url: simulator.ariUrl, username: 'gateway', password: 'simulated' }, { apis: 2 });
  });
  after(async () => {
    await gateway.stop();
    await simulator.close();
  });

  it('have one phone ring at a time, with two instances that make their calls, and one result each', async () => {
    const firsts = await Promise.all(
      CALLED.map(([number, timeout, , max]) => gateway.place(number, { timeout, retry: { max, on: ON, after: 60 } })),
    );
    // No client may order it so: each call as soon as the one before is over, and both instances look all the time.
    await gateway.sql('UPDATE call_orders SET after_seconds = 0');
    await eventually(async () => {
      await gateway.sql('UPDATE calls SET order_look_at = now() WHERE order_look_at > now()');
      return (await gateway.sql('SELECT FROM call_orders WHERE settled_at IS NULL')).length === 0;
    }, 60_000);

    for (const [n, [number, , status, max]] of CALLED.entries()) {
      const { order } = await gateway.client.getCall(firsts[n] ?? '');
      expect(order, number).to.include({ state: 'finished', result: status, end: 'exhausted' });
      const calls = order?.calls ?? [];
      expect(calls).to.have.length(max + 1);

      // What was written, in that order: no call begins before the one before it is over, and the order's end comes last.
      const written = await gateway.sql<{ call_id: string; move: string }>(
        `SELECT call_id, coalesce(status::text, event) AS move FROM call_events
         WHERE call_id = ANY($1) AND (status IS NOT NULL OR event = 'order_finished') ORDER BY id`,
        [calls],
      );
      const nth = written.map(({ call_id }) => calls.indexOf(call_id));
      expect(nth).to.deep.equal(nth.toSorted());
      const ends = written.map(({ move }) => move).filter((move) => move === status || move === 'order_finished');
      expect(ends).to.deep.equal([...calls.map(() => status), 'order_finished']);

      const channels = simulator.ledger.channels().filter((channel) => channel.number === number);
      expect(channels.map(({ channelId, dials }) => [channelId, dials.length])).to.deep.equal(
        calls.map((id) => [`${id}.1`, 1]),
      );
      for (const [before, channel] of channels.slice(1).entries())
        expect(channel.createdAt).to.be.at.least(channels[before]?.ended?.at ?? Infinity);
    }
  });
});
