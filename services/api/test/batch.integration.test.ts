import { randomUUID } from 'node:crypto';
import { eventually, windowThatIsClosed } from '@dialgate/testing';
import { expect } from 'chai';
import { fieldsOf, NOWHERE, startApi, type Answer, type Api } from './api.js';

interface Result {
  readonly status: number;
  readonly call: { readonly call_id: string } | null;
  readonly replayed: boolean;
  readonly problem: { readonly code: string; readonly errors?: readonly { readonly field: string }[] } | null;
  readonly retry_after: number | null;
}

const numbered = (n: number): string => `+331${String(n).padStart(8, '0')}`;
const resultsOf = ({ body }: Answer): Result[] => body.results as Result[];

describe('asking for many calls at once', () => {
  let api: Api;
  before(async () => (api = await startApi({ ALLOWED_CONTEXTS: 'outbound-ivr' })));
  after(() => api.stop());

  const send = (calls: unknown[], at = api): Promise<Answer> =>
    at.send('POST', '/api/v2/calls/batch', { json: { calls } });
  const rows = async (): Promise<number> =>
    Number((await api.tables.sql<{ n: string }>('SELECT count(*) AS n FROM calls'))[0]?.n);

  it('accepts a thousand, each with its row, in the order of the request', async () => {
    const before = await rows();
    const answer = await send(
      Array.from({ length: 1_000 }, (_, n) => ({ phone_number: numbered(n), metadata: { n } })),
    );
    expect(answer.status, answer.text.slice(0, 500)).to.equal(200);
    expect(answer.body).to.include({ accepted: 1_000, refused: 0 });
    expect(await rows()).to.equal(before + 1_000);
    const written = await api.tables.sql<{ id: string; n: number }>(
      `SELECT id, (metadata->>'n')::int AS n FROM calls WHERE metadata ? 'n' ORDER BY n`,
    );
    expect(resultsOf(answer).map(({ call }) => call?.call_id)).to.deep.equal(written.map(({ id }) => id));
  });

  it('refuses what is wrong with one, by its place, and takes the others', async () => {
    const good = { phone_number: numbered(1) };
    const answer = await send([
      good,
      { phone_number: '112' },
      { ...good, timeout: 1 },
      { ...good, context: 'x' },
      {},
      good,
    ]);
    expect(answer.body).to.include({ accepted: 2, refused: 4 });
    const told = resultsOf(answer).map(({ status, problem }) => [status, problem?.code, problem?.errors?.[0]?.field]);
    expect(told).to.deep.equal([
      [202, undefined, undefined],
      [422, 'emergency_number', 'body.calls.1.phone_number'],
      [400, 'invalid_request', 'body.calls.2.timeout'],
      [422, 'context_not_allowed', 'body.calls.3.context'],
      [400, 'invalid_request', 'body.calls.4.phone_number'],
      [202, undefined, undefined],
    ]);
  });

  it('is answered the same again under the same keys, alone or in a batch', async () => {
    const keyed = { phone_number: numbered(2), idempotency_key: randomUUID() };
    const before = await rows();
    const [first] = resultsOf(await send([keyed]));
    const [again, other] = resultsOf(await send([keyed, { ...keyed, timeout: 5_000 }]));
    expect(again).to.deep.equal({ ...first, replayed: true });
    expect(other).to.deep.include({ status: 409 }).and.have.nested.property('problem.code', 'idempotency_key_in_use');
    expect(resultsOf(await send([{ ...keyed, timeout: 5_000 }]))[0]?.problem?.code).to.equal('idempotency_key_reused');
    const { phone_number, idempotency_key } = keyed;
    const headers = { 'idempotency-key': idempotency_key };
    const alone = await api.send('POST', '/api/v2/calls', { json: { phone_number }, headers });
    expect(alone.body).to.deep.equal(first?.call);
    expect(await rows()).to.equal(before + 1);
  });

  it('needs a list of calls, and not too long a one', async () => {
    for (const json of [{}, { calls: [] }, { calls: 'all' }, { calls: [1] }, { calls: Array(1_001).fill({}) }]) {
      const answer = await api.send('POST', '/api/v2/calls/batch', { json });
      expect(answer.status).to.equal(400);
      expect(fieldsOf(answer)[0]).to.match(/^body\.calls/);
    }
  });

  it('counts each call for every limit, and tells when to come back', async () => {
    const limited = await startApi({ RATE_LIMIT_REQUESTS: '5', USER_MAX_CALLS_PER_MINUTE: '3' });
    try {
      const answer = await send(
        Array.from({ length: 7 }, (_, n) => ({ phone_number: numbered(n) })),
        limited,
      );
      const codes = resultsOf(answer).map(({ problem }) => problem?.code ?? 'accepted');
      const perMinute = 'user_calls_per_minute';
      expect(codes.filter((code) => code === 'accepted').length).to.equal(3);
      expect(codes.filter((code) => code === perMinute).length).to.equal(2);
      expect(codes.slice(5)).to.deep.equal(['too_many_requests', 'too_many_requests']);
      for (const { status, retry_after } of resultsOf(answer)) {
        if (status === 429) expect(retry_after).to.be.within(1, 60);
      }
      const refusals = () =>
        limited.tables.sql(`SELECT detail FROM audit_entries WHERE event = 'call_refused' ORDER BY id`);
      await eventually(async () => (await refusals()).length > 0);
      expect(JSON.stringify(await refusals())).to.include(perMinute);
    } finally {
      await limited.stop();
    }
  });

  it('is turned away as a whole while PostgreSQL is away', async () => {
    const alone = await startApi({ DATABASE_URL: `postgresql://x@${NOWHERE}/x` });
    try {
      const answer = await send([{ phone_number: numbered(1) }, { phone_number: numbered(2) }], alone);
      expect(answer.status).to.equal(503);
      expect(answer.headers).to.have.property('retry-after');
    } finally {
      await alone.stop();
    }
  });
});

