import { createTestDatabase, createUser, FOLLOWING, someNewCall, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';
import type { Lease } from '../src/index.js';

const OFF = { maxConcurrentCalls: 0, originatePerSecond: 0 };

describe('the place of a waiting call', () => {
  let db: TestDatabase;
  let userId: string;
  let lease: Lease;

  before(async () => {
    db = await createTestDatabase();
    userId = await createUser(db.database);
  });
  after(() => db.drop());
  beforeEach(async () => {
    for (const table of ['call_events', 'calls', 'worker_slots']) await db.sql(`DELETE FROM ${table}`);
    lease = await db.database.slots.acquire({ asterisk: 'a', appPrefix: 'app', owner: uuidv7(), holder: 'test' });
  });

  async function pending(overrides: Partial<Parameters<typeof someNewCall>[0]> = {}): Promise<string> {
    const created = await db.database.calls.create(someNewCall({ ...overrides, userId }));
    if (created.outcome === 'key_reused') throw new Error('a key was reused');
    return created.id;
  }

  const aheadOf = async (id: string) => (await db.database.calls.queuePlace(id))?.ahead;

  it('is behind those that came before and wait as well', async () => {
    const ids = [await pending(), await pending(), await pending()];
    expect(await Promise.all(ids.map(aheadOf))).to.deep.equal([0, 1, 2]);

    await db.database.calls.claim(ids[0]!, lease, OFF);
    expect(await db.database.calls.queuePlace(ids[0]!), 'it was taken').to.equal(null);
    expect(await aheadOf(ids[2]!)).to.equal(1);
    await db.sql(`UPDATE calls SET status = 'canceled', ended_at = now() WHERE id = $1::uuid`, [ids[1]]);
    expect(await aheadOf(ids[1]!), 'it is over').to.equal(undefined);
    expect(await aheadOf(ids[2]!)).to.equal(0);
    expect(await db.database.calls.queuePlace(uuidv7()), 'there is no such call').to.equal(null);
  });

  it('counts from when a call became due', async () => {
    const waited = await pending({ notBefore: new Date(Date.now() + 3_600_000) });
    const other = await pending();
    expect(await aheadOf(other), 'what waits for its time is not in front').to.equal(0);
    const place = (await db.database.calls.queuePlace(waited))!;
    expect(place.dueAt.getTime()).to.be.greaterThan(place.now.getTime());

    await db.sql(`UPDATE calls SET not_before = created_at + interval '1 ms' WHERE id = $1::uuid`, [waited]);
    expect([await aheadOf(waited), await aheadOf(other)]).to.deep.equal([0, 1]);
  });

  it('is not counted where more than a thousand wait', async () => {
    const first = await pending();
    const more = Array.from({ length: 999 }, () => pending());
    await Promise.all(more);
    const last = await pending();
    expect(await aheadOf(last)).to.equal(null);
    await db.sql(`UPDATE calls SET status = 'canceled', ended_at = now() WHERE id = $1::uuid`, [first]);
    expect(await aheadOf(last)).to.equal(999);
  });

  it('tells what else it depends on: open calls, the next dial time, and whether anybody takes calls', async () => {
    const [first, second] = [await pending(), await pending()];
    await db.sql(`UPDATE worker_slots SET followed_at = now() - interval '1 minute'`);
    expect(await db.database.calls.queuePlace(second), 'its worker is not ready').to.include({
      open: 0,
      isServed: false,
    });
    await db.database.slots.renew(lease, FOLLOWING);
    // This machine may be slow.
    await db.sql(
      `UPDATE worker_slots SET lease_until = now() + interval '1 day', followed_at = now() + interval '1 day'`,
    );
    await db.database.calls.claim(first, lease, { maxConcurrentCalls: 0, originatePerSecond: 1 });
    const place = (await db.database.calls.queuePlace(second))!;
    expect(place).to.include({ open: 1, isServed: true });
    expect(place.nextDialAt.getTime()).to.be.greaterThan(place.dueAt.getTime());
    await db.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 s'`);
    expect(await db.database.calls.queuePlace(second), 'its worker is gone').to.include({ isServed: false });
  });
});
