import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { startApi, type Api } from './api.js';

describe('a call that many want to hang up at once', () => {
  let api: Api;
  before(async () => (api = await startApi()));
  after(() => api.stop());

  async function newCall(): Promise<string> {
    const answer = await api.send('POST', '/api/v2/interaction/+33100000001', { json: {} });
    expect(answer.status, answer.text).to.equal(202);
    return String(answer.body.call_id);
  }

  /** Ten clients, half by DELETE and half by POST, at the same time. */
  function hangUpTenTimes(id: string) {
    return Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        n % 2 === 0 ? api.send('DELETE', `/api/v2/calls/${id}`) : api.send('POST', `/api/v2/calls/${id}/hangup`),
      ),
    );
  }

  const timeline = (id: string) =>
    api.tables.sql<{ event: string; status: string | null }>(
      'SELECT event, status::text FROM call_events WHERE call_id = $1 ORDER BY id',
      [id],
    );

  it('ends once while it waits: one is told so, the others that it is too late', async () => {
    const id = await newCall();
    const answers = await hangUpTenTimes(id);
    const accepted = answers.filter(({ status }) => status === 202);
    const late = answers.filter(({ status }) => status === 409);
    expect([accepted.length, late.length]).to.deep.equal([1, 9]);
    expect(accepted[0]?.body).to.include({ call_id: id, status: 'canceled', is_completed: true });
    for (const { body } of late) expect(body.code).to.equal('call_already_ended');
    expect((await timeline(id)).filter(({ status }) => status === 'canceled').length).to.equal(1);
  });

  it('keeps the first cancel request while it is live: all are told that it will be hung up', async () => {
    const id = await newCall();
    const { calls, slots } = api.tables.database;
    const lease = await slots.acquire({ asterisk: 'pbx:8088', appPrefix: 'test', owner: randomUUID(), holder: 'test' });
    await calls.claim(id, lease, { maxConcurrentCalls: 0, originatePerSecond: 0 });
    await calls.permitDial({ callId: id, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch });
    const answers = await hangUpTenTimes(id);
    expect(answers.map(({ status }) => status)).to.deep.equal(answers.map(() => 202));
    const cancelRequested = (await calls.find(id))?.cancelRequestedAt;
    expect(cancelRequested).to.be.an.instanceOf(Date);
    const again = await hangUpTenTimes(id);
    expect(again.map(({ body }) => body.status)).to.deep.equal(again.map(() => 'dialing'));
    expect(await calls.find(id)).to.deep.include({ status: 'dialing', cancelRequestedAt: cancelRequested });
    expect(
      (await timeline(id)).every(({ status }) => status === null || ['pending', 'dialing'].includes(status)),
    ).to.equal(true);
  });
});
