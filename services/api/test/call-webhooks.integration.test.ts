import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { fieldsOf, startApi, type Answer, type Api, type Sending } from './api.js';
import { expectAsDescribed } from './described.js';

const URL_SAID = 'https://crm.example.com/calls/4711?key=secret';
const SETTINGS = {
  ALLOWED_WEBHOOK_HOSTS: 'crm.example.com,*.example.org',
  WEBHOOK_HOSTS_PER_USER: '2',
  WEBHOOKS_PER_USER: '1',
};

describe('calls that say where they are reported to', () => {
  let api: Api;
  before(async () => (api = await startApi(SETTINGS, { sweepMs: 50 })));
  after(() => api.stop());
  beforeEach(async () => {
    await api.tables.sql('DELETE FROM webhook_endpoints');
    await api.tables.sql('UPDATE users SET call_webhook_secret = NULL, allowed_webhook_hosts = NULL');
  });

  const ask = async (json: object = {}, sending: Sending = {}, at = api): Promise<Answer> => {
    const answer = await at.send('POST', '/api/v2/calls', {
      json: { phone_number: '+33612345678', webhook_url: URL_SAID, ...json },
      ...sending,
    });
    expectAsDescribed('post /api/v2/calls', answer);
    return answer;
  };
  const check = (json: object = {}) =>
    api.send('POST', '/api/v2/calls/check', {
      json: { phone_number: '+33612345678', webhook_url: URL_SAID, ...json },
    });
  const secret = async (): Promise<Answer['body']> => {
    const answer = await api.send('POST', '/api/v2/webhook-secret');
    expectAsDescribed('post /api/v2/webhook-secret', answer);
    return answer.body;
  };
  const hosts = async () => (await api.send('GET', '/api/v2/webhooks')).body.webhooks as Record<string, unknown>[];
  const said = async (id: unknown) =>
    (
      await api.tables.sql<{ url: string | null; endpoint: string | null }>(
        'SELECT webhook_url AS url, webhook_endpoint_id AS endpoint FROM calls WHERE id = $1',
        [id],
      )
    )[0];

  it('are kept with it, its host an endpoint of its own, and no answer shows the address', async () => {
    await secret();
    const made = await ask();
    expect(made.status).to.equal(202);
    const [host] = await hosts();
    expect(host).to.include({ url: 'https://crm.example.com', per_call: true, enabled: true });
    expect(await said(made.body.call_id)).to.deep.equal({ url: URL_SAID, endpoint: host?.webhook_id });
    const shown = await api.send('GET', `/api/v2/calls/${String(made.body.call_id)}`);
    expect(shown.text + made.text + api.logged()).not.to.include('key=secret');
    await ask({ webhook_url: 'https://crm.example.com/another' });
    await ask({ webhook_url: 'https://crm.example.com:8443/' });
    expect((await hosts()).map(({ url }) => url)).to.deep.equal([
      'https://crm.example.com',
      'https://crm.example.com:8443',
    ]);
    const without = await api.send('POST', '/api/v2/interaction/+33612345678');
    expect(await said(without.body.call_id)).to.deep.equal({ url: null, endpoint: null });
  });

  it('are refused for an address that no endpoint could have, and for a host that the user may not name', async () => {
    await secret();
    for (const webhook_url of [
      'http://crm.example.com/',
      'crm.example.com',
      'https://a:b@crm.example.com/',
      'https://crm.example.com/#a',
    ]) {
      const answer = await ask({ webhook_url });
      expect([answer.status, ...fieldsOf(answer)], webhook_url).to.deep.equal([400, 'body.webhook_url']);
    }
    for (const webhook_url of [
      'https://evil.test/',
      'https://example.org/',
      'https://crm.example.com.evil.test/',
      'https://10.0.0.1/',
    ]) {
      const answer = await ask({ webhook_url });
      expect([answer.status, answer.body.code, ...fieldsOf(answer)], webhook_url).to.deep.equal([
        422,
        'webhook_url_not_allowed',
        'body.webhook_url',
      ]);
    }
    expect((await ask({ webhook_url: 'https://A.Example.ORG/' })).status).to.equal(202);
  });

  it('are a matter of a list that the user may have of their own, and by default of nobody', async () => {
    await secret();
    const { username } = api.user;
    await api.tables.database.users.allow(username, { webhookHosts: ['other.test'] });
    expect((await ask()).body.code).to.equal('webhook_url_not_allowed');
    expect((await ask({ webhook_url: 'https://other.test/' })).status).to.equal(202);
    await api.tables.database.users.allow(username, { webhookHosts: [] });
    expect((await ask({ webhook_url: 'https://other.test/' })).body.code).to.equal('webhook_url_not_allowed');
    await api.tables.database.users.allow(username, { webhookHosts: null });
    const fresh = await startApi({}, { beside: api });
    expect((await ask({}, {}, fresh)).body.code).to.equal('webhook_url_not_allowed');
    await fresh.stop();
  });

  it('are refused while there is no secret to sign with, which is shown once and rotated with an overlap', async () => {
    const refused = await ask();
    expect([refused.status, refused.body.code, ...fieldsOf(refused)]).to.deep.equal([
      422,
      'webhook_secret_missing',
      'body.webhook_url',
    ]);
    const first = await secret();
    expect(first).to.include({ username: api.user.username, previous_secret_until: null });
    expect(first.secret).to.match(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const second = await secret();
    expect(second.secret).not.to.equal(first.secret);
    expect(new Date(String(second.previous_secret_until)).getTime()).to.be.greaterThan(Date.now() + 23 * 3_600_000);
    expect(api.logged()).not.to.include('whsec_');
    const audited = await eventually(async () => {
      const rows = await api.tables.sql<{ subject: string }>(
        `SELECT subject FROM audit_entries WHERE event = 'call_webhook_secret_rotated'`,
      );
      return rows.length > 0 ? rows : null;
    });
    expect(audited[0]?.subject).to.equal(api.user.username);
  });

  it('name no more hosts than a user may have, which endpoints of the other kind are not counted for', async () => {
    await secret();
    await ask({ webhook_url: 'https://a.example.org/' });
    expect((await check({ webhook_url: 'https://b.example.org/' })).body).to.include({ acceptable: true });
    const calls = Array.from({ length: 20 }, () => ({
      phone_number: '+33612345678',
      webhook_url: 'https://b.example.org/',
    }));
    const batch = await api.send('POST', '/api/v2/calls/batch', { json: { calls } });
    expect(batch.body).to.include({ accepted: 20 });
    const third = await ask({ webhook_url: 'https://c.example.org/' });
    expect([third.status, third.body.code]).to.deep.equal([422, 'webhook_hosts_reached']);
    expect((await check({ webhook_url: 'https://c.example.org/' })).body).to.include({
      acceptable: false,
      status: 422,
    });
    expect((await ask({ webhook_url: 'https://a.example.org/' })).status, 'one that is there').to.equal(202);
    expect(await hosts()).to.have.length(2);
    const own = { url: 'https://crm.example.com/' };
    expect((await api.send('POST', '/api/v2/webhooks', { json: own })).status).to.equal(201);
  });

  it('are never made more hosts of by requests at once', async () => {
    await secret();
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((name) => ask({ webhook_url: `https://${name}.example.org/` })),
    );
    expect(answers.filter(({ status }) => status === 202)).to.have.length(2);
    expect(await hosts()).to.have.length(2);
  });

  it('count in what an Idempotency-Key stands for, and are answered again under it whatever was forbidden since', async () => {
    await secret();
    const headers = { 'idempotency-key': 'hook-1' };
    const first = await ask({}, { headers });
    expect((await ask({ webhook_url: `${URL_SAID}1` }, { headers })).body.code).to.equal('idempotency_key_reused');
    expect((await ask({ webhook_url: undefined }, { headers })).body.code).to.equal('idempotency_key_reused');
    await api.tables.sql('UPDATE users SET call_webhook_secret = NULL');
    const again = await ask({}, { headers });
    expect([again.status, again.body.call_id]).to.deep.equal([202, first.body.call_id]);
  });

  it('are checked without a host being made, and named by their place in a batch', async () => {
    expect((await check()).body).to.include({ acceptable: false, status: 422 });
    await secret();
    expect((await check()).body).to.include({ acceptable: true });
    expect((await check({ webhook_url: 'https://evil.test/' })).body).to.include({ acceptable: false });
    expect(await hosts()).to.deep.equal([]);
    const calls = [
      { phone_number: '+33612345678', webhook_url: 'https://evil.test/' },
      { phone_number: '+33612345678' },
    ];
    const { body } = await api.send('POST', '/api/v2/calls/batch', { json: { calls } });
    expect(JSON.stringify(body.results)).to.include('body.calls.0.webhook_url');
    expect(body).to.include({ accepted: 1, refused: 1 });
  });

  it('hand the address on when they are made again', async () => {
    await secret();
    const { body } = await ask({ retry: { max: 1, on: ['busy'], after: 60 } });
    await api.tables.sql(
      `UPDATE calls SET status = 'busy', dial_sent_at = now(), ended_at = now() - interval '1 h' WHERE id = $1`,
      [body.call_id],
    );
    const again = await eventually(async () => {
      const rows = await api.tables.sql<{ id: string }>('SELECT id FROM calls WHERE order_id = $1 AND order_try = 2', [
        body.call_id,
      ]);
      return rows[0] ?? null;
    });
    expect(await said(again.id)).to.deep.equal(await said(body.call_id));
  });

  it('have a host that can be switched off, looked into, replayed and removed, and nothing else', async () => {
    await secret();
    await ask();
    const path = `/api/v2/webhooks/${String((await hosts())[0]?.webhook_id)}`;
    for (const [method, where, json] of [
      ['PATCH', '', { url: 'https://crm.example.com/' }],
      ['PATCH', '', { events: ['call.*'] }],
      ['POST', '/rotate-secret', undefined],
      ['POST', '/test', undefined],
    ] as const) {
      const answer = await api.send(method, `${path}${where}`, json === undefined ? {} : { json });
      expect([answer.status, answer.body.code], `${method} ${where}`).to.deep.equal([409, 'webhook_of_calls']);
    }
    expect((await api.send('PATCH', path, { json: { enabled: false } })).body).to.include({ enabled: false });
    expect((await ask()).status, 'what its user has switched off is no reason to refuse a call').to.equal(202);
    expect((await hosts())[0]).to.include({ enabled: false });
    expect((await api.send('GET', `${path}/deliveries`)).status).to.equal(200);
    expect((await api.send('DELETE', path)).status).to.equal(204);
  });

  it('try a host anew that was switched off because it failed', async () => {
    await secret();
    await ask();
    await api.tables.sql(
      `UPDATE webhook_endpoints SET disabled_at = now(), disabled_reason = 'failing', failing_since = now()`,
    );
    await ask();
    expect((await hosts())[0]).to.include({ enabled: true, failing_since: null, disabled_reason: null });
  });
});
