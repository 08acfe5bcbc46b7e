import { createTestDatabase, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { startApi, type Api } from './api.js';
import { freezingProxy, type FreezingProxy } from './frozen-server.js';

const PATH = '/api/v2/interaction/+33100000001';

describe('caps on a user’s calls, over HTTP', () => {
  let api: Api;
  let two: Api;
  before(async () => {
    api = await startApi({ USER_MAX_CONCURRENT_CALLS: '3', USER_MAX_CALLS_PER_DAY: '6' });
    two = await startApi({ USER_MAX_CONCURRENT_CALLS: '3', USER_MAX_CALLS_PER_DAY: '6' }, { beside: api });
  });
  after(async () => {
    await two.stop();
    await api.stop();
  });

  it('are exact over all instances, and say which it was and when to come back', async () => {
    const token = api.tokenOf((await api.addUser('operator')).id);
    const create = (on: Api) => on.send('POST', PATH, { token });
    const calls = [];
    for (const round of [1, 2]) {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => create(i % 2 === 0 ? api : two)));
      const accepted = answers.filter(({ status }) => status === 202);
      const refused = answers.filter(({ status }) => status === 429);
      expect([accepted.length, refused.length], `round ${round}`).to.deep.equal([3, 17]);
      for (const { headers, body } of refused) {
        expect(headers['content-type']).to.match(/^application\/problem\+json/);
        expect(body).to.include({ code: 'too_many_calls', status: 429 });
        if (round === 1) expect(body.detail).to.include('3 calls at once');
        expect(Number(headers['retry-after'])).to.be.greaterThan(0);
      }
      for (const { body } of accepted) {
        calls.push(String(body.call_id));
        expect((await api.send('DELETE', `/api/v2/calls/${String(body.call_id)}`, { token })).status).to.equal(202);
      }
    }
    const last = await create(api);
    expect(last.status).to.equal(429);
    expect(last.body.detail).to.include('6 calls within 24 hours');
    expect(Number(last.headers['retry-after'])).to.be.within(82_800, 86_400);
    expect(calls.length).to.equal(6);
  });
});

describe('caps on a user’s calls with PostgreSQL frozen', () => {
  let api: Api;
  let proxy: FreezingProxy;
  before(async () => {
    const tables = await createTestDatabase();
    proxy = await freezingProxy(tables.url);
    api = await startApi({ DATABASE_URL: proxy.url, USER_MAX_CONCURRENT_CALLS: '1000' }, { tables, sweepMs: 100 });
  });
  after(async () => {
    proxy.thaw();
    await api.stop();
    proxy.close();
  });

  for (const text of ['SELECT', 'pg_advisory_xact_lock', 'INSERT INTO calls', 'COMMIT']) {
    it(`answers 503 within five seconds when it freezes at ${text}`, async () => {
      proxy.freezeAt(text);
      const answers = await Promise.all(Array.from({ length: 10 }, () => api.send('POST', PATH)));
      for (const answer of answers) {
        expect(answer.status, answer.text).to.equal(503);
        expect(answer.tookMs).to.be.lessThan(patience(5_000));
      }
      proxy.thaw();
      let status = 0;
      for (let i = 0; i < 40 && status !== 202; i++) ({ status } = await api.send('POST', PATH));
      expect(status).to.equal(202);
    });
  }
});
