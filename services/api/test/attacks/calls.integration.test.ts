import { randomUUID } from 'node:crypto';
import { depth } from '@dialgate/testing';
import { expect } from 'chai';
import { fieldsOf, keyOf, startApi, type Answer, type Api } from '../api.js';

const CALL = '/api/v2/interaction/+33100000001';

/** What an answer may not be different in for who asks about somebody else's call, and about none. */
const shown = ({ status, body, headers }: Answer) =>
  JSON.stringify({ status, body: { ...body, request_id: '', instance: '' }, headers: Object.keys(headers).sort() });

/**
 * That fifty requests at once under one key make one call, and that a key of another request is refused (S14):
 * `create-call.integration.test.ts`.
 */
describe('reaching for what is somebody else’s', () => {
  let api: Api;
  before(async () => (api = await startApi()));
  after(() => api.stop());

  it('finds no call of another user, in no way and with no difference to calls that are not (S04)', async () => {
    const tries = depth({ quick: 200, deep: 1_000 });
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) {
      ids.push(String((await api.send('POST', CALL, { json: { metadata: { secret: 'sesame' } } })).body.call_id));
    }
    const thief = api.tokenOf((await api.addUser('operator')).id);
    const ways = [
      ['GET', (id: string) => `/api/v2/status/${id}`],
      ['GET', (id: string) => `/api/v2/interaction/${id}/status`],
      ['GET', (id: string) => `/api/v2/calls/${id.toUpperCase()}`],
      ['DELETE', (id: string) => `/api/v2/calls/${id}`],
      ['POST', (id: string) => `/api/v2/calls/${id}/hangup`],
    ] as const;
    const answers = new Set<string>();
    let found = 0;
    for (let i = 0; i < tries; i++) {
      const [method, pathOf] = ways[i % ways.length]!;
      // Every second one is nobody's: the neighbour of an id that exists.
      const id = i % 2 === 0 ? ids[i % ids.length]! : randomUUID();
      const answer = await api.send(method, pathOf(id), {
        token: thief,
        headers: { 'x-user-id': api.user.id, 'x-original-url': `/api/v2/status/${id}` },
      });
      if (answer.status !== 404 || answer.text.includes('sesame')) found += 1;
      answers.add(shown(answer));
    }
    console.log(`      S04: ${found} of ${tries} tries found somebody else's call; goal 0`);
    expect(found).to.equal(0);
    expect(answers.size).to.equal(1);
    const states = await api.tables.sql('SELECT DISTINCT status::text, cancel_requested_at FROM calls');
    expect(states).to.deep.equal([{ status: 'pending', cancel_requested_at: null }]);
  });

  it('finds none by a cursor, a ticket, a filter or an order either (S04)', async () => {
    const json = { metadata: { secret: 'sesame' }, retry: { max: 1, on: ['busy'], after: 60 } };
    const victims = String((await api.send('POST', CALL, { json })).body.call_id);
    const { id, username } = await api.addUser('operator');
    const token = api.tokenOf(id);
    const own = String((await api.send('POST', CALL, { token, json: {} })).body.call_id);
    const seen = async (path: string, by: string | null = token) => {
      const { status, text, body } = await api.send('GET', `/api/v2${path}`, { token: by });
      expect(text, path).not.to.include('sesame');
      return { status, ids: ((body.data ?? []) as { call_id: string }[]).map(({ call_id }) => call_id) };
    };
    // A cursor is a place in a list and no right to it: this one is made of a call of somebody else, the next of none.
    for (const at of [victims, 'ffffffff-ffff-7fff-bfff-ffffffffffff']) {
      const cursor = Buffer.from(at).toString('base64url');
      expect(await seen(`/calls?cursor=${cursor}`)).to.deep.equal({ status: 200, ids: at === victims ? [] : [own] });
    }
    expect((await seen('/calls?metadata.secret=sesame')).ids).to.deep.equal([]);
    for (const path of ['/calls', '/calls/stats', '/stream']) {
      expect((await seen(`${path}?user=${api.user.username}`)).status, path).to.equal(403);
    }
    for (const path of ['/stream?user=' + api.user.username, `/calls/${victims}/stream`]) {
      const { body } = await api.send('POST', '/api/v2/stream/tickets', { token });
      await api.tables.sql(`UPDATE stream_tickets SET expires_at = now() + interval '1 h'`); // However slow the machine.
      const way = `${path}${path.includes('?') ? '&' : '?'}ticket=${String(body.ticket)}`;
      expect((await seen(way, null)).status, path).to.equal(path.startsWith('/stream') ? 403 : 404);
      // A ticket is used up by being refused, too.
      expect((await seen(way, null)).status, path).to.equal(401);
    }
    // What a ticket was made with decides, and where it is shown: this key is good from elsewhere only.
    const key = await keyOf(api, username, ['calls:read'], { allowedFrom: ['192.0.2.0/24'] });
    expect((await api.send('POST', '/api/v2/stream/tickets', { token: key })).status).to.equal(401);
    const creating = await keyOf(api, username, ['calls:create']);
    expect((await api.send('POST', '/api/v2/stream/tickets', { token: creating })).status).to.equal(403);
    // The order of somebody else ends by none of its calls.
    expect((await api.send('DELETE', `/api/v2/calls/${victims}`, { token })).status).to.equal(404);
    const orders = await api.tables.sql('SELECT cancel_requested_at, settled_at FROM call_orders');
    expect(orders).to.deep.equal([{ cancel_requested_at: null, settled_at: null }]);
  });

  it('sets no field that is not a client’s to set, by whatever name (S16)', async () => {
    const [{ count }] = (await api.tables.sql<{ count: string }>('SELECT count(*) FROM calls')) as [{ count: string }];
    const columns = await api.tables.sql<{ column_name: string }>(
      `SELECT column_name FROM information_schema.columns WHERE table_name IN ('calls', 'users')`,
    );
    const names = columns.map(({ column_name }) => column_name);
    // These are fields of a request, too.
    const theirs = [
      'phone_number',
      'variables',
      'metadata',
      'context',
      'extension',
      'priority',
      'caller_id',
      'connect_to',
    ];
    const snake = names.filter((name) => !theirs.includes(name));
    const camel = snake.map((name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
    const fields = [...new Set([...snake, ...camel, 'userId', 'role', 'isAdmin', 'constructor', 'prototype'])];
    expect(fields.length).to.be.greaterThan(40);
    for (const field of fields) {
      const answer = await api.send('POST', CALL, { json: { [field]: 'x' } });
      expect(answer.status, field).to.equal(400);
      expect(fieldsOf(answer)).to.deep.equal([`body.${field}`]);
    }
    for (const query of ['user_id=x', 'status=completed', 'limit=9', '__proto__[role]=admin']) {
      expect((await api.send('GET', `/api/v2/status/${randomUUID()}?${query}`)).status).to.equal(404);
    }
    console.log(`      S16: ${fields.length} fields tried, 0 taken; goal 0`);
    expect((await api.tables.sql('SELECT count(*) FROM calls'))[0]).to.deep.equal({ count });
  });
});
