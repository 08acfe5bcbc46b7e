import { openDatabase } from '@dialgate/database';
import { API_PROGRAM, eventually, OPEN_LIMITS, runProgram } from '@dialgate/testing';
import { expect } from 'chai';
import pg from 'pg';
import { fieldsOf, SECRET_KEY, startApi, type Answer, type Api } from './api.js';
import { expectAsDescribed } from './described.js';

const RETRY = { max: 2, on: ['busy', 'no_answer'], after: 60 };

interface OrderView {
  state: string;
  result: string | null;
  end: string | null;
  refusal: string | null;
  calls: string[];
  next_try_at: string | null;
}

describe('orders to be called again', () => {
  let api: Api;
  afterEach(() => api.stop());

  /** @returns the call's id. */
  async function order(more: object = {}, retry: object = RETRY): Promise<string> {
    const answer = await api.send('POST', '/api/v2/calls', { json: { phone_number: '+33612345678', retry, ...more } });
    expect(answer.status, answer.text).to.equal(202);
    return String(answer.body.call_id);
  }

  async function shown(id: string): Promise<Answer['body'] & { order: OrderView }> {
    const answer = await api.send('GET', `/api/v2/calls/${id}`);
    expectAsDescribed('get /api/v2/calls/{call_id}', answer);
    return answer.body as Answer['body'] & { order: OrderView };
  }

  /** The call was over an hour ago: what comes after it is due. */
  async function over(id: string, status = 'busy', agoSeconds = 3_600): Promise<void> {
    await api.tables.sql(
      `UPDATE calls SET status = $2::call_status, dial_sent_at = now(), answered_at = CASE WHEN $2 = 'completed' THEN now() END,
         ended_at = now() - $3 * interval '1 s' WHERE id = $1`,
      [id, status, agoSeconds],
    );
  }

  /** What was postponed, or taken by a process that is gone, is looked at again now. */
  const lookAgain = () => {
    const LOOK = `UPDATE calls SET order_look_at = now() WHERE order_look_at IS NOT NULL AND ended_at IS NOT NULL`;
    return eventually(async () => Array.isArray(await api.tables.sql(LOOK))); // It may be the victim of a deadlock.
  };

  const callsOf = (id: string, count: number) =>
    eventually(async () => {
      const { order } = await shown(id);
      return order.calls.length === count ? order.calls : null;
    });

  const finished = (id: string) =>
    eventually(async () => {
      const { order } = await shown(id);
      return order.state === 'finished' ? order : null;
    });

  const timeline = async (id: string) => {
    const { body } = await api.send('GET', `/api/v2/calls/${id}/events`);
    return body.data as { event: string; detail: Record<string, unknown> }[];
  };

  it('have a call made again when it was over as ordered, all linked to the first, with one result', async () => {
    api = await startApi({}, { sweepMs: 50 });
    const more = { context: 'outbound-ivr', variables: { DG_A: '1' }, metadata: { order: 4711 }, timeout: 20_000 };
    const first = await order({ ...more, caller_id: '"Me" <+33199999999>' });
    expect(await shown(first)).to.include({ attempt_of: null, try_number: 1 });
    expect((await shown(first)).order).to.include({ state: 'open', result: null, end: null, next_try_at: null });

    await over(first);
    const [, second = ''] = await callsOf(first, 2);
    const again = await shown(second);
    expect(again).to.deep.include({ attempt_of: first, try_number: 2, status: 'pending', metadata: { order: 4711 } });
    expect(again).to.include({ phone_number: '+33612345678', caller_id: '"Me" <+33199999999>' });
    const [row] = await api.tables.sql<{ variables: object; ring_timeout_ms: number }>(
      `SELECT variables, ring_timeout_ms FROM calls WHERE id = '${second}'`,
    );
    expect(row).to.deep.equal({ variables: { DG_A: '1' }, ring_timeout_ms: 20_000 });
    expect((await timeline(first)).at(-1)).to.deep.include({
      event: 'retry_made',
      detail: { try: 2, call_id: second },
    });
    expect((await timeline(second))[0]).to.deep.include({ event: 'created', detail: { attempt_of: first, try: 2 } });

    await over(second, 'completed');
    const result = { state: 'finished', result: 'completed', end: 'answered', refusal: null };
    expect(await finished(first)).to.deep.include({ ...result, calls: [first, second] });
    expect((await shown(second)).order).to.deep.include(result);
    expect((await timeline(second)).at(-1)).to.deep.include({
      event: 'order_finished',
      detail: { result: 'completed', end: 'answered', calls: 2 },
    });
  });

  it('end when as many calls were made as were ordered, or one ended otherwise', async () => {
    api = await startApi({}, { sweepMs: 50 });
    const first = await order({}, { ...RETRY, max: 1 });
    await over(first);
    const [, second = ''] = await callsOf(first, 2);
    await over(second, 'no_answer');
    expect(await finished(first)).to.include({ result: 'no_answer', end: 'exhausted' });

    const other = await order({}, { ...RETRY, on: ['unreachable'] });
    await over(other, 'no_answer');
    expect(await finished(other)).to.include({ result: 'no_answer', end: 'not_retried' });
  });

  it('wait so long after the end of a call, and say until when', async () => {
    api = await startApi({}, { sweepMs: 50 });
    const first = await order({}, { ...RETRY, after: 3_600 });
    await over(first, 'busy', 0);
    const { order: waiting, ended_at } = await eventually(async () => {
      const body = await shown(first);
      return body.order.next_try_at === null ? null : body;
    });
    expect(Date.parse(waiting.next_try_at ?? '')).to.equal(Date.parse(String(ended_at)) + 3_600_000);
    await lookAgain();
    await eventually(async () => (await api.tables.sql(`SELECT FROM calls WHERE order_look_at > now()`)).length === 1);
    expect((await shown(first)).order.calls).to.deep.equal([first]);
    expect((await timeline(first)).filter(({ event }) => event === 'retry_ordered').length).to.equal(1);
  });

  it('are delayed by a limit, and go on when there is room', async () => {
    api = await startApi({ DESTINATION_MAX_PER_MINUTE: '1' }, { sweepMs: 50 });
    const first = await order();
    await over(first);
    await eventually(async () => (await shown(first)).order.next_try_at !== null);
    expect((await shown(first)).order.calls).to.deep.equal([first]);
    await api.tables.sql(`UPDATE accepted_calls SET at = at - interval '2 min'`);
    await lookAgain();
    await callsOf(first, 2);
    expect(await api.tables.sql(`SELECT FROM accepted_calls`)).to.have.length(2);
  });

  it('end with the refusal when the number may not be called any more', async () => {
    api = await startApi({}, { sweepMs: 50 });
    const first = await order();
    await api.tables.database.doNotCall.add([{ number: '+33612345678', reason: null, addedAt: null, source: 'test' }]);
    await over(first);
    expect(await finished(first)).to.include({ result: 'busy', end: 'refused', refusal: 'do_not_call' });
  });

  it('end while they wait when their user is suspended or switched off', async () => {
    api = await startApi({}, { sweepMs: 50 });
    const [id] = [await order({}, { ...RETRY, after: 3_600 })];
    await over(id, 'busy', 0);
    await eventually(async () => (await shown(id)).order.next_try_at !== null);
    await api.tables.database.users.suspend(api.user.id, 'test');
    expect(await finished(id)).to.include({ result: 'busy', end: 'refused', refusal: 'user_suspended' });
  });

  it('end with any of their calls that is hung up, between two calls, too', async () => {
    api = await startApi({}, { sweepMs: 50 });
    const waiting = await order({}, { ...RETRY, after: 3_600 });
    await over(waiting, 'busy', 0);
    await eventually(async () => (await shown(waiting)).order.next_try_at !== null);
    expect((await api.send('DELETE', `/api/v2/calls/${waiting}`)).status).to.equal(202);
    expect(await finished(waiting)).to.include({ result: 'busy', end: 'canceled' });
    expect((await api.send('DELETE', `/api/v2/calls/${waiting}`)).status).to.equal(409);

    const first = await order();
    await over(first);
    const [, second = ''] = await callsOf(first, 2);
    expect((await api.send('POST', `/api/v2/calls/${first}/hangup`)).status).to.equal(202);
    expect((await shown(second)).status).to.equal('canceled');
    expect(await finished(second)).to.include({ result: 'canceled', end: 'canceled' });
  });

  it('make each call once, however many instances sweep', async () => {
    api = await startApi({}, { sweepMs: 5 });
    const beside = await Promise.all([1, 2].map(() => startApi({}, { sweepMs: 5, beside: api })));
    try {
      const firsts = await Promise.all(Array.from({ length: 25 }, () => order()));
      for (const id of firsts) await over(id);
      // Taken by all at once: what one has taken is due again at once.
      for (let n = 0; n < 20; n++) await lookAgain();
      for (const id of firsts) await callsOf(id, 2);
      await lookAgain();
      const made = await api.tables.sql<{ n: number }>(
        `SELECT count(*)::int AS n FROM calls WHERE order_id IS NOT NULL GROUP BY order_id`,
      );
      expect(made.map(({ n }) => n)).to.deep.equal(firsts.map(() => 2));
      const looked = await api.tables.sql(`SELECT FROM calls WHERE order_try = 1 AND order_look_at IS NOT NULL`);
      expect(looked, 'nobody looks at a call again that another followed').to.have.length(0);
    } finally {
      for (const one of beside) await one.stop();
    }
  });

  it('that are canceled while a call is being made let nothing be called afterwards', async () => {
    api = await startApi({ RATE_LIMIT_REQUESTS: '0' }, { sweepMs: 1 });
    const firsts = await Promise.all(Array.from({ length: 30 }, () => order()));
    await Promise.all(
      firsts.map(async (id) => {
        await over(id);
        // Thirty at once, beside a sweep without a rest, are more than a slow machine answers in time.
        await eventually(async () => (await api.send('DELETE', `/api/v2/calls/${id}`)).status === 202);
      }),
    );
    for (const id of firsts) expect((await finished(id)).end).to.equal('canceled');
    const open = await api.tables.sql(`SELECT FROM calls WHERE ended_at IS NULL`);
    expect(open).to.have.length(0);
  });

  it('are made by another instance when one has died with them taken', async () => {
    api = await startApi({}, { sweepMs: 60_000 });
    const first = await order();
    await over(first);
    const patient = { connectTimeoutMs: 60_000, queryTimeoutMs: 60_000 };
    const dead = openDatabase({ url: api.tables.url, applicationName: 'dead', ...patient });
    expect(await dead.calls.takeDueOrders()).to.have.length(1);
    expect(await dead.calls.takeDueOrders()).to.have.length(0);
    await dead.close();
    const other = await startApi({}, { sweepMs: 50, beside: api });
    try {
      await lookAgain(); // Half a minute later.
      await callsOf(first, 2);
    } finally {
      await other.stop();
    }
  });

  it('keep neither the call nor the link when their statement fails on the way, and both the next time', async () => {
    api = await startApi({ DESTINATION_MAX_PER_MINUTE: '100' }, { sweepMs: 50 });
    await api.tables.sql(`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'broken'; END $$`);
    const first = await order();
    await api.tables.sql(`CREATE TRIGGER broken BEFORE INSERT ON accepted_calls EXECUTE FUNCTION broken()`);
    await over(first);
    await eventually(() => api.logged().includes('retry orders'));
    expect((await shown(first)).order).to.deep.include({ state: 'open', calls: [first] });
    expect((await timeline(first)).map(({ event }) => event)).to.not.include('retry_made');
    await api.tables.sql(`DROP TRIGGER broken ON accepted_calls`);
    await lookAgain();
    const [, second = ''] = await callsOf(first, 2);
    expect(await shown(second)).to.include({ try_number: 2 });
  });

  it('are made once when the process that makes a call is killed on the way', async () => {
    api = await startApi({}, { sweepMs: 60_000 });
    const first = await order();
    await over(first);
    const { url, prefix } = api.redis;
    // The statement waits for this lock. PostgreSQL may carry it out when its process is gone, or may not.
    const release = await holdTimeline();
    const program = runProgram(API_PROGRAM, {
      ...{ DATABASE_URL: api.tables.url, REDIS_URL: url, QUEUE_PREFIX: prefix, SECRET_KEY },
      ...{ HOST: '127.0.0.1', PORT: '0', ...OPEN_LIMITS },
    });
    try {
      const waiting = `SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
        WHERE relation = 'call_events'::regclass AND NOT granted AND datname = current_database()`;
      await eventually(async () => (await api.tables.sql(waiting)).length > 0, 60_000);
    } finally {
      program.child.kill('SIGKILL');
      await program.exitCode;
    }
    await release();
    const other = await startApi({}, { sweepMs: 20, beside: api });
    try {
      await eventually(async () => {
        await lookAgain();
        return (await shown(first)).order.calls.length > 1;
      });
      await over((await shown(first)).order.calls[1] ?? '', 'completed');
      expect(await finished(first)).to.include({ end: 'answered' });
      expect(await api.tables.sql(`SELECT FROM calls`)).to.have.length(2);
    } finally {
      await other.stop();
    }
  });

  /** Nobody writes into the timeline until the function that this returns is called. */
  async function holdTimeline(): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: api.tables.ownerUrl });
    await client.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE call_events IN SHARE MODE');
    return async () => {
      await client.query('ROLLBACK');
      await client.end();
    };
  }

  it('are answered the same under an Idempotency-Key, and come in batches', async () => {
    api = await startApi();
    const send = (retry: object) =>
      api.send('POST', '/api/v2/interaction/+33612345678', {
        json: { retry },
        headers: { 'Idempotency-Key': 'order-1' },
      });
    const [one, two] = [await send(RETRY), await send(RETRY)];
    expect(two.body).to.deep.equal(one.body);
    expect((await send({ ...RETRY, max: 3 })).status).to.equal(422);
    expect(await api.tables.sql(`SELECT FROM call_orders`)).to.have.length(1);

    const calls = [1, 2].map((n) => ({ phone_number: `+3361234560${n}`, retry: RETRY }));
    const { body } = await api.send('POST', '/api/v2/calls/batch', { json: { calls } });
    expect(body.accepted).to.equal(2);
    expect(await api.tables.sql(`SELECT FROM call_orders`)).to.have.length(3);
  });

  it('are refused by their fields when they go beyond their bounds', async () => {
    api = await startApi();
    const fields = async (retry: object) =>
      fieldsOf(await api.send('POST', '/api/v2/interaction/+33612345678', { json: { retry } }));
    expect(await fields({ max: 11, on: ['lost'], after: 59, within: 604_801, more: 1 })).to.have.members(
      ['max', 'on.0', 'after', 'within', 'more'].map((field) => `body.retry.${field}`),
    );
    expect(await fields({})).to.have.members(['max', 'on', 'after'].map((field) => `body.retry.${field}`));
    expect(await fields({ ...RETRY, on: [] })).to.deep.equal(['body.retry.on']);
  });
});
