import { readFileSync } from 'node:fs';
import { eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { NOWHERE, startApi, type Api } from './api.js';

describe('the HTTP surface', () => {
  let api: Api;
  before(async () => (api = await startApi({ ALLOWED_ORIGINS: 'https://desk.example.com' })));
  after(() => api.stop());

  it('says who answers at the root', async () => {
    const answer = await api.send('GET', '/', { token: null });
    expect(answer.status).to.equal(200);
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(answer.body).to.include({ name: 'dialgate', version });
  });

  it('answers an unknown path with a problem document', async () => {
    const answer = await api.send('GET', '/api/v2/nothing?x=1', { headers: { 'x-request-id': 'abc-1' } });
    expect(answer.status).to.equal(404);
    expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
    expect(answer.body).to.deep.equal({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'There is nothing at this path.',
      instance: '/api/v2/nothing',
      code: 'not_found',
      request_id: 'abc-1',
    });
  });

  it('says which methods a path answers', async () => {
    for (const [method, path, allow] of [
      ['GET', '/api/v2/token', 'POST, OPTIONS'],
      ['GET', '/api/v2/interaction/+33100000001', 'POST, OPTIONS'],
      ['PUT', '/api/v2/calls', 'GET, POST, HEAD, OPTIONS'],
      ['PATCH', '/api/v2/calls/x', 'GET, DELETE, HEAD, OPTIONS'],
      ['POST', '/api/v2/status/x', 'GET, HEAD, OPTIONS'],
      ['POST', '/api/v2/interaction/x/status', 'GET, HEAD, OPTIONS'],
      ['POST', '/health', 'GET, HEAD, OPTIONS'],
    ] as const) {
      const answer = await api.send(method, path);
      expect(answer.status, `${method} ${path}`).to.equal(405);
      expect(answer.headers.allow).to.equal(allow);
      expect(answer.body.code).to.equal('method_not_allowed');
    }
  });

  it('takes over a request id that is safe and makes up its own otherwise', async () => {
    expect(
      (await api.send('GET', '/', { headers: { 'x-request-id': 'Trace.1_a-b' } })).headers['x-request-id'],
    ).to.equal('Trace.1_a-b');
    for (const id of ['a b', 'x'.repeat(65), '<script>', '']) {
      expect((await api.send('GET', '/', { headers: { 'x-request-id': id } })).headers['x-request-id']).to.match(
        /^[0-9a-f-]{36}$/,
      );
    }
  });

  it('tells browsers of an allowed origin that they may, and others nothing', async () => {
    const from = (origin: string) => api.send('GET', '/', { headers: { origin } });
    expect((await from('https://desk.example.com')).headers['access-control-allow-origin']).to.equal(
      'https://desk.example.com',
    );
    expect((await from('https://evil.example.com')).headers).not.to.have.property('access-control-allow-origin');
    const preflight = await api.send('OPTIONS', '/api/v2/calls', {
      token: null,
      headers: {
        origin: 'https://desk.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).to.equal(204);
  });

  it('carries helmet’s headers and does not say what it is made of', async () => {
    const { headers } = await api.send('GET', '/');
    expect(headers).to.include({ 'x-content-type-options': 'nosniff' });
    expect(headers).not.to.have.any.keys('x-powered-by', 'etag');
  });
});

describe('with Redis down', () => {
  let api: Api;
  before(async () => (api = await startApi({ REDIS_URL: `redis://${NOWHERE}` })));
  after(() => api.stop());

  it('accepts calls, says so, and leaves the row to the sweep', async () => {
    const answer = await api.send('POST', '/api/v2/interaction/+33100000001');
    expect(answer.status).to.equal(202);
    expect(answer.headers['x-queue']).to.equal('degraded');
    expect(answer.tookMs).to.be.lessThan(patience(2_000));
    const [row] = await api.tables.sql<{ status: string; waits: boolean }>(
      `SELECT status::text, slot_id IS NULL AND next_enqueue_at BETWEEN now() AND now() + interval '10 s' AS waits
       FROM calls WHERE id = '${String(answer.body.call_id)}'`,
    );
    expect(row).to.deep.equal({ status: 'pending', waits: true });
  });

  it('is degraded and ready', async () => {
    await eventually(async () => {
      const health = await api.send('GET', '/health', { token: null });
      expect(health.status).to.equal(200);
      expect(health.body).to.deep.include({
        status: 'degraded',
        redis: { status: 'down' },
        database: { status: 'ok' },
      });
      expect((health.body.problems as string[]).join()).to.include('Redis');
      return true;
    });
    await eventually(async () => (await api.send('GET', '/health/ready', { token: null })).status === 200);
  });

  it('still ends a call that waits', async () => {
    const { body } = await api.send('POST', '/api/v2/interaction/+33100000001');
    expect((await api.send('DELETE', `/api/v2/calls/${String(body.call_id)}`)).body.status).to.equal('canceled');
  });
});

describe('with PostgreSQL down', () => {
  let api: Api;
  before(async () => (api = await startApi({ DATABASE_URL: `postgresql://x@${NOWHERE}/x` })));
  after(() => api.stop());

  it('answers 503 and when to come back, within two seconds', async () => {
    for (const [method, path] of [
      ['POST', '/api/v2/interaction/+33100000001'],
      ['GET', '/api/v2/status/0192f3a4-5b6c-7d8e-9f00-112233445566'],
      ['DELETE', '/api/v2/calls/0192f3a4-5b6c-7d8e-9f00-112233445566'],
    ] as const) {
      const answer = await api.send(method, path);
      expect(answer.status, path).to.equal(503);
      expect(answer.body.code).to.equal('database_unavailable');
      expect(Number(answer.headers['retry-after'])).to.be.within(1, 60);
      expect(answer.tookMs).to.be.lessThan(patience(2_000));
    }
    const login = await api.send('POST', '/api/v2/token', { token: null, json: { username: 'admin', password: 'x' } });
    expect(login.status).to.equal(503);
  });

  it('is down, not ready, and alive', async () => {
    const facts = { waiting: 7, oldestSeconds: 12, dropped: 2, lastDroppedSecondsAgo: 3 };
    await api.workers.say('one', { holder: 'host-1', asterisk: 'pbx-7:8088', facts });
    // Whose token it is cannot be asked just now: nobody sees names.
    const health = await api.send('GET', '/health', { token: api.tokenOf(api.admin.id) });
    expect(health.status).to.equal(200);
    expect(health.body).to.deep.include({
      status: 'down',
      database: { status: 'down' },
      queue: null,
      facts: { waiting: 7, dropped: 2 },
    });
    const ready = await api.send('GET', '/health/ready', { token: null });
    expect(ready.status).to.equal(503);
    expect(ready.headers).to.have.property('retry-after');
    expect((await api.send('GET', '/health/live', { token: null })).status).to.equal(200);
  });
});
