import { createHash, createHmac } from 'node:crypto';
import type { Scope } from '@dialgate/domain';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { keyOf, PASSWORD, SECRET_KEY, startApi, type Api } from './api.js';

const STATUS = '/api/v2/status/0192f3a4-5b6c-7d8e-9f00-112233445566';
const LOGOUT = '/api/v2/logout';
const KEYS = '/api/v2/keys';

describe('credentials, on two instances,', () => {
  let one: Api;
  let two: Api;
  before(async () => {
    one = await startApi({ TRUST_PROXY: 'loopback' }, { sweepMs: 50 });
    two = await startApi({ TRUST_PROXY: 'loopback' }, { beside: one });
  });
  after(async () => {
    await two.stop();
    await one.stop();
  });

  /** What a look at nobody's call is answered with: 404 to whoever may look. */
  const look = (token: string, headers = {}) =>
    Promise.all([one, two].map(async (api) => (await api.send('GET', STATUS, { token, headers })).status));
  const GOOD = [404, 404];
  const VOID = [401, 401];
  const users = () => one.tables.database.users;

  describe('tokens', () => {
    it('end with a logout at once, and no other does', async () => {
      const { username } = await one.addUser('operator');
      const [mine, other] = [await one.logIn(username), await two.logIn(username)];
      expect([await look(mine), await look(other)]).to.deep.equal([GOOD, GOOD]);
      const out = await one.send('POST', LOGOUT, { token: mine });
      expect(out.status).to.equal(204);
      expect(out.text).to.equal('');
      expect([await look(mine), await look(other)]).to.deep.equal([VOID, GOOD]);
      expect((await two.send('POST', LOGOUT, { token: mine })).status).to.equal(401);
    });

    it('from before tokens had ids end with a logout, too', async () => {
      const exp = Math.floor(Date.now() / 1000) + 600;
      const claims = { sub: one.user.id, iss: 'dialgate', aud: 'dialgate-api', exp };
      const [head, body] = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) =>
        Buffer.from(JSON.stringify(part)).toString('base64url'),
      );
      const signed = `${head!}.${body!}`;
      const token = `${signed}.${createHmac('sha256', SECRET_KEY).update(signed).digest('base64url')}`;
      expect(await look(token)).to.deep.equal(GOOD);
      expect((await two.send('POST', LOGOUT, { token })).status).to.equal(204);
      expect(await look(token)).to.deep.equal(VOID);
    });

    it('end all with a new password', async () => {
      const { username } = await one.addUser('operator');
      const tokens = [await one.logIn(username), await two.logIn(username)];
      const { passwordHash } = (await users().findByUsername(username))!;
      await users().setPassword(username, passwordHash);
      for (const token of tokens) expect(await look(token)).to.deep.equal(VOID);
      expect(await look(await one.logIn(username))).to.deep.equal(GOOD);
    });

    it('end when their user is switched off, and do not come back when switched on', async () => {
      const { username } = await one.addUser('operator');
      const token = await one.logIn(username);
      await users().disable(username);
      expect(await look(token)).to.deep.equal(VOID);
      await users().enable(username);
      expect(await look(token)).to.deep.equal(VOID);
      const later = await one.logIn(username);
      await one.tables.sql(`UPDATE users SET disabled_at = now() WHERE username = '${username}'`);
      expect(await look(later), 'by hand').to.deep.equal(VOID);
    });

    it('are remembered as ended until they have expired', async () => {
      const left = async () =>
        (await one.tables.sql(`SELECT 1 FROM revoked_tokens WHERE id::text LIKE 'aaaa%'`)).length;
      for (const [id, age] of [
        ['aaaaaaaa-0000-4000-8000-000000000001', '2 h'],
        ['aaaaaaaa-0000-4000-8000-000000000002', '30 min'],
        ['aaaaaaaa-0000-4000-8000-000000000003', '-1 min'],
      ]) {
        await one.tables.sql(`INSERT INTO revoked_tokens VALUES ('${id!}', now() - interval '${age!}')`);
      }
      expect(await left()).to.equal(3);
      const third = await startApi({}, { beside: one, sweepMs: 20 });
      await eventually(async () => (await left()) < 3);
      await third.stop();
      expect(await left()).to.equal(2);
    });
  });

  describe('API keys', () => {
    const create = (json: unknown, token = one.tokenOf(one.admin.id)) => one.send('POST', KEYS, { token, json });
    const list = async (query = '') => one.send('GET', `${KEYS}${query}`, { token: one.tokenOf(one.admin.id) });
    const READ: Scope[] = ['calls:read'];

    it('are made by admins for anybody, shown once, and let in as their user', async () => {
      const { id, username } = await one.addUser('operator');
      const scopes = ['calls:create', 'calls:read'];
      const asked = { username: username.toUpperCase(), name: 'nightly callbacks', scopes, expires_in_days: 30 };
      const made = await create({ ...asked, allowed_from: ['127.0.0.0/8', '::1'] });
      expect(made.status, made.text).to.equal(201);
      expect(made.headers['cache-control']).to.equal('no-store');
      const { key, prefix } = made.body as { key: string; prefix: string };
      expect(key)
        .to.match(/^dg_[0-9a-f]{12}_[0-9a-f]{64}$/)
        .and.include(`dg_${prefix}_`);
      const days = (Date.parse(String(made.body.expires_at)) - Date.parse(String(made.body.created_at))) / 86_400_000;
      expect(days).to.equal(30);

      const accepted = await two.send('POST', '/api/v2/calls', { token: key, json: { phone_number: '+33100000101' } });
      expect(accepted.status, accepted.text).to.equal(202);
      const callId = String(accepted.body.call_id);
      expect((await one.send('GET', `/api/v2/status/${callId}`, { token: key })).status).to.equal(200);
      expect((await one.send('DELETE', `/api/v2/calls/${callId}`, { token: key })).status).to.equal(403);
      const [row] = await one.tables.sql<{ user_id: string }>(`SELECT user_id FROM calls WHERE id = '${callId}'`);
      expect(row?.user_id).to.equal(id);

      const { text } = await list();
      expect(text).to.include(prefix).and.include('nightly callbacks');
      const hash = createHash('sha256').update(key).digest('hex');
      const stored = await one.tables.sql<{ kept: string }>('SELECT api_keys::text AS kept FROM api_keys');
      expect(stored.map(({ kept }) => kept).join())
        .to.include(hash)
        .and.not.include(key.slice(16));
      for (const shown of [text, one.logged(), two.logged()]) {
        expect(shown).not.to.include(hash).and.not.include(key.slice(16));
      }
    });

    it('are listed for all users or for one', async () => {
      const { username } = await one.addUser('operator');
      await keyOf(one, username, READ, { name: 'first' });
      await keyOf(one, username, READ, { name: 'second' });
      const { body } = await list(`?username=${username}`);
      expect((body.keys as { name: string }[]).map(({ name }) => name)).to.deep.equal(['second', 'first']);
      expect((await list('?username=nobody')).body).to.deep.equal({ keys: [] });
      expect((await list('?colour=red')).status).to.equal(400);
    });

    it('are refused with every wrong field named', async () => {
      const good = { username: one.user.username, name: 'a', scopes: READ };
      for (const [wrong, field] of [
        [{ username: 'nobody' }, 'body.username'],
        [{ username: 'no\0body' }, 'body.username'],
        [{ name: 'line\nbreak' }, 'body.name'],
        [{ scopes: [] }, 'body.scopes'],
        [{ scopes: ['calls:read', 'calls:read'] }, 'body.scopes.1'],
        [{ scopes: ['*'] }, 'body.scopes.0'],
        [{ scopes: ['admin'] }, 'body.scopes'],
        [{ expires_in_days: 0 }, 'body.expires_in_days'],
        [{ allowed_from: ['10.0.0.0/33'] }, 'body.allowed_from.0'],
        [{ allowed_from: ['example.com'] }, 'body.allowed_from.0'],
        [{ key: 'dg_mine' }, 'body.key'],
      ] as const) {
        const { status, body } = await create({ ...good, ...wrong });
        expect(status, field).to.equal(400);
        expect((body.errors as { field: string }[]).map((error) => error.field)).to.deep.equal([field]);
      }
    });

    it('are told the same 401 whatever is wrong with them', async () => {
      const { username } = await one.addUser('operator');
      const off = await one.addUser('operator');
      const key = () => keyOf(one, username, READ);
      const [expired, revoked, ofDisabled] = [await key(), await key(), await keyOf(one, off.username, READ)];
      const elsewhere = await keyOf(one, username, READ, { allowedFrom: ['192.0.2.0/24', '2001:db8::/32'] });
      await one.tables.sql(`UPDATE api_keys SET expires_at = now() WHERE prefix = '${prefixIn(expired)}'`);
      await one.tables.database.keys.revoke({ prefix: prefixIn(revoked) });
      await users().disable(off.username);
      const good = await key();
      expect(await look(good)).to.deep.equal(GOOD);
      const bad = { expired, revoked, ofDisabled, elsewhere, 'of another secret': good.replace(/..$/, 'zz') };
      const another = { ...bad, 'of other digits': good.slice(0, -2) + (good.endsWith('00') ? '11' : '00') };
      const bodies = new Set<string>();
      for (const [what, token] of Object.entries({ ...another, none: 'garbage' })) {
        const answer = await one.send('GET', STATUS, { token });
        expect(answer.status, what).to.equal(401);
        expect(answer.headers['www-authenticate']).to.equal('Bearer realm="dialgate", error="invalid_token"');
        bodies.add(JSON.stringify({ ...answer.body, request_id: '' }));
      }
      expect([...bodies]).to.have.length(1);
    });

    it('come from their addresses only, as a trusted proxy tells them', async () => {
      const key = await keyOf(one, one.user.username, READ, { allowedFrom: ['192.0.2.0/24', '2001:db8::/32'] });
      const from = (address: string) => look(key, { 'x-forwarded-for': address });
      expect(await from('192.0.2.77')).to.deep.equal(GOOD);
      expect(await from('2001:db8::7')).to.deep.equal(GOOD);
      for (const address of ['192.0.3.1', '2001:db9::7', '198.51.100.1, 203.0.113.1', 'nonsense', '']) {
        expect(await from(address), address).to.deep.equal(VOID);
      }
    });

    it('stop at once when revoked, twice is the same, and others go on', async () => {
      const [key, other] = [await keyOf(one, one.user.username, READ), await keyOf(one, one.user.username, READ)];
      const { body } = await list(`?username=${one.user.username}`);
      const { key_id: id } = (body.keys as { prefix: string; key_id: string }[]).find(
        ({ prefix }) => prefix === prefixIn(key),
      )!;
      for (let i = 0; i < 2; i++) {
        expect((await two.send('DELETE', `${KEYS}/${id}`, { token: one.tokenOf(one.admin.id) })).status).to.equal(204);
        expect([await look(key), await look(other)]).to.deep.equal([VOID, GOOD]);
      }
      for (const nobodys of ['0192f3a4-5b6c-7d8e-9f00-112233445566', 'nonsense']) {
        const answer = await one.send('DELETE', `${KEYS}/${nobodys}`, { token: one.tokenOf(one.admin.id) });
        expect(answer.body.code).to.equal('key_not_found');
      }
    });

    it('stop at once with their user, and are good again with them', async () => {
      const { username } = await one.addUser('operator');
      const key = await keyOf(one, username, READ);
      await users().disable(username);
      expect(await look(key)).to.deep.equal(VOID);
      await users().enable(username);
      expect(await look(key)).to.deep.equal(GOOD);
      const { passwordHash } = (await users().findByUsername(username))!;
      await users().setPassword(username, passwordHash);
      expect(await look(key), 'with another password').to.deep.equal(GOOD);
    });

    it('never do more than their user’s role', async () => {
      const { username } = await one.addUser('admin');
      const key = await keyOf(one, username, ['calls:read', 'admin']);
      const statuses = async () => [await look(key), (await one.send('GET', KEYS, { token: key })).status];
      expect(await statuses()).to.deep.equal([GOOD, 200]);
      await users().setRole(username, 'operator');
      expect(await statuses()).to.deep.equal([GOOD, 403]);
    });

    it('see others’ calls with the scope admin only', async () => {
      const accepted = await one.send('POST', '/api/v2/calls', { json: { phone_number: '+33100000102' } });
      const call = `/api/v2/calls/${String(accepted.body.call_id)}`;
      const { username } = one.admin;
      const own = await keyOf(one, username, ['calls:read', 'calls:cancel']);
      expect((await one.send('GET', call, { token: own })).status).to.equal(404);
      expect((await one.send('DELETE', call, { token: own })).status).to.equal(404);
      const all = await keyOf(one, username, ['calls:read', 'admin']);
      expect((await one.send('GET', call, { token: all })).status).to.equal(200);
      const health = async (token: string) => (await one.send('GET', '/health', { token })).body.workers;
      expect([await health(all), await health(own)].map((workers) => Array.isArray(workers))).to.deep.equal([
        true,
        false,
      ]);
    });

    it('of others are nothing to who is no admin: neither to see, nor to end, nor to make', async () => {
      const key = await keyOf(one, one.admin.username, READ);
      const [{ id } = { id: '' }] = await one.tables.sql<{ id: string }>(
        `SELECT id FROM api_keys WHERE prefix = '${prefixIn(key)}'`,
      );
      const before = await one.tables.sql('SELECT * FROM api_keys ORDER BY id');
      const mine = await keyOf(one, one.user.username, ['calls:create', 'calls:read', 'calls:cancel']);
      const count = (await one.tables.sql('SELECT 1 FROM api_keys')).length;
      for (const token of [one.tokenOf(one.user.id), mine]) {
        for (const answer of [
          await one.send('GET', KEYS, { token }),
          await one.send('GET', `${KEYS}?username=${one.admin.username}`, { token }),
          await one.send('DELETE', `${KEYS}/${id}`, { token }),
          await one.send('DELETE', `${KEYS}/0192f3a4-5b6c-7d8e-9f00-112233445566`, { token }),
          await create({ username: one.admin.username, name: 'a', scopes: READ }, token),
        ]) {
          expect(answer.status).to.equal(403);
          expect(answer.text).not.to.include(prefixIn(key));
        }
      }
      expect(await look(key)).to.deep.equal(GOOD);
      expect((await one.tables.sql('SELECT 1 FROM api_keys')).length)
        .to.equal(count)
        .and.equal(before.length + 1);
    });

    it('are revoked and not logged out', async () => {
      const key = await keyOf(one, one.user.username, READ);
      expect((await one.send('POST', LOGOUT, { token: key })).status).to.equal(403);
      expect(await look(key)).to.deep.equal(GOOD);
    });

    it('tell when they were used last, to the minute', async () => {
      const key = await keyOf(one, one.user.username, READ);
      const used = async () => {
        const sql = `SELECT last_used_at AS at FROM api_keys WHERE prefix = '${prefixIn(key)}'`;
        return (await one.tables.sql<{ at: Date | null }>(sql))[0]?.at?.getTime() ?? null;
      };
      expect(await used()).to.equal(null);
      await Promise.all(Array.from({ length: 20 }, () => look(key)));
      const first = await eventually(used);
      await look(key);
      expect(await used()).to.equal(first);
      await one.tables.sql(`UPDATE api_keys SET last_used_at = now() - interval '61 s'`);
      await look(key);
      await eventually(async () => ((await used()) ?? 0) >= first);
    });

    it('stand in the log by their id', async () => {
      const key = await keyOf(one, one.user.username, READ);
      await look(key);
      const sql = `SELECT id FROM api_keys WHERE prefix = '${prefixIn(key)}'`;
      const [row] = await one.tables.sql<{ id: string }>(sql);
      await eventually(() => one.logged().includes(row!.id));
      expect(one.logged()).not.to.include(PASSWORD);
    });
  });
});

function prefixIn(key: string): string {
  return key.slice(3, 15);
}
