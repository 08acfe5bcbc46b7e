import { once } from 'node:events';
import { request } from 'node:http';
import { eventually, someNewCall } from '@dialgate/testing';
import { expect } from 'chai';
import { fieldsOf, keyOf, startApi, type Answer, type Api } from './api.js';

interface Listed {
  readonly call_id: string;
  readonly status: string;
  readonly phone_number: string;
}

describe('the list of calls', () => {
  let api: Api;
  const ids: string[] = [];
  let others: string;

  before(async () => {
    api = await startApi();
    const { id: other } = await api.addUser('operator');
    for (let n = 0; n < 25; n++) {
      const mine = someNewCall({
        userId: api.user.id,
        phoneNumber: `+331000000${String(n).padStart(2, '0')}`,
        destination: {
          context: n % 5 === 0 ? 'sales' : 'outbound-ivr',
          extension: n === 9 ? '-1+2' : 's',
          priority: 1,
        },
        metadata: { order: n % 10, vip: n === 7, name: n === 8 ? '=HYPERLINK("x")' : 'é' },
      });
      await api.tables.database.calls.create(mine);
      ids.unshift(mine.id);
    }
    const foreign = someNewCall({ userId: other, phoneNumber: '+33100000003' });
    await api.tables.database.calls.create(foreign);
    others = foreign.id;
    const over = ids.slice(0, 5);
    await api.tables.sql(
      `UPDATE calls SET status = 'failed', failure_reason = 'invalid_number', dial_sent_at = now(), ended_at = now() WHERE id = ANY($1)`,
      [over],
    );
  });
  after(() => api.stop());

  const get = (query: string, sending = {}): Promise<Answer> => api.send('GET', `/api/v2/calls${query}`, sending);
  const listed = (answer: Answer): string[] => (answer.body.data as Listed[]).map(({ call_id }) => call_id);
  const all = async (query: string): Promise<string[]> => listed(await get(query));

  it('has a user’s own, the newest first, each as its status says it', async () => {
    const answer = await get('');
    expect(answer.status, answer.text).to.equal(200);
    expect(listed(answer)).to.deep.equal(ids);
    expect(answer.body.next_cursor).to.equal(null);
    expect(answer.headers).not.to.have.property('link');
    const [first] = answer.body.data as Listed[];
    // A place in the queue is told of one call alone: it is a question of its own for each.
    const { queue, ...status } = (await api.send('GET', `/api/v2/calls/${ids[0]}`)).body;
    expect(queue).to.equal(null);
    expect(first).to.deep.equal(status);
  });

  it('comes in pages that have each call once, whatever is accepted meanwhile', async () => {
    const seen: string[] = [];
    let next: string | undefined = '/api/v2/calls?limit=4&status=pending&status=failed';
    const accepted: string[] = [];
    while (next !== undefined) {
      const answer: Answer = await api.send('GET', next);
      seen.push(...listed(answer));
      const call = someNewCall({ userId: api.user.id });
      await api.tables.database.calls.create(call);
      accepted.push(call.id);
      const link = String(answer.headers.link ?? '');
      expect(link === '').to.equal(answer.body.next_cursor === null);
      next = /^<([^>]+)>; rel="next"$/.exec(link)?.[1];
    }
    expect(seen).to.deep.equal(ids);
    expect(accepted).to.have.lengthOf(7);
    await api.tables.sql('DELETE FROM calls WHERE id = ANY($1)', [accepted]);
  });

  it('has what its filters say, all of them at once', async () => {
    const numbered = (n: number) => ids[24 - n]!;
    expect(await all('?status=failed')).to.deep.equal(ids.slice(0, 5));
    expect(await all('?failure_reason=invalid_number')).to.deep.equal(ids.slice(0, 5));
    expect(await all('?status=pending')).to.deep.equal(ids.slice(5));
    expect(await all('?phone_number=%2B33100000003')).to.deep.equal([numbered(3)]);
    expect(await all('?phone_number=+33100000003'), 'a plus that became a space').to.deep.equal([numbered(3)]);
    expect(await all('?last_digits=0017')).to.deep.equal([numbered(17)]);
    expect(await all('?context=sales')).to.deep.equal([20, 15, 10, 5, 0].map(numbered));
    expect(await all('?metadata.order=4')).to.deep.equal([24, 14, 4].map(numbered));
    expect(await all('?metadata.order=4&status=pending')).to.deep.equal([14, 4].map(numbered));
    expect(await all('?metadata.vip=true')).to.deep.equal([numbered(7)]);
    expect(await all('?metadata.nobody=knows')).to.deep.equal([]);
    const rows = await api.tables.sql<{ id: string; at: Date }>('SELECT id, created_at AS at FROM calls ORDER BY id');
    const at = rows.find(({ id }) => id === numbered(10))!.at.toISOString();
    const later = rows.filter(({ at: other }) => other.toISOString() >= at).map(({ id }) => id);
    expect(await all(`?created_after=${at}`)).to.have.members(later.filter((id) => id !== others));
    const before = rows.filter(({ at: other }) => other.toISOString() < at).map(({ id }) => id);
    expect(await all(`?created_before=${at}`)).to.have.members(before);
  });

  it('has everybody’s for admins, or those of one user', async () => {
    const token = api.tokenOf(api.admin.id);
    expect(listed(await get('', { token }))).to.have.members([...ids, others]);
    expect(listed(await get(`?user=${api.user.username}`, { token }))).to.deep.equal(ids);
    expect(fieldsOf(await get('?user=nobody-of-that-name', { token }))).to.deep.equal(['query.user']);
    expect(await all(`?user=${api.user.username}`), 'one’s own name').to.deep.equal(ids);
    expect((await get(`?user=${api.admin.username}`)).status).to.equal(403);
  });

  it('shows nobody more for a forged cursor, and none for a wrong scope', async () => {
    const foreign = Buffer.from('ffffffff-ffff-7fff-bfff-ffffffffffff').toString('base64url');
    expect(await all(`?cursor=${foreign}`)).to.deep.equal(ids);
    for (const cursor of ['x', Buffer.from('0'.repeat(36)).toString('base64url'), 'a'.repeat(48)]) {
      expect(fieldsOf(await get(`?cursor=${cursor}`)), cursor).to.deep.equal(['query.cursor']);
    }
    const token = await keyOf(api, api.user.username, ['calls:create']);
    expect((await get('', { token })).status).to.equal(403);
  });

  it('names what is wrong with a query', async () => {
    const wrong = '?limit=501&status=gone&last_digits=12&created_after=yesterday&colour=red&failure_reason=x';
    const fields = ['limit', 'status', 'last_digits', 'created_after', 'colour', 'failure_reason'];
    expect([...new Set(fieldsOf(await get(wrong)))]).to.have.members(fields.map((field) => `query.${field}`));
    const many = Array.from({ length: 6 }, (_, n) => `metadata.k${n}=1`).join('&');
    expect((await get(`?${many}`)).status).to.equal(400);
  });

  it('comes as one file, whatever a page holds, with nothing that a spreadsheet would run', async () => {
    const answer = await get('?created_before=2999-01-01T00:00:00Z', { headers: { accept: 'text/csv' } });
    expect(answer.headers['content-type']).to.equal('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).to.equal('attachment; filename="calls.csv"');
    const [head, ...lines] = answer.text.trimEnd().split('\r\n');
    expect(head).to.match(/^call_id,phone_number,status,/);
    expect(lines.map((line) => line.split(',')[0])).to.deep.equal(ids);
    expect(lines[0]).to.include(',+33100000024,failed,');
    expect(lines.some((line) => line.includes('""order"":8'))).to.equal(true);
    expect(lines[15]).to.include(`,outbound-ivr,'-1+2,`);
    expect((await get('?status=busy', { headers: { accept: 'text/csv' } })).text.trimEnd()).to.equal(head);
  });
});

/**
 * Larger than what the kernel buffers of a connection can hold (tcp_rmem and tcp_wmem, 37 MB here):
 * who does not read it holds it up.
 */
describe('a file of many calls', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
    await api.tables.sql(
      `INSERT INTO calls (id, user_id, phone_number, context, extension, priority, ring_timeout_ms, expires_at, next_enqueue_at, metadata)
       SELECT ('019b0c1e-' || lpad(to_hex(n / 4096), 4, '0') || '-7' || lpad(to_hex(n % 4096), 3, '0') || '-8000-000000000000')::uuid,
         $1, '+33100000001', 'c', 's', 1, 1000, now(), now(), jsonb_build_object('note', repeat('x', 4000))
       FROM generate_series(1, 12000) AS n`,
      [api.user.id],
    );
  });
  after(() => api.stop());

  it('is whole', async () => {
    const answer = await api.send('GET', '/api/v2/calls', { headers: { accept: 'text/csv' } });
    const ids = new Set(
      answer.text
        .trimEnd()
        .split('\r\n')
        .slice(1)
        .map((line) => line.slice(0, 36)),
    );
    expect(ids.size).to.equal(12_000);
  });

  it('goes past what one page looks at, for a rare match, too', async () => {
    await api.tables.sql(`UPDATE calls SET context = 'rare' WHERE id = (SELECT min(id::text)::uuid FROM calls)`);
    const first = await api.send('GET', '/api/v2/calls?context=rare');
    expect(first.body.data).to.deep.equal([]);
    expect(first.body.next_cursor).to.be.a('string');
    const second = await api.send('GET', `/api/v2/calls?context=rare&cursor=${String(first.body.next_cursor)}`);
    expect(second.body.data).to.have.lengthOf(1);
    expect(second.body.next_cursor).to.equal(null);
  });

  it('is broken off when its reader has gone, and makes room for others', async () => {
    const readers = Array.from({ length: 4 }, () => {
      const reader = request({
        host: '127.0.0.1',
        port: api.port(),
        path: '/api/v2/calls',
        headers: { accept: 'text/csv', authorization: `Bearer ${api.tokenOf(api.user.id)}` },
      });
      reader.on('error', () => undefined);
      reader.on('response', () => undefined); // Nobody reads it.
      reader.end();
      return reader;
    });
    // Before one who asks takes the place of the last.
    await Promise.all(readers.map((reader) => once(reader, 'response')));
    const headers = { accept: 'text/csv' };
    // An empty file, for this is asked again and again.
    const ask = () => api.send('GET', '/api/v2/calls?phone_number=nobody', { headers });
    await eventually(async () => (await ask()).status === 503);
    for (const reader of readers) reader.destroy();
    await eventually(async () => (await ask()).status === 200);
  });
});

