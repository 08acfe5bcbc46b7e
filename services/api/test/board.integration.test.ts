import { hashPassword } from '@dialgate/accounts';
import { silentLog } from '@dialgate/service-kit';
import { openOriginateConsumer } from '@dialgate/redis';
import { eventually, patience, testRedis } from '@dialgate/testing';
import { expect } from 'chai';
import { NOWHERE, PASSWORD, startApi, type Answer, type Api } from './api.js';
import { freezingProxy } from './frozen-server.js';

const PAGE = '/admin/queues';
const LISTING = '/admin/queues/api/queues?activeQueue=originate';
const CHALLENGE = 'Basic realm="dialgate", charset="UTF-8"';

const basic = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** A request as browsers make it, with whatever header they were given. */
function look(api: Api, path: string, authorization?: string, accept = 'text/html,*/*;q=0.8'): Promise<Answer> {
  const headers = { accept, ...(authorization === undefined ? {} : { authorization }) };
  return api.send('GET', path, { token: null, headers });
}

const asAdmin = (api: Api, path: string, accept?: string) =>
  look(api, path, basic(api.admin.username, PASSWORD), accept);

interface Listing {
  queues: { name: string; hasWorkers: boolean; readOnlyMode: boolean; jobs: { id: string; data: unknown }[] }[];
}

async function originateQueue(api: Api): Promise<Listing['queues'][number]> {
  const { body } = await asAdmin(api, LISTING, 'application/json');
  const { queues } = body as unknown as Listing;
  expect(queues.map(({ name }) => name)).to.deep.equal(['originate', 'webhooks']);
  return queues[0]!;
}

