import { generateKeyPairSync } from 'node:crypto';
import { SCOPES, type Scope } from '@dialgate/domain';
import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import { keyOf, PASSWORD, SECRET_KEY, startApi, type Api } from './api.js';

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
      expect(answer.body).to.have.all.keys('access_token', 'token_type', 'expires_in', 'scope').and.to.include({
        token_type: 'bearer',
        expires_in: 900,
        scope: 'calls:create calls:read calls:cancel webhooks:manage',
      });
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
    ['POST', '/api/v2/interaction/+33100000001', 'calls:create'],
    ['POST', '/api/v2/interaction/nonsense/and/more', 'calls:create'],
    ['POST', '/api/v2/calls', 'calls:create'],
    ['POST', '/api/v2/calls/batch', 'calls:create'],
    ['POST', '/api/v2/calls/check', 'calls:create'],
    ['GET', '/api/v2/calls', 'calls:read'],
    ['GET', '/api/v2/calls/stats', 'calls:read'],
    ['GET', '/api/v2/calls/0192f3a4-5b6c-7d8e-9f00-112233445566/events', 'calls:read'],
    ['GET', '/api/v2/calls/0192f3a4-5b6c-7d8e-9f00-112233445566/stream', 'calls:read'],
    ['POST', '/api/v2/stream/tickets', 'calls:read'],
    ['GET', STATUS, 'calls:read'],
    ['GET', '/api/v2/interaction/0192f3a4-5b6c-7d8e-9f00-112233445566/status', 'calls:read'],
    ['GET', '/api/v2/calls/0192f3a4-5b6c-7d8e-9f00-112233445566', 'calls:read'],
    ['DELETE', '/api/v2/calls/0192f3a4-5b6c-7d8e-9f00-112233445566', 'calls:cancel'],
    ['POST', '/api/v2/calls/0192f3a4-5b6c-7d8e-9f00-112233445566/hangup', 'calls:cancel'],
    ['GET', '/api/v2/webhooks', 'webhooks:manage'],
    ['POST', '/api/v2/webhooks', 'webhooks:manage'],
    ['PATCH', '/api/v2/webhooks/0192f3a4-5b6c-7d8e-9f00-112233445566', 'webhooks:manage'],
    ['DELETE', '/api/v2/webhooks/0192f3a4-5b6c-7d8e-9f00-112233445566', 'webhooks:manage'],
    ['POST', '/api/v2/webhooks/0192f3a4-5b6c-7d8e-9f00-112233445566/rotate-secret', 'webhooks:manage'],
    ['POST', '/api/v2/webhooks/0192f3a4-5b6c-7d8e-9f00-112233445566/replay', 'webhooks:manage'],
    ['GET', '/api/v2/webhooks/0192f3a4-5b6c-7d8e-9f00-112233445566/deliveries', 'webhooks:manage'],
    ['GET', '/api/v2/audit', 'admin'],
    ['GET', '/api/v2/keys', 'admin'],
    ['POST', '/api/v2/keys', 'admin'],
    ['DELETE', '/api/v2/keys/0192f3a4-5b6c-7d8e-9f00-112233445566', 'admin'],
    ['POST', '/api/v2/logout', null],
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
    const good = { ...claims, exp: now + 60 };
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const bad = [
      jwt.sign({ ...claims, exp: now + 60 }, 'another key that is long enough too'),
      jwt.sign({ ...claims, exp: now - 1 }, SECRET_KEY),
      jwt.sign(claims, SECRET_KEY),
      `${none({ alg: 'none', typ: 'JWT' })}.${none({ ...claims, exp: now + 60 })}.`,
      jwt.sign({ ...good, iss: 'somebody' }, SECRET_KEY),
      jwt.sign({ ...good, aud: 'somebody' }, SECRET_KEY),
      jwt.sign({ ...good, nbf: now + 3_600, exp: now + 7_200 }, SECRET_KEY),
      jwt.sign(good, privateKey, { algorithm: 'RS256' }),
      jwt.sign(good, 'x', { keyid: '../../../dev/null' }),
      jwt.sign(good, SECRET_KEY, { keyid: '/proc/self/environ' }),
      'garbage',
      'two words',
      'a'.repeat(8_000),
      `dg_${'0'.repeat(12)}_${'0'.repeat(64)}`,
      'dg_',
    ];
    const bodies = new Set<string>();
    for (const [method, path] of GUARDED) {
      const answers = await Promise.all(bad.map((token) => api.send(method, path, { token })));
      for (const [n, answer] of answers.entries()) {
        expect(answer.status, `${path} ${String(bad[n]).slice(0, 20)}`).to.equal(401);
        expect(answer.headers['www-authenticate']).to.equal('Bearer realm="dialgate", error="invalid_token"');
        bodies.add(JSON.stringify({ ...answer.body, request_id: '', instance: '' }));
      }
      const basic = await api.send(method, path, { token: null, headers: { authorization: 'Basic YTpi' } });
      expect(basic.status).to.equal(401);
    }
    expect([...bodies]).to.have.length(1);
  });

  it('let nobody do what they have no scope for', async () => {
    for (const [method, path, scope] of GUARDED) {
      if (scope === null) continue;
      const others = Object.keys(SCOPES).filter((other) => other !== scope) as Scope[];
      const token = await keyOf(api, api.admin.username, others);
      const answer = await api.send(method, path, { token });
      expect(answer.status, path).to.equal(403);
      expect(answer.body.code).to.equal('forbidden');
      expect(answer.headers['www-authenticate']).to.equal(
        `Bearer realm="dialgate", error="insufficient_scope", scope="${scope}"`,
      );
      const able = await api.send(method, path, { token: await keyOf(api, api.admin.username, [scope]) });
      expect(able.status, `${path} with ${scope}`).not.to.be.oneOf([401, 403]);
    }
  });

  it('let somebody do nothing whose role this version does not know', async () => {
    const { id, username } = await api.addUser('operator');
    const key = await keyOf(api, username, ['calls:read']);
    await api.tables.sql(`ALTER TYPE user_role ADD VALUE 'auditor'`);
    await api.tables.sql(`UPDATE users SET role = 'auditor' WHERE id = '${id}'`);
    for (const token of [key, await api.logIn(username)]) {
      for (const [method, path, scope] of GUARDED) {
        if (scope !== null) expect((await api.send(method, path, { token })).status, path).to.equal(403);
      }
    }
  });

  it('shut out a user who is switched off at once, on every instance, and one who never was', async () => {
    const beside = await startApi({}, { beside: api });
    try {
      const user = await api.addUser('operator');
      const statuses = (token: string) =>
        Promise.all([api, beside].map(async (one) => (await one.send('GET', STATUS, { token })).status));
      for (let i = 0; i < 5; i++) {
        const token = await api.logIn(user.username);
        expect(await statuses(token)).to.deep.equal([404, 404]);
        await api.tables.database.users.disable(user.username);
        expect(await statuses(token)).to.deep.equal([401, 401]);
        await api.tables.database.users.enable(user.username);
        expect(await statuses(token), 'switched on again').to.deep.equal([401, 401]);
      }
    } finally {
      await beside.stop();
    }
    const ghost = api.tokenOf('0192f3a4-5b6c-7d8e-9f00-112233445566');
    expect((await api.send('GET', STATUS, { token: ghost })).status).to.equal(401);
  });
});