describe('asking whether a call would be accepted', () => {
  let api: Api;
  before(async () => (api = await startApi({ USER_MAX_CALLS_PER_MINUTE: '1' })));
  after(() => api.stop());

  const check = (json: object, at = api): Promise<Answer> => at.send('POST', '/api/v2/calls/check', { json });

  it('tells how the number is read, and writes nothing', async () => {
    const { status, body } = await check({ phone_number: '+33100000001' });
    expect(status).to.equal(200);
    expect(body).to.deep.equal({
      acceptable: true,
      phone_number: '+33100000001',
      number: '+33100000001',
      country: 'FR',
      not_before: null,
      status: 202,
      problem: null,
      retry_after: null,
    });
    expect(await api.tables.sql('SELECT id FROM calls')).to.deep.equal([]);
    expect(await api.tables.sql('SELECT nth FROM accepted_calls')).to.deep.equal([]);
  });

  it('tells what is in the way: the policy, or a limit', async () => {
    expect((await check({ phone_number: '112' })).body).to.deep.include({
      acceptable: false,
      status: 422,
      number: null,
    });
    expect((await check({ phone_number: '112' })).body).to.have.nested.property('problem.code', 'emergency_number');
    expect((await api.send('POST', '/api/v2/interaction/+33100000009')).status).to.equal(202);
    const { body } = await check({ phone_number: '+33100000001' });
    expect(body).to.deep.include({ acceptable: false, status: 429 });
    expect(body).to.have.nested.property('problem.code', 'user_calls_per_minute');
    expect(body.retry_after).to.be.within(1, 60);
    expect((await check({ phone_number: 'nonsense' })).status).to.equal(400);
  });

  it('tells nobody who is on the do-not-call list', async () => {
    const number = '+33100000077';
    const tables = await startApi();
    try {
      const { doNotCall } = tables.tables.database;
      await doNotCall.add([{ number, reason: null, addedAt: null, source: 'test' }]);
      expect((await check({ phone_number: number }, tables)).body).to.include({ acceptable: true });
      const called = await tables.send('POST', `/api/v2/interaction/${number}`);
      expect(called.body.code).to.equal('do_not_call');
    } finally {
      await tables.stop();
    }
  });
});

describe('a call that is ordered for later', () => {
  let api: Api;
  before(async () => (api = await startApi()));
  after(() => api.stop());

  it('is accepted, waits, and is queued by nobody but the sweep', async () => {
    const not_before = new Date(Date.now() + 3_600_000).toISOString();
    const answer = await api.send('POST', '/api/v2/interaction/+33100000001', { json: { not_before, expires_in: 60 } });
    expect(answer.status, answer.text).to.equal(202);
    const status = await api.send('GET', String(answer.headers.location));
    expect(status.body).to.include({ status: 'pending', not_before, calling_window: null });
    const [row] = await api.tables.sql<{ next: Date; expires: Date }>(
      `SELECT next_enqueue_at AS next, expires_at AS expires FROM calls WHERE id = $1`,
      [status.body.call_id],
    );
    expect(row?.next.toISOString()).to.equal(not_before);
    expect(row?.expires.getTime()).to.equal(Date.parse(not_before) + 60_000);
    const canceled = await api.send('DELETE', `/api/v2/calls/${String(status.body.call_id)}`);
    expect(canceled.body).to.include({ status: 'canceled' });
  });

  it('waits for its hours where those of the installation let it', async () => {
    const { settings, number } = windowThatIsClosed();
    const closed = await startApi(settings);
    try {
      const refused = await closed.send('POST', `/api/v2/interaction/${number}`);
      expect(refused.body.code).to.equal('outside_calling_window');
      const json = { calling_window: { spans: ['00:00-24:00'] } };
      const accepted = await closed.send('POST', `/api/v2/interaction/${number}`, { json });
      expect(accepted.status, accepted.text).to.equal(202);
      const { body } = await closed.send('GET', String(accepted.headers.location));
      expect(body.calling_window).to.deep.equal({ spans: ['00:00-24:00'], time_zones: ['Africa/Abidjan'] });
      const opensAt = settings.CALLING_WINDOW!.slice(0, 5);
      expect(String(body.not_before)).to.include(`T${opensAt}:00.000Z`);
      const check = await closed.send('POST', '/api/v2/calls/check', { json: { ...json, phone_number: number } });
      expect(check.body).to.include({ acceptable: true, not_before: body.not_before });
    } finally {
      await closed.stop();
    }
  });

  it('is refused by name where it says no time, or one that never comes', async () => {
    for (const [json, field] of [
      [{ not_before: 'tomorrow' }, 'body.not_before'],
      [{ not_before: new Date(Date.now() + 31 * 86_400_000).toISOString() }, 'body.not_before'],
      [{ calling_window: { spans: ['21:00-08:00'] } }, 'body.calling_window.spans.0'],
      [{ calling_window: { spans: ['08:00-21:00'], time_zone: 'Mars/Olympus' } }, 'body.calling_window.time_zone'],
    ] as const) {
      const answer = await api.send('POST', '/api/v2/interaction/+33100000001', { json });
      expect(answer.status).to.equal(400);
      expect(fieldsOf(answer)).to.deep.equal([field]);
    }
  });
});
