import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { fieldsOf, PASSWORD, startApi, type Api, type Sending } from './api.js';

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly event: string;
  readonly user_id: string | null;
  readonly user: string | null;
  readonly subject: string | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly detail: Record<string, unknown>;
}

describe('the audit trail', () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi({ LOGIN_RATE_LIMIT: '3', TRUST_PROXY: '1', ALLOWED_COUNTRIES: 'FR' });
  });
  afterEach(() => api.stop());

  const page = async (query = '', asking: Sending = { token: api.tokenOf(api.admin.id) }) =>
    (await api.send('GET', `/api/v2/audit${query}`, asking)).body as {
      entries: Entry[];
      next_cursor: string | null;
    };

  /** The entries of an event, the oldest first, when there are so many. */
  const entriesOf = (event: string, count = 1): Promise<Entry[]> =>
    eventually(async () => {
      const { entries } = await page(`?event=${event}`);
      return entries.length >= count ? entries.reverse() : null;
    });

  const logIn = (username: string, password: string, from = '203.0.113.7') =>
    api.send('POST', '/api/v2/token', {
      token: null,
      json: { username, password },
      headers: { 'x-forwarded-for': from, 'x-request-id': 'login-1' },
    });

  it('tells right logins and their tokens, and from where they came', async () => {
    expect((await logIn(api.user.username, PASSWORD)).status).to.equal(200);
    const [login] = await entriesOf('login_succeeded');
    expect(login).to.include({
      user_id: api.user.id,
      user: api.user.username,
      address: '203.0.113.7',
      request_id: 'login-1',
    });
    expect((await entriesOf('token_issued'))[0]).to.include({ user: api.user.username });
    expect(api.logged()).to.match(
      /"audit":"login_succeeded".*"address":"203\.0\.113\.7".*Audit entry|Audit entry.*203/,
    );
  });

  it('tells wrong logins with the name that was tried, and the lock that follows', async () => {
    for (const name of [api.user.username.toUpperCase(), 'correct-horse-battery', 'no\0body']) {
      await logIn(name, 'wrong');
    }
    const failed = await entriesOf('login_failed', 3);
    expect(failed.map(({ user }) => user)).to.have.members([api.user.username, 'cor***', 'no�***']);
    for (const { user_id, address } of failed) expect([user_id, address]).to.deep.equal([null, '203.0.113.7']);
    const [locked] = await entriesOf('login_locked');
    expect(locked?.address).to.equal('203.0.113.7');
    expect(locked?.detail.seconds).to.be.within(1, 60);
    expect(api.logged()).not.to.include('correct-horse-battery');
  });

  it('tells refused calls with their code and three digits of the number', async () => {
    await api.send('POST', '/api/v2/interaction/+4930123456');
    await api.send('POST', '/api/v2/calls', { json: { phone_number: '+33100000001', context: 'elsewhere' } });
    const refused = await entriesOf('call_refused', 2);
    // Each has its age subtracted from the database's time of its statement: on a slow machine the second may be dated first.
    expect(refused.map(({ detail }) => detail)).to.have.deep.members([
      { code: 'country_not_allowed', number: '***456' },
      { code: 'context_not_allowed', number: '***001' },
    ]);
    expect(refused[0]).to.include({ user: api.user.username });
    expect(JSON.stringify(await page())).not.to.include('3012345');
  });

  it('tells of a user who was suspended and goes on asking, whichever way', async () => {
    await api.tables.database.users.suspend(api.user.id, 'test');
    const number = { phone_number: '+33100000001' };
    const batch = { calls: [number] };
    for (const [path, json] of Object.entries({ '/calls': number, '/calls/batch': batch, '/calls/check': number })) {
      expect((await api.send('POST', `/api/v2${path}`, { json })).status, path).to.equal(403);
    }
    const refused = await entriesOf('call_refused', 3);
    expect(refused.map(({ detail }) => detail.code)).to.deep.equal(Array(3).fill('user_suspended'));
  });

  it('tells who tries by checks what would be refused', async () => {
    const json = { phone_number: '+4930123457' };
    expect((await api.send('POST', '/api/v2/calls/check', { json })).status).to.equal(200);
    await api.send('POST', '/api/v2/calls/check', { json: { phone_number: '+33100000001' } });
    const checks = await eventually(async () => {
      const found = (await entriesOf('call_refused')).filter(({ detail }) => detail.checked === true);
      return found.length > 0 ? found : null;
    });
    expect(checks.map(({ detail, user }) => ({ ...detail, user }))).to.deep.equal([
      { code: 'country_not_allowed', number: '***457', checked: true, user: api.user.username },
    ]);
  });

  it('tells the first cancel request of a call, and whose it was', async () => {
    const { body } = await api.send('POST', '/api/v2/interaction/+33100000001');
    const id = String(body.call_id);
    await api.tables.sql(`UPDATE calls SET status = 'dialing', dial_sent_at = now() WHERE id = $1`, [id]);
    const token = api.tokenOf(api.admin.id);
    for (let i = 0; i < 3; i++) {
      expect((await api.send('POST', `/api/v2/calls/${id}/hangup`, { token })).status).to.equal(202);
    }
    await api.send('GET', '/admin/queues', { token });
    await entriesOf('board_visited');
    const canceled = await entriesOf('call_canceled');
    expect(canceled).to.have.lengthOf(1);
    expect(canceled[0]).to.include({ user: api.admin.username, subject: id });
  });

  it('tells keys made, used and revoked, and logouts', async () => {
    const token = api.tokenOf(api.admin.id);
    const json = { username: api.user.username, name: 'crm', scopes: ['calls:create'] };
    const { body } = await api.send('POST', '/api/v2/keys', { token, json });
    const id = String(body.key_id);
    await api.send('POST', '/api/v2/interaction/+4930123456', { token: String(body.key) });
    expect((await api.send('DELETE', `/api/v2/keys/${id}`, { token })).status).to.equal(204);
    expect((await api.send('POST', '/api/v2/logout')).status).to.equal(204);

    expect((await entriesOf('token_revoked'))[0]).to.include({ user: api.user.username });
    const detail = { user: api.user.username, prefix: body.prefix };
    const [created] = await entriesOf('key_created');
    expect(created).to.deep.include({
      user: api.admin.username,
      subject: id,
      detail: { ...detail, scopes: 'calls:create' },
    });
    expect((await entriesOf('key_revoked'))[0]).to.deep.include({ user: api.admin.username, subject: id, detail });
    const [refused] = await entriesOf('call_refused');
    expect(refused?.detail).to.include({ api_key: id, code: 'country_not_allowed' });
    expect(JSON.stringify(await page())).not.to.include(String(body.key));
  });

  it('tells a visit of the board once, however much its page asks for', async () => {
    const token = api.tokenOf(api.admin.id);
    for (let i = 0; i < 3; i++) await api.send('GET', '/admin/queues/api/queues', { token });
    await api.send('GET', '/admin/calls', { token });
    await api.send('GET', '/admin/queues');
    await logIn(api.user.username, PASSWORD);
    await entriesOf('token_issued');
    expect((await entriesOf('board_visited')).map(({ user }) => user)).to.deep.equal([api.admin.username]);
  });

  it('tells a visit of the page of recent calls, too', async () => {
    await api.send('GET', '/admin/calls');
    await api.send('GET', '/admin/calls', { token: api.tokenOf(api.admin.id) });
    expect((await entriesOf('board_visited')).map(({ user }) => user)).to.deep.equal([api.admin.username]);
  });

  it('is for admins only', async () => {
    expect((await api.send('GET', '/api/v2/audit')).status).to.equal(403);
    expect((await api.send('GET', '/api/v2/audit', { token: null })).status).to.equal(401);
  });

  it('is read in pages, the latest first, each entry once', async () => {
    await api.tables.sql(`
      INSERT INTO audit_entries (at, event, source, actor_name)
      SELECT '2026-01-01T00:00:00Z'::timestamptz + (n / 3) * interval '1 s', 'key_created', 'cli', 'maria'
      FROM generate_series(1, 25) AS n`);
    const seen: Entry[] = [];
    let query = '?event=key_created&limit=10';
    for (let pages = 1; ; pages++) {
      const { entries, next_cursor } = await page(query);
      seen.push(...entries);
      if (next_cursor === null) {
        expect(pages).to.equal(3);
        break;
      }
      query = `?event=key_created&limit=10&cursor=${next_cursor}`;
    }
    expect(new Set(seen.map(({ id }) => id)).size).to.equal(25);
    const times = seen.map(({ at }) => at);
    expect(times).to.deep.equal([...times].sort().reverse());
    const numbers = seen.map(({ id }) => Number(id));
    expect(numbers, 'of one moment, by their numbers').to.deep.equal([...numbers].sort((a, b) => b - a));
  });

  it('is filtered by event, user and time', async () => {
    await api.tables.sql(`
      INSERT INTO audit_entries (at, event, source, actor_name) VALUES
        ('2026-01-01T00:00:00Z', 'key_created', 'cli', 'maria'), ('2026-01-02T00:00:00Z', 'key_revoked', 'cli', 'maria'),
        ('2026-01-03T00:00:00Z', 'key_revoked', 'cli', 'otto')`);
    const found = async (query: string) => (await page(query)).entries.map(({ at }) => at.slice(8, 10));
    expect(await found('?event=key_revoked')).to.deep.equal(['03', '02']);
    expect(await found('?user=maria')).to.deep.equal(['02', '01']);
    expect(await found('?from=2026-01-02T00:00:00Z&to=2026-01-03T01:00:00%2B01:00&event=key_revoked')).to.deep.equal([
      '02',
    ]);
    expect(await found('?user=maria&event=key_created')).to.deep.equal(['01']);
  });

  it('names every wrong or unknown part of a question', async () => {
    const token = api.tokenOf(api.admin.id);
    const wrong = 'event=x&user=A%20B&from=yesterday&to=2026-13-01T00:00:00Z&limit=1001&cursor=%26&colour=red';
    const answer = await api.send('GET', `/api/v2/audit?${wrong}`, { token });
    expect(answer.status).to.equal(400);
    expect(fieldsOf(answer)).to.have.members(
      ['event', 'user', 'from', 'to', 'limit', 'cursor', 'colour'].map((name) => `query.${name}`),
    );
    for (const query of ['limit=0', 'limit=1&limit=2', 'cursor=AAAA', 'cursor=MTc2OTA.1']) {
      expect((await api.send('GET', `/api/v2/audit?${query}`, { token })).status, query).to.equal(400);
    }
  });
});

describe('requests while the audit trail cannot be written', () => {
  it('are answered all the same', async () => {
    const api = await startApi();
    try {
      await api.tables.sql('ALTER TABLE audit_entries RENAME TO gone');
      const json = { username: api.user.username, password: PASSWORD };
      expect((await api.send('POST', '/api/v2/token', { token: null, json })).status).to.equal(200);
      await api.tables.sql('ALTER TABLE gone RENAME TO audit_entries');
      const rows = await eventually(async () => {
        const found = await api.tables.sql<{ event: string }>('SELECT event FROM audit_entries ORDER BY id');
        return found.length >= 2 ? found : null;
      });
      expect(rows.map(({ event }) => event)).to.deep.equal(['login_succeeded', 'token_issued']);
    } finally {
      await api.stop();
    }
  });
});