describe('how many calls became what', () => {
  let api: Api;
  before(async () => (api = await startApi()));
  after(() => api.stop());

  it('is told of one’s own, since a time', async () => {
    const { id: other } = await api.addUser('operator');
    const place = async (userId: string, change = ''): Promise<void> => {
      const call = someNewCall({ userId });
      await api.tables.database.calls.create(call);
      if (change !== '') await api.tables.sql(`UPDATE calls SET ${change} WHERE id = $1`, [call.id]);
    };
    const answered = `status = 'completed', dial_sent_at = now(), answered_at = now() - interval '90 s', ended_at = now()`;
    await place(api.user.id);
    await place(api.user.id, answered);
    await place(api.user.id, answered.replace('90', '30'));
    await place(api.user.id, `status = 'failed', failure_reason = 'expired', ended_at = now()`);
    await place(api.user.id, `status = 'busy', dial_sent_at = now(), ended_at = now()`);
    await place(api.user.id, `status = 'ringing', dial_sent_at = now()`);
    await place(other, answered);

    const { body } = await api.send('GET', '/api/v2/calls/stats');
    expect(body).to.deep.include({ total: 6, truncated: false, answer_ratio: 0.6667, average_duration_seconds: 60 });
    expect(body.by_status).to.deep.include({ pending: 1, ringing: 1, completed: 2, busy: 1, failed: 1, canceled: 0 });
    expect(body.by_failure_reason).to.deep.equal({ expired: 1 });
    expect(body.queue).to.include({ waiting: 1 });

    const admin = { token: api.tokenOf(api.admin.id) };
    expect((await api.send('GET', '/api/v2/calls/stats', admin)).body.total).to.equal(7);
    await api.tables.sql(`UPDATE calls SET created_at = now() - interval '2 h'`);
    expect((await api.send('GET', '/api/v2/calls/stats')).body).to.include({ total: 0, answer_ratio: null });
    const since = new Date(Date.now() - 25 * 3_600_000).toISOString();
    expect(fieldsOf(await api.send('GET', `/api/v2/calls/stats?since=${since}`))).to.deep.equal(['query.since']);
  });
});

