import { createHash } from 'node:crypto';
import type { NewCall } from '@dialgate/database';
import { FAILURE_REASONS } from '@dialgate/domain';
import { someNewCall } from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';
import { NOWHERE, PASSWORD, startApi, type Answer, type Api } from './api.js';

const PAGE = '/admin/calls';
const CHALLENGE = 'Basic realm="dialgate", charset="UTF-8"';
const MINUTE_MS = 60_000;

const basic = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** A request as browsers make it. */
const look = (api: Api, authorization?: string, method = 'GET'): Promise<Answer> =>
  api.send(method, PAGE, { token: null, headers: authorization === undefined ? {} : { authorization } });

const asAdmin = (api: Api, query = ''): Promise<Answer> =>
  api.send('GET', PAGE + query, { token: api.tokenOf(api.admin.id) });

/** A call as it stood a while after it was accepted. @returns its id. */
async function addCall(
  api: Api,
  minutesAgo: number,
  stands: Readonly<Record<string, string | number | null>> = {},
  call: Partial<NewCall> = {},
): Promise<string> {
  const at = Date.now() - minutesAgo * MINUTE_MS;
  const id = uuidv7({ msecs: at });
  await api.tables.database.calls.create(someNewCall({ userId: api.user.id, id, ...call }));
  const columns = { created_at: new Date(at).toISOString(), ...stands };
  const assignments = Object.keys(columns).map((column, n) => `${column} = $${n + 2}`);
  await api.tables.sql(`UPDATE calls SET ${assignments.join()} WHERE id = $1`, [id, ...Object.values(columns)]);
  return id;
}

const ago = (minutes: number): string => new Date(Date.now() - minutes * MINUTE_MS).toISOString();

/** What a reader sees, in one line. */
const textOf = (markup: string): string =>
  markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

const idsIn = (page: string): string[] =>
  [...page.matchAll(/data-label="Call" class="call">\s*<code>([0-9a-f-]{36})<\/code>/g)].map(([, id]) => id!);

/** The cells of a call, as a reader sees them. */
function cellsOf(page: string, callId: string): Record<string, string> {
  const row = page.split('<tr>').find((one) => one.includes(`<code>${callId}</code>`)) ?? '';
  return Object.fromEntries(
    [...row.matchAll(/<td data-label="(\w+)"[^>]*>(.*?)<\/td>/gs)].map(([, label, cell]) => [label!, textOf(cell!)]),
  );
}

/** How many became what, and what that is said to mean. */
const countsIn = (page: string): string[] =>
  page.split('<tr>').flatMap((row) => (row.includes('<td><a href="?status=') ? [textOf(row.split('</tr>')[0]!)] : []));

