import { eventually, someNewCall, someObservation } from '@dialgate/testing';
import { expect } from 'chai';
import pg from 'pg';
import { createTokens } from '../src/auth/tokens.js';
import { signingKey } from '../src/auth/secret-key.js';
import { fieldsOf, keyOf, SECRET_KEY, startApi, type Api } from './api.js';
import { openStream, type OpenedStream } from './stream-client.js';

const ENTRY = `INSERT INTO call_events (call_id, event, source) VALUES ($1, $2, 'worker')`;
const ALL = '/api/v2/stream';

describe('live streams', () => {
  let api: Api;
  let beside: Api;
  const opened: OpenedStream[] = [];
  before(async () => {
    api = await startApi();
    beside = await startApi({}, { beside: api });
  });
  afterEach(() => {
    for (const stream of opened.splice(0)) stream.cut();
  });
  after(async () => {
    await beside.stop();
    await api.stop();
  });

  async function open(path: string, sending: { token?: string; at?: Api; after?: string } = {}): Promise<OpenedStream> {
    const { token = api.tokenOf(api.user.id), at = api, after } = sending;
    const stream = await openStream(at.port(), path, {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(after === undefined ? {} : { 'last-event-id': after }),
    });
    opened.push(stream);
    return stream;
  }

  const callStream = (callId: string): string => `/api/v2/calls/${callId}/stream`;

  async function newCall(userId = api.user.id): Promise<string> {
    const call = someNewCall({ userId });
    await api.tables.database.calls.create(call);
    return call.id;
  }

  const note = (callId: string, event: string): Promise<unknown> => api.tables.sql(ENTRY, [callId, event]);
  const cancel = (callId: string): Promise<unknown> =>
    api.send('DELETE', `/api/v2/calls/${callId}`, {
      token: api.tokenOf(api.admin.id),
    });
  const eventsOf = (stream: OpenedStream): string[] => stream.entries.map(({ event }) => event);

  it('of a call has its timeline from the beginning, what comes, and an end', async () => {
    const callId = await newCall();
    const stream = await open(callStream(callId));
    expect(stream.headers).to.include({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    await eventually(() => stream.entries.length === 1);
    await note(callId, 'one');
    await note(callId, 'two');
    const results = { AMDSTATUS: 'HUMAN', DG_RESULT: '1' };
    await api.tables.database.calls.note(someObservation(callId, 'result', { detail: { results } }));
    await eventually(() => stream.entries.length === 4);
    expect(stream.entries[3]).to.deep.include({ event: 'result', detail: { results } });
    await cancel(callId);
    await eventually(() => stream.isOver());
    expect(eventsOf(stream)).to.deep.equal(['created', 'one', 'two', 'result', 'cancel_requested']);
    expect(stream.reason()).to.equal('call_ended');
    const { body } = await api.send('GET', `/api/v2/calls/${callId}/events`);
    expect(stream.entries.map(({ call_id: of, ...entry }) => [of, entry])).to.deep.equal(
      (body.data as unknown[]).map((entry) => [callId, entry]),
    );
    expect((await open(callStream(callId), { after: stream.lastEventId() })).status).to.equal(204);
  });

  it('of a call that is over has all of it, also what came behind its end', async () => {
    const callId = await newCall();
    await cancel(callId);
    await note(callId, 'late');
    const stream = await open(callStream(callId));
    await eventually(() => stream.isOver());
    expect(eventsOf(stream)).to.deep.equal(['created', 'cancel_requested', 'late']);
    const rest = await open(callStream(callId), { after: stream.entries[1]!.id });
    await eventually(() => rest.isOver());
    expect(eventsOf(rest)).to.deep.equal(['late']);
    expect(rest.reason()).to.equal('call_ended');
  });

  it('of a user has what happens to their calls from now on, in the same order on every instance', async () => {
    const [mine, theirs] = [await newCall(), await newCall((await api.addUser('operator')).id)];
    const [here, there] = [await open(ALL), await open(ALL, { at: beside })];
    const everything = await open(ALL, { token: api.tokenOf(api.admin.id) });
    const ofOne = await open(`${ALL}?user=${api.user.username}`, { token: api.tokenOf(api.admin.id) });
    await note(theirs, 'theirs');
    await note(mine, 'mine');
    await eventually(() => [here, there, everything, ofOne].every((stream) => eventsOf(stream).includes('mine')));
    for (const stream of [here, there, ofOne]) expect(eventsOf(stream)).to.deep.equal(['mine']);
    expect(eventsOf(everything)).to.deep.equal(['theirs', 'mine']);
    expect((await open(`${ALL}?user=${api.admin.username}`)).status).to.equal(403);
  });

  it('has what is written at once, on whichever instance, though nobody looks by themselves', async () => {
    const never = { lookEveryMs: 2 ** 31 - 1 };
    const woken = await startApi({}, { beside: api, ...never });
    try {
      const callId = await newCall();
      const stream = await open(ALL, { at: woken });
      const ofCall = await open(callStream(callId), { at: woken });
      await cancel(callId);
      await eventually(() => eventsOf(stream).includes('cancel_requested') && ofCall.isOver());
    } finally {
      await woken.stop();
    }
  });

  it('goes on behind the last id, without a gap and without repeating anything, also elsewhere', async () => {
    const callId = await newCall();
    const first = await open(ALL);
    await note(callId, 'one');
    await eventually(() => first.entries.length === 1);
    first.cut();
    for (const event of ['two', 'three', 'four']) await note(callId, event);
    const second = await open(ALL, { at: beside, after: first.lastEventId() });
    await note(callId, 'five');
    await eventually(() => second.entries.length >= 4);
    expect(eventsOf(second)).to.deep.equal(['two', 'three', 'four', 'five']);
    const third = await open(`${ALL}?last_event_id=${second.entries[1]!.id}`);
    await eventually(() => third.entries.length >= 2);
    expect(eventsOf(third)).to.deep.equal(['four', 'five']);
    const wrong = await api.send('GET', ALL, { headers: { 'last-event-id': 'x' } });
    expect(fieldsOf(wrong)).to.deep.equal(['header.last-event-id']);
    const future = await api.send('GET', ALL, { headers: { 'last-event-id': '999999999999' } });
    expect(fieldsOf(future)).to.deep.equal(['header.last-event-id']);
  });

  it('has an entry whose writer committed late, in its place', async () => {
    const callId = await newCall();
    const streams = [await open(ALL), await open(callStream(callId))];
    const slow = new pg.Client({ connectionString: api.tables.ownerUrl });
    await slow.connect();
    await slow.query('BEGIN');
    await slow.query(ENTRY, [callId, 'slow']);
    await note(callId, 'quick');
    // This waits as well, for a second, and then leaves it out.
    const { body } = await api.send('GET', `/api/v2/calls/${callId}/events`);
    expect((body.data as unknown[]).length).to.equal(1);
    for (const stream of streams) expect(eventsOf(stream)).not.to.include('quick');
    await slow.query('COMMIT');
    await slow.end();
    for (const stream of streams) {
      await eventually(() => eventsOf(stream).includes('quick'));
      expect(eventsOf(stream).slice(-2)).to.deep.equal(['slow', 'quick']);
    }
  });

  it('shows Asterisk’s own words to admins only, and nobody the calls of others', async () => {
    const callId = await newCall();
    await api.tables.database.calls.note(
      someObservation(callId, 'dial_ended', { detail: { attempt: 1, asterisk: 'no such endpoint' } }),
    );
    const [own, forAdmin] = [
      await open(callStream(callId)),
      await open(callStream(callId), { token: api.tokenOf(api.admin.id) }),
    ];
    await eventually(() => own.entries.length === 2 && forAdmin.entries.length === 2);
    expect(own.entries[1]!.detail).to.deep.equal({ attempt: 1 });
    expect(forAdmin.entries[1]!.detail).to.deep.equal({ attempt: 1, asterisk: 'no such endpoint' });
    const { id } = await api.addUser('operator');
    expect((await open(callStream(callId), { token: api.tokenOf(id) })).status).to.equal(404);
    const key = await keyOf(api, api.user.username, ['calls:create']);
    expect((await open(callStream(callId), { token: key })).status).to.equal(403);
    expect((await open(callStream(callId), { token: '' })).status).to.equal(401);
  });

  it('ends with a logout, a switched-off user and a revoked key, and says that there is no more', async () => {
    const { username } = await api.addUser('operator');
    const token = await api.logIn(username);
    const key = await keyOf(api, username, ['calls:read']);
    const [byToken, byKey] = [await open(ALL, { token }), await open(ALL, { token: key })];
    const other = await open(ALL, { token: await api.logIn(username) });
    await api.send('POST', '/api/v2/logout', { token });
    await eventually(() => byToken.isOver());
    await api.tables.database.keys.revoke({ prefix: key.split('_')[1]! });
    await eventually(() => byKey.isOver());
    expect(other.isOver()).to.equal(false);
    await api.tables.database.users.disable(username);
    await eventually(() => other.isOver());
    for (const stream of [byToken, byKey, other]) expect(stream.reason()).to.equal('access_ended');
  });

  it('ends when its token expires', async () => {
    const tokens = createTokens({ key: signingKey(SECRET_KEY), expiresInSeconds: 5 });
    const stream = await open(ALL, { token: tokens.issue({ id: api.user.id, tokenVersion: 0 }) });
    await eventually(() => stream.isOver());
    expect(stream.reason()).to.equal('access_ended');
  });

  it('opens with a ticket, once, at any instance, and ends with what the ticket was made with', async () => {
    const { username, id } = await api.addUser('operator');
    const token = await api.logIn(username);
    const callId = await newCall(id);
    const issue = async (): Promise<string> => {
      const { status, body } = await api.send('POST', '/api/v2/stream/tickets', { token });
      expect(status).to.equal(201);
      expect(body.expires_in).to.equal(30);
      return String(body.ticket);
    };
    const ticket = await issue();
    const [kept] = await api.tables.sql<{ hash: string }>('SELECT * FROM stream_tickets');
    expect(JSON.stringify(kept)).not.to.include(ticket);
    const path = `${callStream(callId)}?ticket=${ticket}`;
    const stream = await open(path, { at: beside, token: '' });
    await eventually(() => eventsOf(stream).includes('created'));
    expect((await open(path, { token: '' })).status).to.equal(401);
    const old = await issue();
    await api.tables.sql(`UPDATE stream_tickets SET expires_at = now() - interval '1 s'`);
    expect((await open(`${ALL}?ticket=${old}`, { token: '' })).status).to.equal(401);
    expect(api.logged() + beside.logged()).not.to.include(ticket);
    await api.send('POST', '/api/v2/logout', { token });
    await eventually(() => stream.isOver());
    expect(stream.reason()).to.equal('access_ended');
  });

  it('is refused beyond what a user may have open, and let in again', async () => {
    const { id } = await api.addUser('operator');
    const token = api.tokenOf(id);
    const third = await startApi({ USER_MAX_STREAMS: '2' }, { beside: api });
    const streams = [await open(ALL, { token, at: third }), await open(ALL, { token, at: third })];
    expect(streams.map(({ status }) => status)).to.deep.equal([200, 200]);
    const refused = await third.send('GET', ALL, { token });
    expect([refused.status, refused.headers['retry-after']]).to.deep.equal([429, '10']);
    expect((await open(ALL, { at: third })).status, 'of others').to.equal(200);
    streams[0]?.cut();
    await eventually(async () => (await open(ALL, { token, at: third })).status === 200);
    await third.stop();
  });

  it('is sent away, to come back, when its instance stops', async () => {
    const third = await startApi({ MAX_STREAMS: '2' }, { beside: api });
    const callId = await newCall();
    const streams = [await open(callStream(callId), { at: third }), await open(ALL, { at: third })];
    expect((await third.send('GET', ALL)).status).to.equal(503);
    await third.stop();
    for (const stream of streams) {
      await eventually(() => stream.isOver());
      expect(stream.reason()).to.equal(null);
      expect(stream.retry()).to.be.within(1_000, 3_000);
    }
  });

  it('holds no more than a page for a client that does not read, which misses nothing', async () => {
    const callId = await newCall();
    const stream = await open(callStream(callId));
    await eventually(() => stream.entries.length === 1);
    stream.response.pause();
    const detail = JSON.stringify({ text: 'x'.repeat(2_000) });
    for (let n = 0; n < 6; n += 1) {
      await api.tables.sql(
        `INSERT INTO call_events (call_id, event, source, detail) SELECT $1, 'n' || n, 'worker', $2 FROM generate_series($3::int, $3 + 999) AS n`,
        [callId, detail, n * 1_000],
      );
    }
    await note(callId, 'last');
    stream.response.resume();
    await eventually(() => eventsOf(stream).includes('last'));
    expect(eventsOf(stream).slice(1)).to.deep.equal([...Array.from({ length: 6_000 }, (_, n) => `n${n}`), 'last']);
  });
});