describe('the timeline of a call', () => {
  let api: Api;
  before(async () => (api = await startApi()));
  after(() => api.stop());

  it('has every entry in order, with its end the moment the call is over', async () => {
    const { body } = await api.send('POST', '/api/v2/interaction/+33100000001');
    const callId = String(body.call_id);
    const get = (query = '', sending = {}) => api.send('GET', `/api/v2/calls/${callId}/events${query}`, sending);
    const [created] = (await get()).body.data as Record<string, unknown>[];
    expect(created).to.include({ event: 'created', status: 'pending', source: 'api', asterisk_at: null });
    await api.tables.sql(
      `INSERT INTO call_events (call_id, event, source, asterisk_at, detail)
       SELECT $1, 'entry-' || n, 'asterisk', now(), '{"attempt": 1, "asterisk": "no such endpoint"}' FROM generate_series(1, 9) AS n`,
      [callId],
    );
    await api.send('DELETE', `/api/v2/calls/${callId}`);
    const whole = (await get()).body.data as { id: string; event: string; status: string | null; at: string }[];
    expect(whole.map(({ event }) => event).slice(1, 10)).to.deep.equal(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `entry-${n}`),
    );
    expect(whole.at(-1)).to.include({ status: 'canceled' });
    const { body: status } = await api.send('GET', `/api/v2/calls/${callId}`);
    expect(whole.at(-1)?.at).to.equal(status.ended_at);

    const paged: unknown[] = [];
    let cursor: string | null = '0';
    while (cursor !== null) {
      const page: Record<string, unknown> = (await get(`?limit=4&cursor=${cursor}`)).body;
      paged.push(...(page.data as unknown[]));
      cursor = page.next_cursor as string | null;
    }
    expect(paged).to.deep.equal(whole);
    const { id: stranger } = await api.addUser('operator');
    expect((await get('', { token: api.tokenOf(stranger) })).status).to.equal(404);
    const forAdmins = (await get('', { token: api.tokenOf(api.admin.id) })).body.data as { detail: object }[];
    expect(whole[1]).to.deep.include({ detail: { attempt: 1 } });
    expect(forAdmins[1]).to.deep.include({ detail: { attempt: 1, asterisk: 'no such endpoint' } });
    expect(fieldsOf(await get('?limit=0&cursor=x'))).to.deep.equal(['query.limit', 'query.cursor']);
  });
});
