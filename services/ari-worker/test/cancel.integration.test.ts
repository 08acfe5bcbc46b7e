import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { setUpWorkbench, type Workbench } from './workbench.js';

describe('a call its client does not want any more', () => {
  let bench: Workbench;

  before(async () => {
    bench = await setUpWorkbench({ speed: 2 });
    await bench.startWorker();
  });
  after(() => bench.close());

  /** A call that does not end by itself within any test: hung up when its ring time is over, it would be canceled as well. */
  const ringing = (number: string): Promise<string> => bench.place(number, { ringTimeoutMs: 600_000 });

  async function cancel(id: string): Promise<void> {
    await bench.database.calls.requestCancel(id, null);
    await bench.producer.announceCancelRequest(id);
  }

  it('is canceled while it rings, and the phone stops ringing', async () => {
    const id = await ringing('+33100000006');
    await bench.reaches(id, 'ringing');
    await cancel(id);
    expect(await bench.ended(id)).to.include({ status: 'canceled', hangupBy: 'gateway', failureReason: null });
    expect(bench.simulator.liveChannels()).to.equal(0);
  });

  it('is hung up when it is answered, and was completed', async () => {
    const id = await bench.place('+33100000002', {
      destination: { context: 'outbound-ivr', extension: 'long', priority: 1 },
    });
    await bench.reaches(id, 'answered');
    await cancel(id);
    expect(await bench.ended(id)).to.include({ status: 'completed', hangupBy: 'gateway' });
  });

  it('is canceled all the same when the announcement gets lost', async () => {
    const id = await ringing('+33100000006');
    await bench.reaches(id, 'ringing');
    await bench.database.calls.requestCancel(id, null);
    expect(await bench.ended(id)).to.include({ status: 'canceled' });
  });

  it('is canceled before its callee has said anything', async () => {
    const id = await ringing('+33100000007');
    await bench.reaches(id, 'dialing');
    await cancel(id);
    expect(await bench.ended(id)).to.include({ status: 'canceled' });
  });

  it('is never rung when it was taken back just before the dial', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, () => bench.place('+33100000006', { ringTimeoutMs: 60_000 })),
    );
    await Promise.all(ids.map(cancel));
    for (const id of ids) {
      expect(await bench.ended(id)).to.include({ status: 'canceled' });
      const { dialSentAt } = await bench.call(id);
      if (dialSentAt === null) expect(bench.invites(id)).to.equal(0);
    }
    await eventually(() => bench.simulator.liveChannels() === 0);
  });

  it('hung up in the moment of its answer, has one end', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => bench.place('+33100000001')));
    const hangUps = ids.map((id, n) =>
      bench.reaches(id, 'ringing').then(
        () => new Promise((resolve) => setTimeout(resolve, n * 45)).then(() => cancel(id)),
        () => undefined, // It was over before it was seen to ring: the others do.
      ),
    );
    for (const id of ids) {
      const call = await bench.ended(id);
      expect(call.status).to.equal(call.answeredAt === null ? 'canceled' : 'completed');
      expect((await bench.timeline(id)).filter((event) => event === 'dial_sent').length).to.equal(1);
    }
    await Promise.all(hangUps);
  });
});