describe('the board', () => {
  let api: Api;
  let file: string;
  before(async () => {
    api = await startApi();
    file = `${PAGE}/${/static\/js\/main[^"]+/.exec((await asAdmin(api, PAGE)).text)![0]}`;
  });
  after(() => api.stop());

  const everything = () => [PAGE, `${PAGE}/`, `${PAGE}/queue/originate`, LISTING, file, `${PAGE}/nothing`];

  it('asks everybody for a password, on the page, its data and its files', async () => {
    // Whoever is compared with a password takes a password's time: only on the page and its data.
    const nobodies = [undefined, basic('', ''), 'Basic', 'Basic !!!', 'Digest x', 'Bearer garbage'];
    const guesses = [basic(api.admin.username, 'wrong'), basic('nobody', PASSWORD)];
    const ghost = `Bearer ${api.tokenOf('0192f3a4-5b6c-7d8e-9f00-112233445566')}`;
    for (const path of everything()) {
      const tried = [...nobodies, `Basic ${'A'.repeat(5_000)}`, ghost];
      if (path === PAGE || path === LISTING) tried.push(...guesses);
      for (const authorization of tried) {
        const answer = await look(api, path, authorization);
        expect(answer.status, `${path} ${authorization ?? 'nothing'}`).to.equal(401);
        expect(answer.headers['www-authenticate']).to.equal(CHALLENGE);
        expect(answer.headers['cache-control']).to.equal('no-store');
        expect(answer.body.code).to.be.oneOf(['unauthorized', 'invalid_credentials']);
      }
    }
  });

  it('refuses operators: by token for good, and by password so that the browser asks for another', async () => {
    for (const path of everything()) {
      const byToken = await look(api, path, `Bearer ${api.tokenOf(api.user.id)}`);
      expect(byToken.status, path).to.equal(403);
      expect(byToken.body.code).to.equal('forbidden');
      expect(byToken.headers).not.to.have.property('www-authenticate');
      const byPassword = await look(api, path, basic(api.user.username, PASSWORD));
      expect(byPassword.status, path).to.equal(401);
      expect(byPassword.headers['www-authenticate']).to.equal(CHALLENGE);
    }
  });

  it('lets admins in, by password and by token', async () => {
    for (const authorization of [
      basic(api.admin.username, PASSWORD),
      basic(api.admin.username.toUpperCase(), PASSWORD),
      `Bearer ${api.tokenOf(api.admin.id)}`,
    ]) {
      const page = await look(api, PAGE, authorization);
      expect(page.status, page.text).to.equal(200);
      expect(page.headers['content-type']).to.equal('text/html; charset=utf-8');
      expect(page.text).to.include('<title>Dialgate queues</title>');
      expect((await look(api, LISTING, authorization)).status).to.equal(200);
      expect((await look(api, file, authorization)).headers['content-type']).to.include('javascript');
      expect((await look(api, `${PAGE}/nothing`, authorization)).body.code).to.equal('not_found');
    }
  });

  it('leads to the page of recent calls, and that leads back', async () => {
    const { text } = await asAdmin(api, PAGE);
    const [, config = ''] = /<script id="__UI_CONFIG__" type="application\/json">(.*?)<\/script>/s.exec(text) ?? [];
    const { miscLinks } = JSON.parse(config) as { miscLinks: { text: string; url: string }[] };
    expect(miscLinks.map(({ url }) => url)).to.deep.equal(['/admin/calls']);
    const beside = await asAdmin(api, miscLinks[0]!.url);
    expect(beside.status).to.equal(200);
    expect(beside.text).to.include(`<a href="${PAGE}">`);
  });

  it('shows what waits: the call’s id and nothing else of the call', async () => {
    const { body } = await api.send('POST', '/api/v2/interaction/+33155500001', {
      json: { variables: { DG_SECRET_CODE: 'sesame' }, metadata: { note: 'sesame' } },
    });
    const job = await eventually(async () => (await originateQueue(api)).jobs[0]);
    expect(job).to.include({ id: body.call_id, name: 'originate' });
    expect(job.data).to.deep.equal({ callId: body.call_id });
    expect(JSON.stringify(job)).not.to.match(/33155500001|sesame/);
    expect((await asAdmin(api, `${PAGE}/queue/originate/${String(body.call_id)}`)).status).to.equal(200);
  });

  it('sees whether workers are there', async () => {
    expect((await originateQueue(api)).hasWorkers).to.equal(false);
    const consumer = openOriginateConsumer({
      redisUrl: api.redis.url,
      prefix: api.redis.prefix,
      concurrency: 1,
      log: silentLog,
      originate: () => Promise.resolve('done'),
      areOver: () => Promise.resolve([]),
    });
    consumer.open(true);
    try {
      await eventually(async () => (await originateQueue(api)).hasWorkers);
    } finally {
      await consumer.close(1_000);
    }
  });

  it('changes nothing, whoever asks and whatever for', async () => {
    const { body } = await api.send('POST', '/api/v2/interaction/+33155500002');
    const id = String(body.call_id);
    await eventually(async () => (await originateQueue(api)).jobs.some((job) => job.id === id));
    expect((await originateQueue(api)).readOnlyMode).to.equal(true);
    for (const [method, path] of [
      ['PUT', 'api/queues/originate/pause'],
      ['PUT', 'api/queues/pause'],
      ['PUT', 'api/queues/originate/clean/waiting'],
      ['PUT', 'api/queues/originate/empty'],
      ['PUT', 'api/queues/originate/obliterate'],
      ['POST', 'api/queues/originate/add'],
      ['PUT', `api/queues/originate/${id}/clean`],
      ['PUT', `api/queues/originate/${id}/retry`],
      ['PATCH', `api/queues/originate/${id}/update-data`],
      ['DELETE', 'api/queues/originate'],
    ] as const) {
      const answer = await api.send(method, `${PAGE}/${path}`, { token: api.tokenOf(api.admin.id), json: {} });
      expect(answer.status, path).to.equal(405);
      expect(answer.headers.allow).to.equal('GET, HEAD, OPTIONS');
      expect((await api.send(method, `${PAGE}/${path}`, { token: null })).status).to.equal(401);
    }
    expect((await originateQueue(api)).jobs.map((job) => job.id)).to.include(id);
  });

  it('loads nothing from elsewhere, and may not', async () => {
    const page = await asAdmin(api, PAGE);
    expect(page.text).not.to.match(/(?:src|href)="(?:https?:)?\/\//);
    const policy = String(page.headers['content-security-policy']);
    expect(policy.split(';')).to.have.members([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "font-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "base-uri 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(page.headers).not.to.have.property('x-powered-by');
  });

  it('believes a right password only as long as it is right', async () => {
    const { id, username } = await api.addUser('admin');
    const status = async (password = PASSWORD) => (await look(api, PAGE, basic(username, password))).status;
    const set = (column: string) => api.tables.sql(`UPDATE users SET ${column} WHERE id = '${id}'`);
    expect([await status(), await status()]).to.deep.equal([200, 200]);

    await set('disabled_at = now()');
    expect(await status()).to.equal(401);
    await set('disabled_at = NULL');
    expect(await status()).to.equal(200);
    await set(`role = 'operator'`);
    expect(await status()).to.equal(401);
    await set(`role = 'admin'`);
    await set(`password_hash = '${await hashPassword('another nine foxes')}'`);
    expect(await status()).to.equal(401);
    expect(await status('another nine foxes')).to.equal(200);
  });

  it('leaves no password in the log, and what its page asks for by itself only at level debug', async () => {
    await asAdmin(api, PAGE);
    await asAdmin(api, LISTING);
    const lines = await eventually(() => {
      const found = api
        .logged()
        .split('\n')
        .filter((line) => line.includes('/admin/queues'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      return found.some(({ route }) => route === '/admin/queues/api') && found;
    });
    expect(api.logged()).not.to.include(PASSWORD).and.not.to.include(basic(api.admin.username, PASSWORD));
    for (const { route, level, status } of lines) {
      expect(level, `${String(route)} ${String(status)}`).to.equal(
        route === '/admin/queues' || Number(status) >= 400 ? 'info' : 'debug',
      );
    }
  });

  it('limits wrong passwords as logins do, and goes on for the admin who is in', async () => {
    const limited = await startApi({ LOGIN_RATE_LIMIT: '3' });
    try {
      expect((await asAdmin(limited, PAGE)).status).to.equal(200);
      const wrong = (name: string) => look(limited, PAGE, basic(name, 'wrong'));
      for (let i = 0; i < 3; i++) expect((await wrong(limited.user.username)).status).to.equal(401);
      const refused = await wrong(limited.user.username);
      expect(refused.status).to.equal(429);
      expect(Number(refused.headers['retry-after'])).to.be.greaterThan(0);
      // The same count: the login is closed as well.
      const login = { username: limited.user.username, password: PASSWORD };
      expect((await limited.send('POST', '/api/v2/token', { token: null, json: login })).status).to.equal(429);
      expect((await asAdmin(limited, PAGE)).status).to.equal(200);
      expect((await look(limited, PAGE)).status).to.equal(401);
    } finally {
      await limited.stop();
    }
  });
});

describe('the board, switched off', () => {
  it('is not there', async () => {
    const api = await startApi({ BOARD_ENABLED: 'false', DOCS_ENABLED: 'false' });
    try {
      for (const path of [PAGE, LISTING, '/admin/calls', '/docs', '/openapi.json']) {
        expect((await look(api, path)).status, path).to.equal(404);
        expect((await asAdmin(api, path)).body.code).to.equal('not_found');
      }
      const { body } = await api.send('GET', '/', { token: null });
      expect(body.links).not.to.have.any.keys('queues', 'recent_calls', 'docs', 'openapi');
    } finally {
      await api.stop();
    }
  });
});

describe('the board without Redis', () => {
  it('says so at once, to people and to programs, and to nobody else', async () => {
    const api = await startApi({ REDIS_URL: `redis://${NOWHERE}` });
    try {
      for (const path of [PAGE, `${PAGE}/queue/originate`]) {
        const page = await asAdmin(api, path);
        expect(page.status).to.equal(503);
        expect(page.headers).to.include({ 'content-type': 'text/html; charset=utf-8', 'retry-after': '5' });
        expect(page.text).to.include('Redis does not answer');
        expect(page.tookMs).to.be.lessThan(patience(2_000));
        expect((await asAdmin(api, path, 'application/json')).body.code).to.equal('queue_unavailable');
      }
      const listing = await asAdmin(api, LISTING);
      expect(listing.status).to.equal(503);
      expect(listing.body.code).to.equal('queue_unavailable');
      expect((await look(api, PAGE)).status).to.equal(401);
    } finally {
      await api.stop();
    }
  });

  it('neither hangs on a Redis that is frozen, nor needs a restart when it is back', async () => {
    const proxy = await freezingProxy(testRedis().url);
    const api = await startApi({ REDIS_URL: proxy.url });
    try {
      await eventually(async () => (await asAdmin(api, LISTING)).status === 200);
      proxy.freeze();
      const frozen = await asAdmin(api, LISTING);
      expect(frozen.status).to.equal(503);
      expect(frozen.body.code).to.equal('queue_unavailable');
      expect(frozen.tookMs).to.be.lessThan(patience(5_000));
      proxy.thaw();
      await eventually(async () => (await asAdmin(api, LISTING)).status === 200);
    } finally {
      proxy.thaw();
      await api.stop();
      proxy.close();
    }
  });
});
