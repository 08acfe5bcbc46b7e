import { createTestDatabase, createUser, someNewCall, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';
import type { Database, NewCall } from '../src/index.js';
import { openSessions, type Sessions } from './sessions.js';

const RETRY = { max: 2, on: ['busy'], afterSeconds: 60, withinSeconds: 3_600 } as const;

describe('deleting old calls', function () {
  this.timeout(30_000);
  let db: TestDatabase;
  let sessions: Sessions;
  let userId: string;

  beforeEach(async () => {
    db = await createTestDatabase();
    sessions = openSessions(db);
    userId = await createUser(db.database);
  });
  afterEach(async () => {
    await sessions.close();
    await db.drop();
  });

  /** A call that ended so many days ago and was accepted an hour before, or is still open; with its timeline. */
  async function call(endedDaysAgo: number | null, given: Partial<NewCall> = {}): Promise<string> {
    const asked = someNewCall({ userId, ...given });
    await db.database.calls.create(asked);
    await db.sql(
      `UPDATE calls SET created_at = now() - coalesce($2::float8, 90) * interval '1 day' - interval '1 h',
         ended_at = now() - $2 * interval '1 day', dial_sent_at = now() - interval '91 days',
         status = CASE WHEN $2::float8 IS NULL THEN 'dialing' ELSE 'completed' END::call_status WHERE id = $1`,
      [asked.id, endedDaysAgo],
    );
    await db.sql(
      `INSERT INTO call_events (call_id, event, status, source) VALUES ($1, 'hung_up', 'completed', 'worker')`,
      [asked.id],
    );
    return asked.id;
  }

  /** Calls that ended at the same moment, 31 days ago; of every other one the personal data were erased. */
  const someOldCalls = (howMany: number) =>
    db.sql(
      `INSERT INTO calls (id, user_id, phone_number, context, extension, priority, ring_timeout_ms, created_at, expires_at, next_enqueue_at,
         status, ended_at, erased_at)
       SELECT gen_random_uuid(), $1, '+33612345678', 'c', 's', 1, 1000, now() - interval '32 days', now(), now(), 'failed',
         now() - interval '31 days', CASE WHEN n % 2 = 0 THEN now() END
       FROM generate_series(1, $2::int) AS n`,
      [userId, howMany],
    );

  /** Which of these are left, in their places. */
  async function left(...ids: readonly string[]): Promise<boolean[]> {
    const rows = await db.sql<{ id: string }>('SELECT id FROM calls');
    return ids.map((id) => rows.some((row) => row.id === id));
  }
  const countOf = async (table: string): Promise<number> =>
    (await db.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;
  const forget = async (days = 30, by: Database = db.database): Promise<number> =>
    (await by.calls.forgetOldCalls(days, null)).calls;

  it('takes those that ended long enough ago, with their timelines, and no other ones', async () => {
    const [old, young, open] = [await call(31), await call(29), await call(null)];
    expect(await forget()).to.equal(1);
    expect(await left(old, young, open)).to.deep.equal([false, true, true]);
    const entries = await db.sql<{ call_id: string }>('SELECT DISTINCT call_id FROM call_events');
    expect(entries.map((entry) => entry.call_id)).to.have.members([young, open]);
    expect(await db.database.calls.find(old)).to.equal(null);
    expect(await forget()).to.equal(0);
  });

  it('takes those whose personal data were erased before, too', async () => {
    const id = await call(31);
    expect(await db.database.calls.erasePersonalData(7)).to.equal(1);
    expect(await forget()).to.equal(1);
    expect(await left(id)).to.deep.equal([false]);
  });

  it('leaves all of the last two days, whatever it is told', async () => {
    const ids = [await call(1.9), await call(2.1)];
    expect(await forget(0)).to.equal(1);
    expect(await left(...ids)).to.deep.equal([true, false]);
  });

  it('leaves a call as long as a key that is as old, so that no key ever leads nowhere', async () => {
    const asked = { idempotency: { key: 'k', fingerprint: '0'.repeat(64) } };
    const [before, id] = [await call(31.1), await call(31, asked)];
    await db.sql('UPDATE idempotency_keys k SET created_at = c.created_at FROM calls c WHERE c.id = k.call_id');
    expect(await forget()).to.equal(1);
    expect(await left(before, id)).to.deep.equal([false, true]);
    expect(await db.database.calls.create(someNewCall({ userId, ...asked }))).to.include({ outcome: 'replayed', id });
    expect(await db.database.calls.forgetOldKeys(null)).to.equal(1);
    expect(await forget()).to.equal(1);
    expect(await db.database.calls.create(someNewCall({ userId, ...asked }))).to.include({ outcome: 'created' });
  });

  it('drops old keys a portion at a time, however many there are', async () => {
    await db.sql(
      `INSERT INTO idempotency_keys (user_id, key, fingerprint, call_id, created_at)
       SELECT $1::uuid, 'old-' || n, repeat('0', 64), gen_random_uuid(), now() - interval '49 h' FROM generate_series(1, 12000) n`,
      [userId],
    );
    const dropped: number[] = [];
    while (dropped.at(-1) !== 0) dropped.push(await db.database.calls.forgetOldKeys(null));
    expect(dropped).to.deep.equal([5_000, 5_000, 2_000, 0]);
  });

  describe('of an order', () => {
    async function callsOfOrder(): Promise<[string, string]> {
      const first = await call(33, { retry: RETRY });
      const second = uuidv7();
      const asked = someNewCall({ id: second, userId });
      const made = { orderId: first, tryNumber: 2, formerCallId: first };
      expect(await db.database.calls.createTry(asked, made)).to.equal(true);
      await db.sql(`UPDATE calls SET status = 'failed', ended_at = now() - interval '32 days' WHERE id = $1`, [second]);
      await db.sql(`UPDATE calls SET created_at = ended_at WHERE id = $1`, [second]);
      return [first, second];
    }
    const settle = (daysAgo: number) =>
      db.sql(
        `UPDATE call_orders SET settled_at = now() - $1 * interval '1 day', ended_by = 'exhausted', result = 'failed'`,
        [daysAgo],
      );

    it('leaves all of its calls while it is open, or has not been over for long enough', async () => {
      const ids = await callsOfOrder();
      expect(await forget()).to.equal(0);
      await settle(29);
      expect(await forget()).to.equal(0);
      expect(await left(...ids)).to.deep.equal([true, true]);
    });

    it('takes all of its calls then, and with the last of them the order', async () => {
      const [first] = await callsOfOrder();
      await settle(31);
      // One that somebody else is writing is passed over.
      const writer = await sessions.hold('writer');
      await writer.sql('SELECT 1 FROM calls WHERE id = $1 FOR UPDATE', [first]);
      expect(await forget()).to.equal(1);
      expect(await countOf('call_orders')).to.equal(1);
      await writer.letGo();
      expect(await forget()).to.equal(1);
      expect(await countOf('call_orders')).to.equal(0);
    });
  });

  describe('that webhooks tell of', () => {
    let endpointId: string;
    beforeEach(async () => {
      const wanted = {
        userId,
        url: 'https://example.com/',
        description: null,
        events: ['call.*'],
        secret: 'whsec_AAAA',
      };
      endpointId = (await db.database.webhooks.create(wanted, 100))!.id;
    });
    /** Looks as often as a quiet timeline needs, and one time more. */
    async function fanOut(): Promise<void> {
      for (let looks = 0; looks < 3; looks++) await db.database.webhooks.fanOut();
    }

    it('leaves those whose deliveries are not made yet, unless nobody is to be told', async () => {
      const id = await call(31);
      expect(await forget()).to.equal(0);
      expect(await left(id)).to.deep.equal([true]);
      await db.database.webhooks.change(endpointId, userId, { enabled: false });
      expect(await forget()).to.equal(1);
    });

    it('does not wait for what is to be told of other users’ calls', async () => {
      await call(31, { userId: await createUser(db.database) });
      expect(await forget()).to.equal(1);
    });

    it('leaves those with a delivery that waits, and takes the deliveries with the call when none does', async () => {
      const id = await call(31);
      await fanOut();
      expect(await countOf('webhook_deliveries')).to.be.greaterThan(1);
      await db.sql(`UPDATE webhook_deliveries SET done_at = now(), outcome = 'delivered' WHERE type = 'call.pending'`);
      expect(await forget()).to.equal(0);
      expect(await left(id)).to.deep.equal([true]);
      await db.sql(`UPDATE webhook_deliveries SET done_at = now(), outcome = 'failed'`);
      await db.database.webhooks.addTest(endpointId, 'webhook.test');
      expect(await forget()).to.equal(1);
      expect(await db.sql('SELECT type FROM webhook_deliveries')).to.deep.equal([{ type: 'webhook.test' }]);
    });
  });

  it('goes on behind those that have to stay, also when many ended at the same moment', async () => {
    await someOldCalls(700);
    // 500 of them stay: their orders are open.
    await db.sql(
      `UPDATE calls SET order_id = id, order_try = 1 WHERE id IN (SELECT id FROM calls ORDER BY ended_at, id LIMIT 500)`,
    );
    await db.sql(
      `INSERT INTO call_orders (id, user_id, max_retries, retry_on, after_seconds, ends_at, expires_in_ms, last_call_id)
       SELECT id, user_id, 1, '{busy}', 60, now(), 1000, id FROM calls WHERE order_id IS NOT NULL`,
    );
    const taken: number[] = [];
    let next = null;
    do {
      const forgotten = await db.database.calls.forgetOldCalls(30, next);
      taken.push(forgotten.calls);
      next = forgotten.next;
    } while (next !== null && taken.length < 10);
    expect(taken).to.deep.equal([0, 0, 100, 100]);
    expect(await countOf('calls')).to.equal(500);
  });

  describe('while another is at it', () => {
    it('is left to that one', async () => {
      await call(31);
      const entries = await sessions.hold('entries');
      await entries.sql('LOCK TABLE call_events IN SHARE MODE');
      const [holder, other] = [sessions.open('holder'), sessions.open('other')];
      const forgetting = forget(30, holder);
      await sessions.waitsFor('holder', 'entries');
      const first = await Promise.race([forget(30, other), sessions.waitsFor('other').then(() => 'it waits')]);
      await entries.letGo();
      expect(first).to.equal(0);
      expect(await forgetting).to.equal(1);
    });

    it('that is killed in the middle, all is as it was, and the next one does it', async () => {
      const id = await call(31);
      const entries = await sessions.hold('entries');
      await entries.sql('LOCK TABLE call_events IN SHARE MODE');
      const forgetting = forget(30, sessions.open('holder')).catch((error: unknown) => error);
      await sessions.waitsFor('holder', 'entries');
      await db.sql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holder' AND datname = current_database()`,
      );
      expect(await forgetting).to.be.an('error');
      await entries.letGo();
      expect(await left(id)).to.deep.equal([true]);
      expect(await countOf('call_events')).to.be.greaterThan(1);
      expect(await forget()).to.equal(1);
      expect(await countOf('call_events')).to.equal(0);
    });
  });

  it('finds its calls by indexes that only calls are in that are over', async () => {
    await someOldCalls(5_000);
    await db.sql('ANALYZE calls');
    for (const [which, index] of [
      ['NULL', 'calls_to_erase'],
      ['NOT NULL', 'calls_erased'],
    ] as const) {
      const plan = await db.sql<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT id, ended_at FROM calls WHERE ended_at IS NOT NULL AND erased_at IS ${which}
           AND ended_at < now() - 40 * interval '1 day' ORDER BY ended_at, id LIMIT 200`,
      );
      expect(plan.map((line) => line['QUERY PLAN']).join('\n')).to.include(index);
    }
  });
});
