import { createTestDatabase, createUser, someNewCall, someObservation, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';

describe('erasing personal data', function () {
  this.timeout(30_000);
  let db: TestDatabase;
  let userId: string;

  beforeEach(async () => {
    db = await createTestDatabase();
    userId = await createUser(db.database);
  });
  afterEach(() => db.drop());

  /** A call that ended so many days ago, or is still open. */
  async function call(endedDaysAgo: number | null): Promise<string> {
    const { calls } = db.database;
    const id = uuidv7();
    await calls.create(
      someNewCall({
        id,
        userId,
        phoneNumber: '+33612345678',
        connectTo: '+33187654321',
        callerId: { name: 'Support', number: '+33199999999' },
        variables: { DG_NAME: 'Jane' },
        metadata: { name: 'Jane' },
      }),
    );
    const asterisk = 'No such endpoint PJSIP/+33612345678@trunk';
    await calls.note({ ...someObservation(id, 'channel_created'), detail: { asterisk, reason: 'trunk_unavailable' } });
    await calls.note({ ...someObservation(id, 'result'), detail: { results: { DG_RESULT: 'Jane' } } });
    await db.sql(
      `UPDATE calls SET created_at = now() - interval '90 days', dial_sent_at = now() - interval '90 days', status = 'dialing' WHERE id = $1`,
      [id],
    );
    if (endedDaysAgo !== null) {
      await db.sql(
        `UPDATE calls SET status = 'completed', ended_at = now() - $2 * interval '1 day', hangup_cause = 16 WHERE id = $1`,
        [id, endedDaysAgo],
      );
    }
    return id;
  }

  const traces = async (id: string) => {
    const [row] = await db.sql<{ text: string }>(
      `SELECT (to_jsonb(c) || jsonb_build_object('events', (SELECT jsonb_agg(to_jsonb(e)) FROM call_events e WHERE e.call_id = c.id)))::text AS text
       FROM calls c WHERE id = $1`,
      [id],
    );
    return row!.text.match(/33612345678|33187654321|33199999999|Support|Jane/g) ?? [];
  };

  it('leaves no number, name, variable or note of a call that ended long enough ago', async () => {
    const id = await call(8);
    expect(await traces(id)).not.to.be.empty;
    expect(await db.database.calls.erasePersonalData(7)).to.equal(1);
    expect(await traces(id)).to.deep.equal([]);
    const erased = await db.database.calls.find(id);
    expect(erased).to.deep.include({ phoneNumber: '', callerId: null, variables: {}, metadata: null });
    expect(erased?.erasedAt).to.be.a('date');
  });

  it('leaves all that is counted as it was: status, times, causes and the timeline', async () => {
    const id = await call(8);
    const statistics = () =>
      db.sql(
        `SELECT to_jsonb(c) - '{phone_number,connect_to,caller_id,variables,metadata,erased_at}'::text[] AS row,
           (SELECT jsonb_agg(to_jsonb(e) - 'detail' ORDER BY e.id) FROM call_events e WHERE e.call_id = c.id) AS events
         FROM calls c WHERE id = $1`,
        [id],
      );
    const before = await statistics();
    await db.database.calls.erasePersonalData(7);
    expect(await statistics()).to.deep.equal(before);
    const events = await db.sql<{ detail: unknown }>(
      `SELECT detail FROM call_events WHERE call_id = $1 AND event = 'channel_created'`,
      [id],
    );
    expect(events).to.deep.equal([{ detail: { reason: 'trunk_unavailable' } }]);
  });

  it('leaves calls alone that are open, however old, and those that ended lately', async () => {
    const ids = [await call(null), await call(6)];
    expect(await db.database.calls.erasePersonalData(7)).to.equal(0);
    for (const id of ids) expect(await traces(id)).not.to.be.empty;
  });

  it('writes each row once', async () => {
    const id = await call(8);
    await db.database.calls.erasePersonalData(7);
    const version = () => db.sql('SELECT xmin::text, erased_at FROM calls WHERE id = $1', [id]);
    const before = await version();
    expect(await db.database.calls.erasePersonalData(7)).to.equal(0);
    expect(await version()).to.deep.equal(before);
  });

  it('goes on in small steps, and several at once share the work', async () => {
    await db.sql(
      `INSERT INTO calls (id, user_id, phone_number, context, extension, priority, ring_timeout_ms, expires_at, next_enqueue_at, status, ended_at)
       SELECT gen_random_uuid(), $1, '+33612345678', 'c', 's', 1, 1000, now(), now(), 'failed', now() - interval '8 days'
       FROM generate_series(1, 1200)`,
      [userId],
    );
    const erase = () => Promise.all([1, 2, 3].map(() => db.database.calls.erasePersonalData(7)));
    const first = await erase();
    expect(Math.max(...first)).to.be.at.most(500);
    const all = [...first, ...(await erase())];
    expect(all.reduce((sum, erased) => sum + erased, 0)).to.equal(1_200);
    expect(await db.database.calls.erasePersonalData(7)).to.equal(0);
  });

  it('finds its calls by an index that has no others', async () => {
    const plan = await db.sql<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT id FROM calls
       WHERE ended_at IS NOT NULL AND erased_at IS NULL AND ended_at < now() - 7 * interval '1 day' ORDER BY ended_at LIMIT 500`,
    );
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).to.include('calls_to_erase');
  });

  it('drops idempotency keys as early: their fingerprints are made of numbers', async () => {
    const idempotency = { key: 'k', fingerprint: '0'.repeat(64) };
    await db.database.calls.create(someNewCall({ userId, idempotency }));
    await db.sql(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours'`);
    expect(await db.database.calls.forgetOldKeys(null)).to.equal(0);
    expect(await db.database.calls.forgetOldKeys(2)).to.equal(0);
    expect(await db.database.calls.forgetOldKeys(1)).to.equal(1);
  });
});
