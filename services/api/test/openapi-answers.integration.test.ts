import { randomUUID } from 'node:crypto';
import { eventually, FOLLOWING, someNewCall } from '@dialgate/testing';
import { expect } from 'chai';
import { keyOf, NOWHERE, PASSWORD, startApi, type Answer, type Api, type Sending } from './api.js';
import { expectAsDescribed, operations, problemsBy, document } from './described.js';
import { openStream } from './stream-client.js';

const NOBODYS = '0192f3a4-5b6c-7d8e-9f00-112233445566';

const NUMBER = 'post /api/v2/interaction/{number}';
const CALLS = 'post /api/v2/calls';
const LIST = 'get /api/v2/calls';
const STATS = 'get /api/v2/calls/stats';
const TIMELINE = 'get /api/v2/calls/{call_id}/events';
const STREAM = 'get /api/v2/stream';
const CALL_STREAM = 'get /api/v2/calls/{call_id}/stream';
const TICKET = 'post /api/v2/stream/tickets';
const BATCH = 'post /api/v2/calls/batch';
const CHECK = 'post /api/v2/calls/check';
const TOKEN = 'post /api/v2/token';
const BOARD = 'get /admin/queues';
const RECENT = 'get /admin/calls';
const LOGOUT = 'post /api/v2/logout';
const NEW_KEY = 'post /api/v2/keys';
const KEYS = 'get /api/v2/keys';
const KEY = 'delete /api/v2/keys/{key_id}';
const WEBHOOKS = 'get /api/v2/webhooks';
const NEW_WEBHOOK = 'post /api/v2/webhooks';
const WEBHOOK = 'get /api/v2/webhooks/{webhook_id}';
const CHANGED_WEBHOOK = 'patch /api/v2/webhooks/{webhook_id}';
const NO_WEBHOOK = 'delete /api/v2/webhooks/{webhook_id}';
const ROTATION = 'post /api/v2/webhooks/{webhook_id}/rotate-secret';
const TRIAL = 'post /api/v2/webhooks/{webhook_id}/test';
const REPLAY = 'post /api/v2/webhooks/{webhook_id}/replay';
const DELIVERIES = 'get /api/v2/webhooks/{webhook_id}/deliveries';
const CALL_SECRET = 'post /api/v2/webhook-secret';
const AGAIN = 'post /api/v2/webhooks/{webhook_id}/deliveries/{delivery_id}/replay';
const STATUSES = [
  'get /api/v2/status/{call_id}',
  'get /api/v2/interaction/{call_id}/status',
  'get /api/v2/calls/{call_id}',
];
/** A password of somebody whose login is closed. */
const GUESS = `Basic ${Buffer.from('somebody:wrong').toString('base64')}`;

const HANG_UPS = ['post /api/v2/calls/{call_id}/hangup', 'delete /api/v2/calls/{call_id}'];

