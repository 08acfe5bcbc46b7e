import { createTestDatabase, createUser, someNewCall, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';
import type { NewCall } from '../src/index.js';

const RETRY = { max: 2, on: ['busy'], afterSeconds: 60, withinSeconds: 3_600 } as const;

describe('orders in the database', () => {
  let db: TestDatabase;
  let userId: string;
  before(async () => {
    db = await createTestDatabase();
    userId = await createUser(db.database);
  });
  after(() => db.drop());

  /** An order whose first call was busy. @returns the call's id, which is the order's. */
  async function busy(): Promise<string> {
    const call = someNewCall({ userId, retry: RETRY });
    await db.database.calls.create(call);
    await db.sql(`UPDATE calls SET status = 'busy', dial_sent_at = now(), ended_at = now() WHERE id = $1`, [call.id]);
    return call.id;
  }
  const again = (): NewCall => someNewCall({ id: uuidv7(), userId });
  const makeAgain = (orderId: string, tryNumber = 2, formerCallId = orderId): Promise<boolean> =>
    db.database.calls.createTry(again(), { orderId, tryNumber, formerCallId });
  const orderOf = async (id: string) => (await db.database.calls.orders([id])).get(id)!;
  const taken = async (id: string) => (await db.database.calls.takeDueOrders()).find(({ order }) => order.id === id);

  it('have one further call made by however many make it at once', async () => {
    const id = await busy();
    const made = await Promise.all(Array.from({ length: 20 }, () => makeAgain(id)));
    expect(made.filter(Boolean)).to.have.length(1);
    const { callsMade, callIds, lastCallId } = await orderOf(id);
    expect({ callsMade, calls: callIds.length, last: callIds.indexOf(lastCallId) }).to.deep.equal({
      ...{ callsMade: 2, calls: 2, last: 1 },
    });
  });

  it('have no call made that is not the next, nor behind another than the last', async () => {
    const id = await busy();
    expect(await makeAgain(id, 3)).to.equal(false);
    expect(await makeAgain(id, 2, uuidv7())).to.equal(false);
    expect(await makeAgain(id)).to.equal(true);
    expect(await makeAgain(id, 3)).to.equal(false);
  });

  it('have no call made when they were canceled or are settled, and are settled once', async () => {
    const [canceled, settled] = [await busy(), await busy()];
    expect(await db.database.calls.cancelOrder(canceled)).to.equal(canceled);
    expect(await makeAgain(canceled)).to.equal(false);
    const due = (await taken(settled))!;
    const how = { end: 'exhausted', refusal: null } as const;
    expect(await db.database.calls.settleOrder(due, how)).to.equal(true);
    expect(await db.database.calls.settleOrder(due, how)).to.equal(false);
    expect(await db.database.calls.cancelOrder(settled)).to.equal(null);
    expect(await makeAgain(settled)).to.equal(false);
  });

  it('are looked at when their last call is over, by one at a time, and not before they were put off to', async () => {
    const open = someNewCall({ userId, retry: RETRY });
    await db.database.calls.create(open);
    expect(await taken(open.id)).to.equal(undefined);
    const id = await busy();
    const all = await Promise.all([1, 2, 3].map(() => db.database.calls.takeDueOrders()));
    expect(all.flat().filter(({ order }) => order.id === id)).to.have.length(1);
    const due = all.flat().find(({ order }) => order.id === id)!;
    await db.database.calls.postponeOrder(due, new Date(Date.now() + 3_600_000));
    await db.sql(`UPDATE calls SET order_look_at = order_look_at - interval '59 min' WHERE id = $1`, [id]);
    expect(await taken(id)).to.equal(undefined);
  });

  it('are looked at once more when a cancel request comes while they are put off', async () => {
    const id = await busy();
    const due = (await taken(id))!;
    await db.database.calls.cancelOrder(id);
    await db.database.calls.postponeOrder(due, new Date(Date.now() + 3_600_000));
    expect((await taken(id))?.order.cancelRequestedAt).to.be.a('date');
    expect((await orderOf(id)).nextTryAt).to.equal(null);
  });

  it('are found by an index that has no others, however many calls are over', async () => {
    await db.sql(
      `INSERT INTO calls (id, user_id, phone_number, context, extension, priority, ring_timeout_ms, expires_at, next_enqueue_at, status, ended_at)
       SELECT gen_random_uuid(), $1, '+33612345678', 'c', 's', 1, 1000, now(), now(), 'failed', now() - n * interval '1 s'
       FROM generate_series(1, 5000) AS n`,
      [userId],
    );
    await db.sql('ANALYZE calls');
    const plan = await db.sql<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT id FROM calls WHERE ended_at IS NOT NULL AND order_look_at <= clock_timestamp()
       ORDER BY order_look_at LIMIT 200 FOR UPDATE SKIP LOCKED`,
    );
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).to.include('calls_to_call_again');
  });
});
