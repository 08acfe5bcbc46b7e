import { createTestDatabase, OPEN_LIMITS, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { startApi, type Answer, type Api } from './api.js';
import { freezingProxy, type FreezingProxy } from './frozen-server.js';

const PATH = '/api/v2/interaction/+33100000001';

/** What a fresh installation has: an empty variable counts as not set. */
const FRESH_LIMITS = Object.fromEntries(Object.keys(OPEN_LIMITS).map((name) => [name, '']));

describe('limits on accepted calls, over HTTP', () => {
  let api: Api;
  let two: Api;
  before(async () => {
    const limits = { USER_MAX_CONCURRENT_CALLS: '3', USER_MAX_CALLS_PER_DAY: '6' };
    api = await startApi(limits);
    two = await startApi(limits, { beside: api });
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
        expect(body).to.include({ status: 429, family: 'too_many_calls' });
        if (round === 1) expect(body).to.include({ code: 'user_open_calls', title: 'Too many open calls' });
        expect(Number(headers['retry-after'])).to.be.greaterThan(0);
      }
      for (const { body } of accepted) {
        calls.push(String(body.call_id));
        expect((await api.send('DELETE', `/api/v2/calls/${String(body.call_id)}`, { token })).status).to.equal(202);
      }
    }
    const last = await create(api);
    expect(last.status).to.equal(429);
    expect(last.body).to.include({ code: 'user_calls_per_day', type: 'urn:dialgate:problem:user_calls_per_day' });
    expect(last.body.detail).to.include('24 hours').and.to.include('The limit is 6.');
    const seconds = Number(last.headers['retry-after']);
    expect(seconds).to.be.within(82_800, 86_400);
    expect(last.headers['ratelimit-policy']).to.equal('"user_calls_per_day"; q=6; w=86400');
    expect(last.headers.ratelimit).to.equal(`"user_calls_per_day"; r=0; t=${seconds}`);
    expect(calls.length).to.equal(6);
  });

  it('are a user’s own where an admin has set them, on every instance from the next request on', async () => {
    const { id, username } = await api.addUser('operator');
    const token = api.tokenOf(id);
    const accepted = async (): Promise<number> =>
      (await Promise.all(Array.from({ length: 9 }, () => two.send('POST', PATH, { token })))).filter(
        ({ status }) => status === 202,
      ).length;
    await api.tables.database.users.setLimits(username, { user_open_calls: 5, user_calls_per_day: 0 });
    expect(await accepted()).to.equal(5);
    await api.tables.database.users.setLimits(username, { user_open_calls: null });
    expect(await accepted()).to.equal(0);
  });
});

describe('limits on one number', () => {
  it('count it once however it is written, and whoever asks', async () => {
    const api = await startApi({
      DESTINATION_MAX_PER_MINUTE: '1',
      NUMBER_VALIDATION: 'dialable',
      HOME_COUNTRY: 'FR',
      OUTSIDE_LINE_PREFIXES: 'none',
    });
    try {
      const ask = async (number: string, role: 'admin' | 'user') =>
        api.send('POST', '/api/v2/calls', { token: api.tokenOf(api[role].id), json: { phone_number: number } });
      expect((await ask('+33612345678', 'user')).status).to.equal(202);
      // The last one is the same phone, too: networks ignore the digits behind a complete number.
      for (const number of ['0612345678', '0033612345678', '+33612345678', '+336123456780']) {
        const { status, body } = await ask(number, 'admin');
        expect([status, body.code], number).to.deep.equal([429, 'destination_calls_per_minute']);
      }
      expect((await ask('0612345679', 'admin')).status).to.equal(202);
    } finally {
      await api.stop();
    }
  });
});

describe('a fresh installation', () => {
  let api: Api;
  before(async () => (api = await startApi(FRESH_LIMITS)));
  after(() => api.stop());

  /** A number that nobody was called at. */
  let called = 0;
  const next = (country = '+331') => `/api/v2/interaction/${country}${String(10_000_000 + ++called)}`;
  const someone = async () => api.tokenOf((await api.addUser('operator')).id);
  const codes = (answers: readonly Answer[]) =>
    answers.map(({ status, body }) => String((body.code as string | undefined) ?? status));

  it('refuses the 61st call of a stolen token within a minute, whatever the numbers', async () => {
    for (const path of [
      () => next(),
      () => PATH,
      () => '/api/v2/interaction/+5352345678',
      () => '/api/v2/interaction/911',
    ]) {
      const token = await someone();
      const answers = [];
      for (let i = 0; i < 61; i++) answers.push(await api.send('POST', path(), { token }));
      expect(answers.filter(({ status }) => status === 202).length).to.be.at.most(10);
      expect([403, 429]).to.include(answers[60]?.status);
    }
    const token = await someone();
    const headers = { 'idempotency-key': 'the same' };
    const path = next();
    const create = () => api.send('POST', path, { token, headers });
    expect([(await create()).status, (await create()).status]).to.deep.equal([202, 202]);
    // At once: one after another they may take longer than the minute on a slow machine.
    const answers = await Promise.all(Array.from({ length: 59 }, create));
    const found = codes(answers).filter((code) => code !== '202' && code !== 'idempotency_key_in_use');
    expect(found).to.deep.equal(['too_many_requests']);
    expect(answers.filter(({ status }) => status === 429)).to.have.length(1);
  });

  it('lets a user have ten calls open, and call a number once a minute', async () => {
    const token = await someone();
    const answers = [];
    for (let i = 0; i < 11; i++) answers.push(await api.send('POST', next(), { token }));
    expect(codes(answers)).to.deep.equal([...Array<string>(10).fill('202'), 'user_open_calls']);
    await api.tables.sql(`UPDATE calls SET status = 'canceled', ended_at = now() WHERE ended_at IS NULL`);
    const path = next();
    const again = [await api.send('POST', path, { token }), await api.send('POST', path, { token })];
    expect(codes(again)).to.deep.equal(['202', 'destination_calls_per_minute']);
    expect(again[1]?.headers['ratelimit-policy']).to.match(
      /^"calls"; q=60; w=60.*, "destination_calls_per_minute"; q=1; w=60$/,
    );
  });

  it('lets a user call three new countries a day', async () => {
    const token = await someone();
    const answers = [];
    for (const country of ['+331', '+4930', '+3932', '+4420', '+331']) {
      answers.push(await api.send('POST', next(country), { token }));
    }
    expect(codes(answers)).to.deep.equal(['202', '202', '202', 'user_new_countries', '202']);
  });
});

describe('limits on accepted calls with PostgreSQL frozen', () => {
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
