import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import { PASSWORD, SECRET_KEY, startApi, type Api } from './api.js';

const STATUS = '/api/v2/status/0192f3a4-5b6c-7d8e-9f00-112233445566';

describe('logging in', () => {
  let api: Api;
  before(async () => (api = await startApi({ ACCESS_TOKEN_EXPIRE_MINUTES: '15' })));
  after(() => api.stop());

  const form = (fields: Record<string, string> | string) =>
    api.send('POST', '/api/v2/token', {
      token: null,
      raw: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const json = (body: unknown) => api.send('POST', '/api/v2/token', { token: null, json: body });

  it('gives a token that opens the other routes, by form or by JSON', async () => {
    const login = { username: api.user.username, password: PASSWORD };
    for (const answer of [
      await form({ grant_type: 'password', ...login, scope: 'all' }),
      await form({ ...login, username: login.username.toUpperCase() }),
      await json(login),
    ]) {
      expect(answer.status, answer.text).to.equal(200);
      expect(answer.body)
        .to.include({ token_type: 'bearer', expires_in: 900 })
        .and.to.have.all.keys('access_token', 'token_type', 'expires_in');
      expect(answer.headers).to.include({ 'cache-control': 'no-store' });
      expect((await api.send('GET', STATUS, { token: String(answer.body.access_token) })).status).to.equal(404);
    }
  });

  it('answers the same for a wrong password, an unknown name and a disabled user', async () => {
    const disabled = await api.addUser('operator');
    await api.tables.sql(`UPDATE users SET disabled_at = now() WHERE id = '${disabled.id}'`);
    const bodies = [];
    for (const login of [
      { username: api.user.username, password: 'wrong' },
      { username: 'nobody-at-all', password: PASSWORD },
      { username: 'no\0body', password: PASSWORD },
      { username: disabled.username, password: PASSWORD },
    ]) {
      const answer = await json(login);
      expect(answer.status).to.equal(401);
      const { request_id, ...rest } = answer.body;
      expect(request_id).to.be.a('string');
      bodies.push(JSON.stringify(rest));
    }
    expect(new Set(bodies).size).to.equal(1);
    expect(JSON.parse(bodies[0]!)).to.include({ error: 'invalid_grant', code: 'invalid_credentials' });
  });

  it('refuses another grant type, missing and doubled fields, and other kinds of body', async () => {
    const login = { username: api.user.username, password: PASSWORD };
    const other = await form({ grant_type: 'client_credentials', ...login });
    expect(other.status).to.equal(400);
    expect(other.body.error).to.equal('unsupported_grant_type');
    for (const answer of [
      await json({ username: 'x' }),
      await json({ ...login, password: 1 }),
      await json([]),
      await form(`username=a&username=b&password=c`),
      await api.send('POST', '/api/v2/token', { token: null }),
    ]) {
      expect(answer.status).to.equal(400);
      expect(answer.body.error).to.equal('invalid_request');
    }
    const xml = await api.send('POST', '/api/v2/token', {
      token: null,
      raw: '<a/>',
      headers: { 'content-type': 'text/xml' },
    });
    expect(xml.status).to.equal(415);
  });

  it('is limited for wrong passwords, not for right ones', async () => {
    const limited = await startApi({ LOGIN_RATE_LIMIT: '3' });
    try {
      const login = (password: string) =>
        limited.send('POST', '/api/v2/token', { token: null, json: { username: limited.user.username, password } });
      for (let i = 0; i < 5; i++) expect((await login(PASSWORD)).status).to.equal(200);
      for (let i = 0; i < 3; i++) expect((await login('wrong')).status).to.equal(401);
      const refused = await login(PASSWORD);
      expect(refused.status).to.equal(429);
      expect(refused.body.code).to.equal('too_many_requests');
      expect(Number(refused.headers['retry-after'])).to.be.within(1, 60);
      expect(refused.headers).to.have.property('ratelimit-policy');
    } finally {
      await limited.stop();
    }
  });

  it('leaves no password and no token in the log', () => {
    expect(api.logged()).not.to.include(PASSWORD);
    expect(api.logged()).not.to.include('eyJ');
  });
});

describe('the routes for users', () => {
  let api: Api;
  before(async () => (api = await startApi()));
  after(() => api.stop());

  const GUARDED = [
    ['POST', '/api/v2/interaction/+33100000001'],
    ['POST', '/api/v2/calls'],
    ['GET', STATUS],
    ['GET', '/api/v2/calls/0192f3a4-5b6c-7d8e-9f00-112233445566'],
    ['DELETE', '/api/v2/calls/0192f3a4-5b6c-7d8e-9f00-112233445566'],
    ['POST', '/api/v2/calls/0192f3a4-5b6c-7d8e-9f00-112233445566/hangup'],
  ] as const;

  it('let nobody in without a token', async () => {
    for (const [method, path] of GUARDED) {
      const answer = await api.send(method, path, { token: null });
      expect(answer.status, path).to.equal(401);
      expect(answer.body.code).to.equal('unauthorized');
      expect(answer.headers['www-authenticate']).to.equal('Bearer realm="dialgate"');
    }
  });

  it('let nobody in with a token that is forged, expired, without a signature or no token', async () => {
    const claims = { sub: api.user.id, iss: 'dialgate', aud: 'dialgate-api' };
    const now = Math.floor(Date.now() / 1000);
    const none = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const bad = [
      jwt.sign({ ...claims, exp: now + 60 }, 'another key that is long enough too'),
      jwt.sign({ ...claims, exp: now - 1 }, SECRET_KEY),
      jwt.sign(claims, SECRET_KEY),
      `${none({ alg: 'none', typ: 'JWT' })}.${none({ ...claims, exp: now + 60 })}.`,
      'garbage',
      'a'.repeat(5_000),
    ];
    for (const [method, path] of GUARDED) {
      for (const token of bad) {
        const answer = await api.send(method, path, { token });
        expect(answer.status, `${path} ${token.slice(0, 20)}`).to.equal(401);
        expect(answer.headers['www-authenticate']).to.include('error="invalid_token"');
      }
      const basic = await api.send(method, path, { token: null, headers: { authorization: 'Basic YTpi' } });
      expect(basic.status).to.equal(401);
    }
  });

  it('shut out a user who is switched off at once, on every instance, and one who never was', async () => {
    const beside = await startApi({}, { beside: api });
    try {
      const user = await api.addUser('operator');
      const token = api.tokenOf(user.id);
      const statuses = () =>
        Promise.all([api, beside].map(async (one) => (await one.send('GET', STATUS, { token })).status));
      for (let i = 0; i < 5; i++) {
        expect(await statuses()).to.deep.equal([404, 404]);
        await api.tables.database.users.disable(user.username);
        expect(await statuses()).to.deep.equal([401, 401]);
        await api.tables.database.users.enable(user.username);
      }
    } finally {
      await beside.stop();
    }
    const ghost = api.tokenOf('0192f3a4-5b6c-7d8e-9f00-112233445566');
    expect((await api.send('GET', STATUS, { token: ghost })).status).to.equal(401);
  });
});