describe('the page of recent calls', () => {
  let api: Api;
  let slotId: number;
  before(async () => {
    api = await startApi();
    const taker = { asterisk: 'pbx-1', appPrefix: 'app', owner: uuidv7(), holder: 'test' };
    ({ slotId } = await api.tables.database.slots.acquire(taker));
  });
  after(() => api.stop());
  afterEach(() => api.tables.sql('DELETE FROM calls'));

  const claimed = () => ({ slot_id: slotId, slot_epoch: 1, attempt: 1 });
  const dialed = (status: string, minutes: number) => ({ ...claimed(), status, dial_sent_at: ago(minutes) });
  const over = (status: string, minutes: number) => ({ ...dialed(status, minutes), ended_at: ago(minutes - 1) });

  it('asks everybody for a password, and lets nobody in but admins, who may only look', async () => {
    for (const given of [undefined, 'Basic', 'Bearer garbage', basic(api.admin.username, 'wrong')]) {
      const answer = await look(api, given);
      expect(answer.status, given).to.equal(401);
      expect(answer.headers['www-authenticate']).to.equal(CHALLENGE);
      expect(answer.headers['cache-control']).to.equal('no-store');
    }
    expect((await look(api, `Bearer ${api.tokenOf(api.user.id)}`)).status).to.equal(403);
    expect((await look(api, basic(api.user.username, PASSWORD))).status).to.equal(401);
    for (const given of [`Bearer ${api.tokenOf(api.admin.id)}`, basic(api.admin.username, PASSWORD)]) {
      const answer = await look(api, given);
      expect(answer.status, answer.text).to.equal(200);
      expect(answer.headers['content-type']).to.equal('text/html; charset=utf-8');
      expect(answer.headers['cache-control']).to.equal('no-store');
      for (const method of ['POST', 'PUT', 'DELETE']) {
        const refused = await look(api, given, method);
        expect(refused.status, method).to.equal(405);
        expect(refused.headers.allow).to.equal('GET, HEAD, OPTIONS');
      }
    }
    expect((await look(api, undefined, 'POST')).status).to.equal(401);
  });

  it('has no script and loads nothing, and may not', async () => {
    await addCall(api, 1);
    const { text, headers } = await asAdmin(api);
    expect(text).not.to.match(/<script|<link|\ssrc=|\son\w+=|style="/);
    const style = /<style>(.*?)<\/style>/s.exec(text)![1]!;
    expect(String(headers['content-security-policy']).split(';')).to.have.members([
      "default-src 'none'",
      `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it('says how many wait, are being dialled, ring and are up, of whatever age', async () => {
    expect(textOf((await asAdmin(api)).text)).to.include('0 are due and wait 0 are being dialled 0 ring 0 are up');
    await addCall(api, 130);
    await addCall(api, 2);
    await addCall(api, 1, dialed('dialing', 1));
    await addCall(api, 1, dialed('ringing', 1));
    for (const minutes of [150, 3, 2]) {
      await addCall(api, minutes, { ...dialed('answered', minutes), answered_at: ago(minutes) });
    }
    const text = textOf((await asAdmin(api)).text);
    expect(text).to.include('2 are due and wait , the oldest for 2 h 10 min 1 are being dialled 1 ring 3 are up');
  });

  it('counts what became of the last hour’s calls, each kind with its meaning', async () => {
    for (const minutes of [3, 4]) await addCall(api, minutes, { ...over('failed', minutes), failure_reason: 'media' });
    for (const minutes of [5, 6, 7]) {
      await addCall(api, minutes, { ...over('failed', minutes), failure_reason: 'unreachable' });
    }
    await addCall(api, 8, over('no_answer', 8));
    await addCall(api, 2);
    await addCall(api, 62, { ...over('failed', 62), failure_reason: 'rejected' });
    const { text } = await asAdmin(api);
    expect(countsIn(text)).to.deep.equal([
      'pending 1 accepted, waits to be dialled',
      'no answer 1 final: it rang, and nobody picked up in time',
      `failed 3 unreachable ${FAILURE_REASONS.unreachable}`,
      `failed 2 media ${FAILURE_REASONS.media}`,
    ]);
    expect(textOf(text)).to.include('7 calls were accepted in the last hour.');
  });

  it('shows the last hour’s calls one by one, the newest first, and why they ended', async () => {
    const failed = await addCall(api, 4, {
      ...over('failed', 4),
      ...{ failure_reason: 'unreachable', hangup_cause: 20, sip_status: 480, hangup_by: 'callee', attempt: 3 },
    });
    // 42.3 s: the two moments are not of the same millisecond.
    const talked = await addCall(api, 9, { ...over('completed', 9), answered_at: ago(8.705), hangup_cause: 16 });
    const waits = await addCall(api, 1, {}, { notBefore: new Date(Date.now() + 48 * 60 * MINUTE_MS) });
    await addCall(api, 61, over('busy', 61));
    const { text } = await asAdmin(api);
    expect(idsIn(text)).to.deep.equal([waits, failed, talked]);

    const stored = await api.tables.sql<Record<string, Date>>(
      'SELECT created_at, dial_sent_at, ended_at FROM calls WHERE id = $1',
      [failed],
    );
    const [accepted, dialedAt, ended] = Object.values(stored[0]!).map((at) => at.toISOString());
    const cells = cellsOf(text, failed);
    expect(cells).to.deep.equal({
      Call: `${failed} attempt 3`,
      User: api.user.username,
      Number: '***001',
      Accepted: cells.Accepted!,
      Dialled: cells.Dialled!,
      Ended: cells.Ended!,
      Status: 'failed',
      Why: `unreachable ${FAILURE_REASONS.unreachable} Hangup cause 20: Subscriber absent. SIP 480. The callee hung up.`,
      Where: 'pbx-1 , slot 1',
    });
    for (const [cell, at] of [
      [cells.Accepted, accepted],
      [cells.Dialled, dialedAt],
      [cells.Ended, ended],
    ]) {
      expect(text).to.include(`<time datetime="${at!}" title="${at!}">${cell!}</time>`);
      expect(at!.replace('T', ' ')).to.include(cell);
    }
    expect(cellsOf(text, talked)).to.include({
      Status: 'completed, 42 s',
      Why: 'Hangup cause 16: Normal call clearing.',
    });
    expect(cellsOf(text, waits)).to.include({ Call: waits, Dialled: '', Ended: '', Status: 'pending', Where: '' });
    expect(cellsOf(text, waits).Why).to.match(/^Not before \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \.$/);
  });

  it('shows three digits of a number, whatever the log may show, and nothing else that was sent', async () => {
    const full = await startApi({ LOG_NUMBERS: 'full' }, { beside: api });
    try {
      await addCall(
        api,
        1,
        {},
        {
          phoneNumber: '+33155500123',
          connectTo: '+33155500456',
          callerId: { name: 'Support', number: '+33155500789' },
          variables: { DG_SECRET_CODE: 'sesame' },
          metadata: { note: 'sesame' },
        },
      );
      const { text } = await asAdmin(full);
      expect(text).to.include('>***123<');
      expect(text).not.to.match(/33155500|sesame|456<|789<|Support/);
    } finally {
      await full.stop();
    }
  });

  it('shows as text what somebody else chose', async () => {
    const hostile = `<img src=x onerror="alert(1)">'&amp;`;
    const shown = '&#60;img src=x onerror=&#34;alert(1)&#34;&#62;&#39;&#38;amp;';
    const { id } = await api.addUser('operator');
    await api.tables.sql('UPDATE users SET username = $2 WHERE id = $1', [id, hostile]);
    const slot = { asterisk: hostile, appPrefix: 'app', owner: uuidv7(), holder: 'test' };
    const { slotId: theirs } = await api.tables.database.slots.acquire(slot);
    const reason = '<script>alert(1)</script>';
    await addCall(api, 2, { ...over('failed', 2), failure_reason: reason, slot_id: theirs }, { userId: id });
    const { text } = await asAdmin(api);
    expect(text).not.to.include('<script').and.not.to.include('<img');
    expect(text.split(shown).length - 1, 'as a user and as an Asterisk').to.equal(2);
    expect(text.split('&#60;script&#62;alert(1)&#60;/script&#62;').length - 1, 'counted and listed').to.equal(2);
  });

  it('lists the calls of one status alone: open ones however old they are', async () => {
    const rings = await addCall(api, 1, dialed('ringing', 1));
    const isUp = await addCall(api, 140, { ...dialed('answered', 140), answered_at: ago(140) });
    const busy = await addCall(api, 3, over('busy', 3));
    await addCall(api, 140, over('busy', 140));
    const listed = async (query: string) => idsIn((await asAdmin(api, query)).text);
    expect(await listed('')).to.deep.equal([rings, busy]);
    expect(await listed('?status=answered')).to.deep.equal([isUp]);
    expect(await listed('?status=busy')).to.deep.equal([busy]);
    expect(await listed('?status=failed')).to.deep.equal([]);
    expect((await asAdmin(api, '?status=gone')).body.code).to.equal('invalid_request');
    const { text } = await asAdmin(api, '?status=answered');
    expect(textOf(text)).to.include('Only answered, whenever it was accepted. Show all of the last hour.');
  });

  it('shows the newest 200, and says that there are more', async () => {
    await api.tables.sql(
      `INSERT INTO calls (id, user_id, phone_number, context, extension, priority, ring_timeout_ms, expires_at, next_enqueue_at)
       SELECT ($2 || lpad(n::text, 12, '0'))::uuid, $1, '+33100000001', 'sales', 's', 1, 30000, now() + interval '1 h', now()
       FROM generate_series(1, 201) AS n`,
      [api.user.id, uuidv7().slice(0, 24)],
    );
    const { text } = await asAdmin(api);
    const ids = idsIn(text);
    expect(ids.map((id) => Number(id.slice(24)))).to.deep.equal(Array.from({ length: 200 }, (_, n) => 201 - n));
    expect(text).to.include('There are more than stand here');
    await api.tables.sql('DELETE FROM calls WHERE id = $1', [ids[0]]);
    const rest = (await asAdmin(api)).text;
    expect(idsIn(rest)).to.have.lengthOf(200);
    expect(rest).not.to.include('There are more');
  });

  it('is there without Redis', async () => {
    const alone = await startApi({ REDIS_URL: `redis://${NOWHERE}` }, { beside: api });
    try {
      const id = await addCall(api, 1);
      expect(idsIn((await asAdmin(alone)).text)).to.deep.equal([id]);
      expect((await asAdmin(alone)).status).to.equal(200);
    } finally {
      await alone.stop();
    }
  });
});