describe('real answers and the API’s description', () => {
  /** One as it should be, one with tight limits, one whose servers are away, and one without the board. */
  let api: Api;
  let tight: Api;
  let alone: Api;
  let off: Api;
  const seen = new Map<string, Set<number>>();

  before(async () => {
    [api, tight, alone, off] = await Promise.all([
      startApi({ ALLOWED_CONTEXTS: 'outbound-ivr,sales', ALLOWED_WEBHOOK_HOSTS: 'crm.example.com' }),
      startApi({
        LOGIN_RATE_LIMIT: '1',
        RATE_LIMIT_REQUESTS: '2',
        USER_MAX_CONCURRENT_CALLS: '1',
        WEBHOOKS_PER_USER: '1',
        USER_MAX_STREAMS: '1',
      }),
      startApi({
        DATABASE_URL: `postgresql://x@${NOWHERE}/x`,
        REDIS_URL: `redis://${NOWHERE}`,
        DOCS_ENABLED: 'false',
      }),
      startApi({ BOARD_ENABLED: 'false' }),
    ]);
  });
  after(() => Promise.all([api.stop(), tight.stop(), alone.stop(), off.stop()]));

  /** Sends the operation's request and holds the answer against its description. */
  async function send(name: string, value: string, sending: Sending = {}, at = api, more = ''): Promise<Answer> {
    const [method = '', template = ''] = name.split(' ');
    const first = value.startsWith('?') ? template + value : template.replace(/\{[a-z_]+\}/, value);
    const path = more.startsWith('?') ? first + more : first.replace(/\{[a-z_]+\}/, more || NOBODYS);
    const answer = await at.send(method.toUpperCase(), path, sending);
    expectAsDescribed(name, answer);
    seen.set(name, (seen.get(name) ?? new Set()).add(answer.status));
    return answer;
  }

  async function ask(
    name: string,
    value: string,
    status: number,
    sending?: Sending,
    at?: Api,
    more?: string,
  ): Promise<Answer> {
    const answer = await send(name, value, sending, at, more);
    expect(answer.status, `${name} ${answer.text}`).to.equal(status);
    return answer;
  }

  const newCall = async () => String((await ask(NUMBER, '+33100000001', 202)).body.call_id);

  it('agree on accepted calls', async () => {
    await ask(NUMBER, '%2B33100000001', 202);
    const headers = { 'idempotency-key': randomUUID() };
    const json = {
      phone_number: '+33100000002',
      context: 'sales',
      extension: '*97',
      priority: 3,
      timeout: 45_000,
      caller_id: '"Support" <+33123456789>',
      variables: { DG_CUSTOMER_ID: '42' },
      expires_in: 60,
      metadata: { order: [1, 'zwei'] },
    };
    await ask(CALLS, '', 202, { json, headers });
    expect((await ask(CALLS, '', 202, { json, headers })).headers['idempotency-replayed']).to.equal('true');
    await ask(CALLS, '', 422, { json: { ...json, priority: 4 }, headers });
    expect((await ask(NUMBER, '+33100000001', 202, {}, tight)).headers).to.have.property('ratelimit');
  });

  it('agree on requests that overtake the first of their key', async () => {
    for (const [name, json] of [
      [NUMBER, {}],
      [CALLS, { phone_number: '+33100000002' }],
    ] as const) {
      await eventually(async () => {
        const sending = { json, headers: { 'idempotency-key': randomUUID() } };
        const answers = await Promise.all([1, 2, 3, 4, 5].map(() => send(name, '+33100000002', sending)));
        return answers.some(({ status }) => status === 409);
      });
    }
  });

  it('agree on refused calls', async () => {
    const { id: suspended } = await api.addUser('operator');
    await api.tables.database.users.suspend(suspended, 'test');
    for (const name of [NUMBER, CALLS]) {
      const json = name === CALLS ? { phone_number: '+33100000001' } : {};
      await ask(name, '+33100000001', 400, { json: { ...json, timeout: 1, colour: 'red' } });
      await ask(name, '+33100000001', 400, { raw: '{', headers: { 'content-type': 'application/json' } });
      await ask(name, '+33100000001', 401, { json, token: null });
      await ask(name, '+33100000001', 401, { json, token: 'garbage' });
      await ask(name, '+33100000001', 413, { json: { ...json, metadata: 'x'.repeat(70_000) } });
      await ask(name, '+33100000001', 415, { raw: '<a/>', headers: { 'content-type': 'text/xml' } });
      await ask(name, '+33100000001', 422, { json: { ...json, context: 'elsewhere' } });
      await ask(name, '+33100000001', 503, { json }, alone);
      await ask(name, '+33100000001', 403, { json, token: api.tokenOf(suspended) });
    }
    await ask(NUMBER, 'nonsense', 400);
    await ask(NUMBER, '911', 422);
    await ask(CALLS, '', 422, { json: { phone_number: '112' } });
  });

  it('agree on batches and checks', async () => {
    const one = { phone_number: '+33100000001' };
    const { id: suspended } = await api.addUser('operator');
    await api.tables.database.users.suspend(suspended, 'test');
    const calls = [{ ...one, idempotency_key: randomUUID() }, one, { phone_number: '112' }, { ...one, colour: 1 }, {}];
    expect((await ask(BATCH, '', 200, { json: { calls } })).body).to.include({ accepted: 2, refused: 3 });
    await ask(CHECK, '', 200, { json: one });
    await ask(CHECK, '', 200, { json: { phone_number: '112' } });
    const token = tight.tokenOf((await tight.addUser('operator')).id);
    expect((await ask(CHECK, '', 200, { json: one, token }, tight)).headers).to.have.property('ratelimit');
    await ask(CHECK, '', 200, { json: one, token }, tight);
    await ask(CHECK, '', 429, { json: one, token }, tight);
    for (const [name, json] of [
      [BATCH, { calls }],
      [CHECK, one],
    ] as const) {
      await ask(name, '', 400, { json: { ...json, colour: 'red' } });
      await ask(name, '', 400, { raw: '{', headers: { 'content-type': 'application/json' } });
      await ask(name, '', 401, { json, token: null });
      await ask(name, '', 403, { json, token: api.tokenOf(suspended) });
      await ask(name, '', 413, {
        raw: JSON.stringify({ x: 'x'.repeat(1_048_576) }),
        headers: { 'content-type': 'application/json' },
      });
      await ask(name, '', 415, { raw: '<a/>', headers: { 'content-type': 'text/xml' } });
      await ask(name, '', 503, { json }, alone);
    }
  });

  it('agree on limits', async () => {
    await ask(CALLS, '', 429, { json: { phone_number: '+33100000001' } }, tight); // One call is open.
    // The minute in which it has asked too often may have to begin anew.
    await eventually(async () => {
      const { body } = await ask(NUMBER, '+33100000001', 429, {}, tight);
      return body.code === 'too_many_requests';
    });
    const login = { token: null, json: { username: 'somebody', password: 'wrong' } };
    await ask(TOKEN, '', 401, login, tight);
    await ask(TOKEN, '', 429, login, tight);
  });

  it('agree on calls in every state', async () => {
    const id = await newCall();
    for (const name of STATUSES) {
      await ask(name, id, 200);
      await ask(name, NOBODYS, 404);
      await ask(name, 'nonsense', 400);
      await ask(name, id, 401, { token: null });
      await ask(name, id, 503, {}, alone);
    }
    for (const [status, more] of [
      ['ringing', `, attempt = 1, dial_sent_at = now(), ringing_at = now()`],
      ['answered', `, answered_at = now()`],
      ['completed', `, ended_at = now(), hangup_cause = 16, hangup_by = 'callee'`],
      ['failed', `, failure_reason = 'invalid_number', sip_status = 404, hangup_cause = 1`],
    ] as const) {
      await api.tables.sql(`UPDATE calls SET status = '${status}'${more} WHERE id = '${id}'`);
      await ask(STATUSES[0]!, id, 200);
    }
  });

  it('agree on lists, counts and timelines', async () => {
    const id = await newCall();
    const filters =
      '?status=pending&status=ringing&last_digits=0001&metadata.order=1&created_after=2026-01-15T09:30:00Z';
    await ask(LIST, filters, 200);
    expect((await ask(LIST, '?limit=1', 200)).headers.link).to.match(/cursor=[^>]+>; rel="next"$/);
    await ask(LIST, '', 200, { headers: { accept: 'text/csv' } });
    await ask(STATS, '', 200);
    expect((await ask(TIMELINE, id, 200)).body.data).to.have.lengthOf(1);
    await ask(TIMELINE, NOBODYS, 404);
    await ask(TIMELINE, 'nonsense', 400);
    const key = await keyOf(api, api.user.username, ['calls:create']);
    for (const [name, value] of [
      [LIST, '?limit=0'],
      [STATS, '?since=yesterday'],
      [TIMELINE, id],
    ] as const) {
      if (name !== TIMELINE) await ask(name, value, 400);
      await ask(name, name === TIMELINE ? id : '', 401, { token: null });
      await ask(name, name === TIMELINE ? id : '', 403, { token: key });
      await ask(name, name === TIMELINE ? id : '', 503, {}, alone);
    }
  });

  it('agree on streams and tickets', async () => {
    const id = await newCall();
    await ask(HANG_UPS[0]!, id, 202);
    const { text } = await ask(CALL_STREAM, id, 200);
    const last = [...text.matchAll(/^id: (\d+)$/gm)].at(-1)![1]!;
    await ask(CALL_STREAM, id, 204, { headers: { 'last-event-id': last } });
    await ask(CALL_STREAM, NOBODYS, 404);
    await ask(TICKET, '', 201);
    const { id: other } = await tight.addUser('operator');
    const token = tight.tokenOf(other);
    const open = await openStream(tight.port(), '/api/v2/stream', { authorization: `Bearer ${token}` });
    seen.set(STREAM, new Set([open.status]));
    await ask(STREAM, '', 429, { token }, tight);
    const call = someNewCall({ userId: other });
    await tight.tables.database.calls.create(call);
    await ask(CALL_STREAM, call.id, 429, { token }, tight);
    open.cut();
    // As many as a user may have, good for as long as a slow machine may need.
    const tickets = (first: number, last: number) =>
      tight.tables.sql(
        `INSERT INTO stream_tickets (hash, user_id, credential, expires_at)
           SELECT 'ticket ' || n, $1, '{"keyPrefix": "none"}', now() + interval '1 hour' FROM generate_series($2::int, $3::int) n`,
        [other, first, last],
      );
    await tickets(1, 99);
    await ask(TICKET, '', 201, { token }, tight);
    await tickets(100, 100);
    await ask(TICKET, '', 429, { token }, tight);
    const key = await keyOf(api, api.user.username, ['calls:create']);
    for (const name of [STREAM, CALL_STREAM, TICKET]) {
      const value = name === CALL_STREAM ? id : '';
      if (name !== TICKET) await ask(name, value, 400, { headers: { 'last-event-id': 'x' } });
      await ask(name, value, 401, { token: null });
      await ask(name, value, 403, { token: key });
      await ask(name, value, 503, {}, alone);
    }
  });

  it('agree on the end of calls', async () => {
    for (const name of HANG_UPS) {
      const id = await newCall();
      await ask(name, id, 202);
      await ask(name, id, 409);
      await ask(name, NOBODYS, 404);
      await ask(name, 'nonsense', 400);
      await ask(name, id, 401, { token: null });
      await ask(name, id, 503, {}, alone);
    }
  });

  it('agree on logins', async () => {
    const json = { username: api.user.username, password: PASSWORD };
    await ask(TOKEN, '', 200, { token: null, json });
    await ask(TOKEN, '', 401, { token: null, json: { ...json, password: 'wrong' } });
    await ask(TOKEN, '', 400, { token: null, json: { username: 'x' } });
    await ask(TOKEN, '', 400, { token: null, json: { ...json, grant_type: 'refresh_token' } });
    await ask(TOKEN, '', 400, { token: null, raw: '{', headers: { 'content-type': 'application/json' } });
    await ask(TOKEN, '', 413, { token: null, json: { ...json, scope: 'x'.repeat(9_000) } });
    await ask(TOKEN, '', 415, { token: null, raw: '<a/>', headers: { 'content-type': 'text/xml' } });
    await ask(TOKEN, '', 503, { token: null, json }, alone);
  });

  it('agree on the end of a login', async () => {
    await ask(LOGOUT, '', 204, { token: await api.logIn(api.user.username) });
    await ask(LOGOUT, '', 401, { token: null });
    await ask(LOGOUT, '', 403, { token: await keyOf(api, api.user.username, ['calls:read']) });
    await ask(LOGOUT, '', 503, {}, alone);
  });

  it('agree on API keys', async () => {
    const admin = { token: api.tokenOf(api.admin.id) };
    const json = { username: api.user.username, name: 'a', scopes: ['calls:read'], expires_in_days: 1 };
    const { body } = await ask(NEW_KEY, '', 201, { ...admin, json });
    await ask(NEW_KEY, '', 400, { ...admin, json: { ...json, scopes: ['admin'] } });
    await ask(NEW_KEY, '', 413, { ...admin, json: { ...json, name: 'x'.repeat(70_000) } });
    await ask(NEW_KEY, '', 415, { ...admin, raw: '<a/>', headers: { 'content-type': 'text/xml' } });
    await ask(KEYS, '', 200, admin);
    await ask(KEYS, '?colour=red', 400, admin);
    await ask(KEY, NOBODYS, 404, admin);
    await ask(KEY, String(body.key_id), 204, admin);
    await ask(KEYS, '', 200, admin);
    for (const name of [NEW_KEY, KEYS, KEY]) {
      await ask(name, NOBODYS, 401, { token: null });
      await ask(name, NOBODYS, 403);
      await ask(name, NOBODYS, 503, { token: alone.tokenOf(alone.admin.id) }, alone);
    }
  });

  it('agree on webhooks', async () => {
    const json = { url: 'https://crm.example.com/' };
    const since = { json: { since: '2026-01-15T09:30:00Z' } };
    await ask(WEBHOOKS, '', 200);
    const { body } = await ask(NEW_WEBHOOK, '', 201, { json });
    const id = String(body.webhook_id);
    await ask(WEBHOOKS, '', 200);
    await ask(WEBHOOK, id, 200);
    await ask(CHANGED_WEBHOOK, id, 200, { json: { description: 'a' } });
    await ask(ROTATION, id, 200);
    const test = await ask(TRIAL, id, 202);
    await ask(REPLAY, id, 202, since);
    await ask(DELIVERIES, id, 200);
    await ask(AGAIN, id, 202, {}, api, String(test.body.delivery_id));
    await ask(DELIVERIES, id, 400, {}, api, '?limit=0');
    await ask(CHANGED_WEBHOOK, id, 200, { json: { enabled: false } });
    for (const name of [TRIAL, REPLAY, AGAIN]) await ask(name, id, 409, name === REPLAY ? since : {});
    await ask(NO_WEBHOOK, id, 204);
    const hooked = { json: { phone_number: '+33100000001', webhook_url: json.url } };
    await ask(CALLS, '', 422, hooked);
    await ask(CALL_SECRET, '', 200);
    await ask(CALLS, '', 202, hooked);
    const { webhooks } = (await ask(WEBHOOKS, '', 200)).body as { webhooks: { webhook_id: string }[] };
    const host = webhooks[0]?.webhook_id ?? '';
    for (const name of [ROTATION, TRIAL]) await ask(name, host, 409);
    await ask(CHANGED_WEBHOOK, host, 409, { json });
    for (let n = 0; n < 2; n++) await ask(NEW_WEBHOOK, '', n === 0 ? 201 : 409, { json }, tight);

    const key = { token: await keyOf(api, api.user.username, ['calls:read']) };
    const away = { token: alone.tokenOf(alone.user.id) };
    const unread = { raw: '<a/>', headers: { 'content-type': 'text/xml' } };
    const fitting = { [NEW_WEBHOOK]: { json }, [CHANGED_WEBHOOK]: { json }, [REPLAY]: since };
    for (const [name, sending] of Object.entries(fitting)) {
      await ask(name, id, 400, { json: { colour: 'red' } });
      await ask(name, id, 413, { json: { url: 'x'.repeat(70_000) } });
      await ask(name, id, 415, unread);
      if (name !== NEW_WEBHOOK) await ask(name, id, 404, sending);
    }
    for (const name of [WEBHOOK, NO_WEBHOOK, ROTATION, TRIAL, DELIVERIES, AGAIN]) await ask(name, id, 404);
    for (const name of [
      WEBHOOKS,
      CALL_SECRET,
      WEBHOOK,
      NO_WEBHOOK,
      ROTATION,
      TRIAL,
      DELIVERIES,
      AGAIN,
      ...Object.keys(fitting),
    ]) {
      await ask(name, id, 401, { token: null });
      await ask(name, id, 403, key);
      await ask(name, id, 503, away, alone);
    }
  });

  it('agree on what a key may not do', async () => {
    const token = await keyOf(api, api.admin.username, ['admin']);
    for (const name of [NUMBER, CALLS, ...STATUSES, ...HANG_UPS]) await ask(name, NOBODYS, 403, { token });
  });

  it('agree on health, to anybody, to admins, and with everything away', async () => {
    const lease = await api.tables.database.slots.acquire({
      asterisk: 'pbx-7:8088',
      appPrefix: 'cc',
      owner: randomUUID(),
      holder: 'host-1',
    });
    const forAnHour = `UPDATE worker_slots SET lease_until = now() + interval '1 hour' WHERE owner = $1`;
    await api.tables.sql(forAnHour, [lease.owner]);
    await ask('get /health', '', 200, { token: null });
    await eventually(async () => {
      const { body } = await ask('get /health', '', 200, { token: api.tokenOf(api.admin.id) });
      return Array.isArray(body.workers) && body.workers.length === 1;
    });
    await api.tables.database.slots.report(lease, 'connected');
    await ask('get /health', '', 200, {}, alone);
    await ask('get /health/live', '', 200, {}, alone);
    await ask('get /health/ready', '', 200);
    await ask('get /health/ready', '', 503, {}, alone);
    await ask('get /health/strict', '', 503, {}, alone);
    await api.tables.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 second' WHERE owner = $1`, [
      lease.owner,
    ]);
    await eventually(() => ask('get /health/strict', '', 503, { token: null }));
    await api.tables.database.slots.renew(lease, { ...FOLLOWING, connection: 'connected', answeredRate: 1 });
    // Held, and calls dialled, for as long as a slow machine may need.
    await api.tables.sql(
      `UPDATE worker_slots SET lease_until = now() + interval '1 hour', followed_at = now() + interval '1 hour',
         steady_since = now() - interval '1 hour' WHERE owner = $1`,
      [lease.owner],
    );
    await api.tables.sql(`UPDATE installation SET dial_turn = now() + interval '1 hour'`);
    await eventually(async () => (await api.send('GET', '/health/strict', { token: null })).status === 200);
    await ask('get /health/strict', '', 200);
  });

  it('agree on the audit trail', async () => {
    const token = api.tokenOf(api.admin.id);
    await eventually(async () => {
      const { body } = await ask('get /api/v2/audit', '', 200, { token });
      return (body.entries as unknown[]).length > 0;
    });
    await ask('get /api/v2/audit', '', 401, { token: null });
    await ask('get /api/v2/audit', '', 403);
    const wrong = await api.send('GET', '/api/v2/audit?limit=0', { token });
    expectAsDescribed('get /api/v2/audit', wrong);
    seen.get('get /api/v2/audit')?.add(wrong.status);
    await ask('get /api/v2/audit', '', 503, { token: alone.tokenOf(alone.admin.id) }, alone);
  });

  it('agree on the pages', async () => {
    await ask('get /', '', 200);
    const { headers } = await ask('get /docs', '', 200, { token: null });
    expect(headers['content-security-policy'])
      .to.include("default-src 'none'")
      .and.not.match(/unsafe|https?:|\*/);
    await ask('get /docs', '', 404, {}, alone);
    for (const file of ['/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js']) {
      expect((await api.send('GET', file, { token: null })).status, file).to.equal(200);
      expect((await alone.send('GET', file)).status, file).to.equal(404);
    }
    expect((await api.send('GET', '/docs/index.html')).status).to.equal(404);
    const { body } = await ask('get /openapi.json', '', 200, { token: null });
    expect(body).to.deep.include({ openapi: '3.1.0', paths: document.paths, components: document.components });
    await ask('get /openapi.json', '', 404, {}, alone);
    for (const page of [BOARD, RECENT]) {
      await ask(page, '', 200, { token: api.tokenOf(api.admin.id) });
      await ask(page, '', 401, { token: null });
      await ask(page, '', 403);
      await ask(page, '', 404, {}, off);
      // The first guess closes the login, if it has opened again meanwhile.
      const guess = { token: null, headers: { authorization: GUESS } };
      await eventually(async () => (await send(page, '', guess, tight)).status === 429);
      await ask(page, '', 503, { token: alone.tokenOf(alone.admin.id) }, alone);
    }
    await ask(RECENT, '?status=gone', 400, { token: api.tokenOf(api.admin.id) });
  });

  it('agree on what any path may answer', async () => {
    for (const [method, path, code] of [
      ['GET', '/nothing', 'not_found'],
      ['PUT', '/api/v2/calls', 'method_not_allowed'],
      ['POST', '/docs', 'method_not_allowed'],
      ['DELETE', '/', 'method_not_allowed'],
    ] as const) {
      const answer = await api.send(method, path);
      expect(answer.body.code).to.equal(code);
      expect(problemsBy(document.components.schemas.Problem!, answer.body, true)).to.deep.equal([]);
    }
  });

  it('met every operation, in success and in each error that it has besides our own mistakes', () => {
    for (const [name, { responses }] of operations) {
      const met = seen.get(name) ?? new Set();
      const missing = Object.keys(responses).filter((status) => status !== '500' && !met.has(Number(status)));
      expect(missing, name).to.be.an('array').that.is.empty;
    }
  });
});
