import { someNewCall, someObservation } from '@dialgate/testing';
import { expect } from 'chai';
import { startApi, type Api } from './api.js';

describe('results from the dialplan', () => {
  let api: Api;
  let callId: string;

  before(async () => {
    api = await startApi();
    const call = someNewCall({ userId: api.user.id, phoneNumber: '+33100000002' });
    callId = call.id;
    const { calls } = api.tables.database;
    await calls.create(call);
    const say = (results: object) => calls.note({ ...someObservation(callId, 'result'), detail: { results } });
    await api.tables.sql(
      `UPDATE calls SET status = 'answered', dial_sent_at = now(), answered_at = now() WHERE id = $1`,
      [callId],
    );
    await say({ AMDSTATUS: 'HUMAN', DG_RESULT: '1' });
    await say({ DG_RESULT: '2' });
  });
  after(() => api.stop());

  it('stand in the status under every address, of a name that was said twice the last value', async () => {
    const results = { AMDSTATUS: 'HUMAN', DG_RESULT: '2' };
    for (const path of [`status/${callId}`, `interaction/${callId}/status`, `calls/${callId}`]) {
      expect((await api.send('GET', `/api/v2/${path}`)).body.results, path).to.deep.equal(results);
    }
    const { data } = (await api.send('GET', '/api/v2/calls')).body as { data: { results: unknown }[] };
    expect(data.map((call) => call.results)).to.deep.equal([results]);
    expect((await api.send('DELETE', `/api/v2/calls/${callId}`)).body.results).to.deep.equal(results);
  });

  it('stand in the timeline each time they are said, for users, too', async () => {
    const { data } = (await api.send('GET', `/api/v2/calls/${callId}/events`)).body as {
      data: { event: string; detail: unknown }[];
    };
    expect(data.filter(({ event }) => event === 'result').map(({ detail }) => detail)).to.deep.equal([
      { results: { AMDSTATUS: 'HUMAN', DG_RESULT: '1' } },
      { results: { DG_RESULT: '2' } },
    ]);
  });

  it('are none of a call of which nothing was said, and of one that was erased', async () => {
    const other = someNewCall({ userId: api.user.id, phoneNumber: '+33100000003' });
    await api.tables.database.calls.create(other);
    expect((await api.send('GET', `/api/v2/calls/${other.id}`)).body.results).to.deep.equal({});

    await api.tables.sql(`UPDATE calls SET status = 'completed', ended_at = now() - interval '8 days' WHERE id = $1`, [
      callId,
    ]);
    expect(await api.tables.database.calls.erasePersonalData(7)).to.equal(1);
    expect((await api.send('GET', `/api/v2/calls/${callId}`)).body).to.deep.include({ results: {}, metadata: null });
    const events = await api.send('GET', `/api/v2/calls/${callId}/events`);
    expect(events.text).not.to.include('HUMAN');
  });
});
