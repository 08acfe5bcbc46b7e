import { eventually, someNewCall } from '@dialgate/testing';
import { expect } from 'chai';
import { fieldsOf, keyOf, startApi, type Answer, type Api, type Sending } from './api.js';

const NOBODYS = '0192f3a4-5b6c-7d8e-9f00-112233445566';
const URL_GIVEN = 'https://crm.example.com/hooks?key=secret';

describe('webhook endpoints', () => {
  let api: Api;
  before(async () => (api = await startApi({ WEBHOOKS_PER_USER: '3' })));
  after(() => api.stop());
  beforeEach(() => api.tables.sql('DELETE FROM webhook_endpoints'));

  const send = (method: string, path: string, sending?: Sending): Promise<Answer> =>
    api.send(method, `/api/v2/webhooks${path}`, sending);
  const make = (json: object = {}, sending: Sending = {}) =>
    send('POST', '', { json: { url: URL_GIVEN, ...json }, ...sending });
  const idOf = ({ body }: Answer) => String(body.webhook_id);
  const stored = async (id: string) =>
    (
      await api.tables.sql<{ secret: string; previous: string | null }>(
        'SELECT secret, previous_secret AS previous FROM webhook_endpoints WHERE id = $1',
        [id],
      )
    )[0];

  it('are made for oneself, with a secret that is shown once', async () => {
    const made = await make({ description: 'order desk', events: ['call.answered', 'call.failed'] });
    expect(made.status).to.equal(201);
    expect(made.headers.location).to.equal(`/api/v2/webhooks/${idOf(made)}`);
    expect(made.body).to.include({
      url: URL_GIVEN,
      username: api.user.username,
      enabled: true,
      description: 'order desk',
    });
    expect(made.body.secret).to.match(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const [, path] = [idOf(made), `/${idOf(made)}`];
    for (const seen of [
      await send('GET', ''),
      await send('GET', path),
      await send('PATCH', path, { json: { enabled: true } }),
    ]) {
      expect(seen.status).to.equal(200);
      expect(seen.text).to.include(idOf(made)).and.not.include('whsec_');
    }
    expect(api.logged()).not.to.include('whsec_').and.not.to.include('key=secret');
    expect((await make()).body.events, 'when nothing is said').to.deep.equal(['call.*']);
  });

  it('must be HTTPS, and say plainly what is wrong with them', async () => {
    for (const url of [
      'http://crm.example.com/',
      'gopher://crm.example.com/',
      'file:///etc/passwd',
      'crm.example.com',
      '/hooks',
      'https://',
      'https://user:pass@crm.example.com/',
      'https://crm.example.com/#part',
      'https://crm.example.com/\n',
      ' https://crm.example.com',
      `https://crm.example.com/${'x'.repeat(2_048)}`,
    ]) {
      const answer = await make({ url });
      expect(answer.status, url).to.equal(400);
      expect(fieldsOf(answer), url).to.deep.equal(['body.url']);
    }
    for (const json of [
      { events: [] },
      { events: ['call.exploded'] },
      { events: ['call.*', 'call.*'] },
      { description: 'a\u0000b' },
      { secret: 'mine' },
    ])
      expect((await make(json)).status, JSON.stringify(json)).to.equal(400);
    expect((await send('PATCH', `/${NOBODYS}`, { json: {} })).status).to.equal(400);
  });

  it('may be HTTP where that is allowed', async () => {
    const lab = await startApi({ WEBHOOK_ALLOW_HTTP: 'true' }, { beside: api });
    const json = { url: 'http://lab.example.com/' };
    expect((await lab.send('POST', '/api/v2/webhooks', { json })).status).to.equal(201);
    await lab.stop();
  });

  it('are as many as a user may have', async () => {
    for (let n = 0; n < 3; n++) expect((await make()).status).to.equal(201);
    const fourth = await make();
    expect(fourth.status).to.equal(409);
    expect(fourth.body).to.include({ code: 'webhook_limit_reached' });
    expect((await make({}, { token: api.tokenOf(api.admin.id) })).status, 'another user').to.equal(201);
  });

  it('of others do not exist, but for admins', async () => {
    const id = idOf(await make());
    const other = await api.addUser('operator');
    const asked: [string, string, Sending?][] = [
      ['GET', `/${id}`],
      ['PATCH', `/${id}`, { json: { enabled: false } }],
      ['POST', `/${id}/rotate-secret`],
      ['POST', `/${id}/test`],
      ['POST', `/${id}/replay`, { json: { since: '2026-01-15T09:30:00Z' } }],
      ['GET', `/${id}/deliveries`],
      ['POST', `/${id}/deliveries/${NOBODYS}/replay`],
      ['DELETE', `/${id}`],
    ];
    for (const [method, path, sending] of asked) {
      for (const where of [path, path.replace(id, NOBODYS), path.replace(id, 'nonsense')]) {
        const answer = await send(method, where, { token: api.tokenOf(other.id), ...sending });
        expect(answer.body, `${method} ${where}`).to.include({ code: 'webhook_not_found', status: 404 });
      }
    }
    expect((await send('GET', '', { token: api.tokenOf(other.id) })).body).to.deep.equal({ webhooks: [] });
    const admin = { token: api.tokenOf(api.admin.id) };
    expect((await send('GET', '', admin)).text).to.include(id);
    expect((await send('DELETE', `/${id}`, admin)).status).to.equal(204);
    expect((await send('GET', `/${id}`)).status).to.equal(404);
  });

  it('are managed with a scope of their own', async () => {
    const { username } = api.user;
    const reader = await keyOf(api, username, ['calls:read', 'calls:create', 'calls:cancel']);
    const manager = await keyOf(api, username, ['webhooks:manage']);
    expect((await make({}, { token: reader })).status).to.equal(403);
    expect((await make({}, { token: manager })).status).to.equal(201);
  });

  it('get another secret, and keep the one so far for a day', async () => {
    const made = await make();
    const rotated = await send('POST', `/${idOf(made)}/rotate-secret`);
    expect(rotated.status).to.equal(200);
    expect(await stored(idOf(made))).to.deep.equal({ secret: rotated.body.secret, previous: made.body.secret });
    const hours = (Date.parse(String(rotated.body.previous_secret_until)) - Date.now()) / 3_600_000;
    expect(hours).to.be.within(23, 25);
  });

  it('are switched off and on, and changed in part', async () => {
    const id = idOf(await make({ description: 'a' }));
    const off = await send('PATCH', `/${id}`, { json: { enabled: false, description: null } });
    expect(off.body).to.include({ enabled: false, disabled_reason: 'by_user', description: null, url: URL_GIVEN });
    for (const path of [`/${id}/test`, `/${id}/deliveries/${NOBODYS}/replay`])
      expect((await send('POST', path)).body).to.include({ status: 409, code: 'webhook_disabled' });
    const on = await send('PATCH', `/${id}`, {
      json: { enabled: true, events: ['call.busy'], url: 'https://two.example.com/' },
    });
    expect(on.body).to.deep.include({
      enabled: true,
      disabled_reason: null,
      events: ['call.busy'],
      url: 'https://two.example.com/',
    });
  });

  it('show what was sent, page by page, and send it again', async () => {
    const id = idOf(await make());
    const { webhooks, calls } = api.tables.database;
    const ids = Array.from({ length: 3 }, () => someNewCall({ userId: api.user.id }));
    for (const call of ids) await calls.create(call);
    await eventually(async () => {
      await webhooks.fanOut();
      return ((await send('GET', `/${id}/deliveries`)).body.deliveries as unknown[]).length === 3;
    });
    const [due] = await webhooks.takeDue(id, 1, 60_000);
    const result = {
      httpStatus: 204,
      error: null,
      durationMs: 7,
      outcome: 'delivered',
      retryMs: 0,
      holdMs: 0,
    } as const;
    const settled = { endpointId: id, deliveryId: due!.id, attempt: 1, ...result, gone: false, failingForMs: 1 };
    await webhooks.settle(settled);

    const first = (await send('GET', `/${id}/deliveries?limit=2`)).body;
    const second = (await send('GET', `/${id}/deliveries?limit=2&cursor=${String(first.next_cursor)}`)).body;
    const pages = [first, second].flatMap(({ deliveries }) => deliveries as Record<string, unknown>[]);
    expect(second.next_cursor).to.equal(null);
    expect(pages.map(({ call_id: callId }) => callId)).to.have.members(ids.map(({ id: callId }) => callId));
    const sent = pages.find(({ delivery_id: deliveryId }) => deliveryId === due!.id)!;
    expect(sent).to.include({ status: 'delivered', type: 'call.pending', sequence: 1, next_attempt_at: null });
    expect((sent.attempts as object[])[0]).to.include({ attempt: 1, http_status: 204, error: null, duration_ms: 7 });
    expect((await send('GET', `/${id}/deliveries?cursor=AAAA`)).status).to.equal(400);

    expect((await send('POST', `/${id}/deliveries/${due!.id}/replay`)).status).to.equal(202);
    const again = (await send('GET', `/${id}/deliveries`)).body.deliveries as Record<string, unknown>[];
    expect(again.every(({ status }) => status === 'waiting')).to.equal(true);
    const replayed = await send('POST', `/${id}/replay`, { json: { since: '2026-01-15T09:30:00Z' } });
    expect(replayed.body).to.deep.equal({ replayed: 3 });
    expect((await send('POST', `/${id}/replay`, { json: { since: '2026-13-41T09:30:00Z' } })).status).to.equal(400);
  });

  it('are sent one test at a time', async () => {
    const id = idOf(await make());
    const [one, two] = [await send('POST', `/${id}/test`), await send('POST', `/${id}/test`)];
    expect(one.status).to.equal(202);
    expect(two.body).to.deep.equal(one.body);
  });

  it('stand in the audit trail with their host, and not with their address', async () => {
    const id = idOf(await make());
    await send('PATCH', `/${id}`, { json: { enabled: false } });
    await send('POST', `/${id}/rotate-secret`);
    await send('DELETE', `/${id}`);
    const entries = () =>
      api.tables.sql<{ event: string; host: string }>(
        `SELECT event, detail->>'host' AS host FROM audit_entries WHERE subject = $1 ORDER BY id`,
        [id],
      );
    await eventually(async () => (await entries()).length === 4);
    expect((await entries()).map(({ event, host }) => `${event} ${host}`)).to.deep.equal([
      'webhook_created crm.example.com',
      'webhook_changed crm.example.com',
      'webhook_secret_rotated crm.example.com',
      'webhook_deleted crm.example.com',
    ]);
  });
});
