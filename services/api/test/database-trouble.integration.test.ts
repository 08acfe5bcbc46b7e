import { createTestDatabase, eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import pg from 'pg';
import { startApi, type Api } from './api.js';
import { freezingProxy, type FreezingProxy } from './frozen-server.js';

const PATH = '/api/v2/interaction/+33100000001';
const STATUS = '/api/v2/status/0192f3a4-5b6c-7d8e-9f00-112233445566';

describe('with PostgreSQL frozen', () => {
  let api: Api;
  let proxy: FreezingProxy;
  before(async () => {
    const tables = await createTestDatabase();
    proxy = await freezingProxy(tables.url);
    api = await startApi({ DATABASE_URL: proxy.url }, { tables, sweepMs: 100 });
  });
  after(async () => {
    proxy.thaw();
    await api.stop();
    proxy.close();
  });
  afterEach(() => proxy.thaw());

  const rows = () => api.tables.sql<{ status: string; cancel: boolean }>('SELECT status::text FROM calls ORDER BY id');

  it('answers 503 within five seconds, however many ask', async () => {
    await api.send('POST', PATH);
    proxy.freeze();
    const asked = [...Array.from({ length: 30 }, () => api.send('POST', PATH)), api.send('GET', STATUS)];
    for (const answer of await Promise.all(asked)) {
      expect(answer.status).to.equal(503);
      expect(answer.tookMs).to.be.lessThan(patience(5_000));
      expect(Number(answer.headers['retry-after'])).to.be.greaterThan(0);
    }
    const health = await api.send('GET', '/health', { token: null });
    expect(health.body.status).to.equal('down');
    expect(health.tookMs).to.be.lessThan(patience(1_500));
    const ready = await api.send('GET', '/health/ready', { token: null });
    expect(ready.status).to.equal(503);
    expect(ready.tookMs).to.be.lessThan(patience(1_500));
  });

  it('accepts calls again as soon as it is back', async () => {
    await eventually(async () => (await api.send('POST', PATH)).status === 202, 8_000);
    await eventually(async () => {
      const { body } = await api.send('GET', '/health', { token: null });
      expect(body.database).to.deep.equal({ status: 'ok' });
      return true;
    });
  });

  it('takes back a call whose client was told 503, when its row appears later', async () => {
    await eventually(async () => (await api.send('POST', PATH)).status === 202, 8_000);
    await isTakenBack();
  });

  it('leaves it standing when the client can ask again by its Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'frozen-1' };
    await eventually(async () => (await api.send('POST', PATH)).status === 202, 8_000);
    proxy.freezeAt('INSERT INTO calls');
    expect((await api.send('POST', PATH, { headers })).status).to.equal(503);
    proxy.thaw();
    const answer = await eventually(async () => {
      const again = await api.send('POST', PATH, { headers });
      return again.status === 202 ? again : null;
    }, 8_000);
    // Another, which nobody can ask for again, is taken back: the sweep has had its look at both.
    await isTakenBack();
    expect((await api.send('GET', String(answer.headers.location))).body.status).to.equal('pending');
  });

  /** A call without a key meets a frozen PostgreSQL, and its row is canceled when it appears. */
  async function isTakenBack(): Promise<void> {
    const before = (await rows()).length;
    proxy.freezeAt('INSERT INTO calls');
    expect((await api.send('POST', PATH)).status).to.equal(503);
    proxy.thaw();
    await eventually(async () => (await rows()).length === before + 1);
    await eventually(async () => (await rows()).at(-1)?.status === 'canceled');
  }
});

describe('with all connections taken', () => {
  let api: Api;
  before(async () => (api = await startApi()));
  after(() => api.stop());

  it('answers 503 within five seconds and goes on afterwards', async () => {
    await api.send('GET', STATUS);
    const blocker = new pg.Client({ connectionString: api.tables.ownerUrl });
    await blocker.connect();
    try {
      await blocker.query('BEGIN; LOCK TABLE calls IN ACCESS EXCLUSIVE MODE');
      const answers = await Promise.all(Array.from({ length: 40 }, () => api.send('GET', STATUS)));
      for (const answer of answers) {
        expect(answer.status).to.equal(503);
        expect(answer.tookMs).to.be.lessThan(patience(5_000));
      }
    } finally {
      await blocker.end();
    }
    expect((await api.send('GET', STATUS)).status).to.equal(404);
  });
});
