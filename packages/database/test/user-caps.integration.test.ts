import { DialgateError } from '@dialgate/domain';
import { createTestDatabase, createUser, someNewCall, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { openDatabase, type Database, type UserCaps } from '../src/index.js';

const FINGERPRINT = 'f'.repeat(64);

describe('caps on a user’s calls', function () {
  this.timeout(30_000);
  let tables: TestDatabase;
  const opened: Database[] = [];
  before(async () => (tables = await createTestDatabase()));
  after(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await tables.drop();
  });

  function capped(caps: Partial<UserCaps>): Database {
    const userCaps = { maxOpen: null, maxPerDay: null, ...caps };
    const database = openDatabase({ url: tables.url, applicationName: 'caps-test', userCaps });
    opened.push(database);
    return database;
  }

  /** @returns how many were accepted; everything else must have been refused by a cap. */
  async function create(databases: Database[], count: number, userId: string, key?: string): Promise<number> {
    const ended = await Promise.allSettled(
      Array.from({ length: count }, (_, i) =>
        databases[i % databases.length]!.calls.create(
          someNewCall({
            userId,
            idempotency: key === undefined ? null : { key: `${key}-${i}`, fingerprint: FINGERPRINT },
          }),
        ),
      ),
    );
    for (const one of ended) {
      if (one.status === 'rejected') expect((one.reason as DialgateError).code).to.equal('too_many_calls');
    }
    return ended.filter(({ status }) => status === 'fulfilled').length;
  }

  async function refusal(work: Promise<unknown>): Promise<DialgateError> {
    try {
      await work;
    } catch (error) {
      if (error instanceof DialgateError && error.code === 'too_many_calls') return error;
      throw error;
    }
    throw new Error('it was accepted');
  }

  const end = (userId: string, limit: number) =>
    tables.sql(
      `UPDATE calls SET status = 'canceled', ended_at = now()
       WHERE id IN (SELECT id FROM calls WHERE user_id = $1 AND ended_at IS NULL LIMIT $2)`,
      [userId, limit],
    );

  it('let exactly as many be open at once, over all instances, and another when one is over', async () => {
    const three = [1, 2, 3].map(() => capped({ maxOpen: 7 }));
    const [user, other] = [await createUser(tables.database), await createUser(tables.database)];
    const [accepted, others] = await Promise.all([create(three, 90, user), create(three, 5, other)]);
    expect([accepted, others]).to.deep.equal([7, 5]);
    await end(user, 2);
    expect(await create(three, 30, user)).to.equal(2);
  });

  it('let exactly as many be placed within 24 hours, and say when the next may be', async () => {
    const two = [1, 2].map(() => capped({ maxPerDay: 5 }));
    const user = await createUser(tables.database);
    expect(await create(two, 40, user)).to.equal(5);
    await end(user, 5);
    const error = await refusal(two[0]!.calls.create(someNewCall({ userId: user })));
    expect(error.message).to.include('5 calls within 24 hours');
    expect(error.details.retryAfterSeconds).to.be.within(86_340, 86_400);

    await tables.sql(
      `UPDATE calls SET created_at = now() - interval '24 hours' + interval '10 s'
       WHERE id = (SELECT id FROM calls WHERE user_id = $1 ORDER BY created_at LIMIT 1)`,
      [user],
    );
    const soon = await refusal(two[0]!.calls.create(someNewCall({ userId: user })));
    expect(soon.details.retryAfterSeconds).to.be.within(1, 10);
    await tables.sql(`UPDATE calls SET created_at = created_at - interval '10 s' WHERE user_id = $1`, [user]);
    expect(await create(two, 10, user)).to.equal(1);
  });

  it('answer a key that was used before, and use up none for a call they refuse', async () => {
    const database = capped({ maxOpen: 3 });
    const user = await createUser(tables.database);
    expect(await create([database], 3, user, 'first')).to.equal(3);
    expect(await create([database], 3, user, 'first')).to.equal(3); // The same three again.
    expect(await create([database], 4, user, 'second')).to.equal(0);
    await end(user, 1);
    expect(await create([database], 1, user, 'second')).to.equal(1);
    expect(await tables.sql(`SELECT 1 FROM calls WHERE user_id = $1`, [user])).to.have.length(4);
  });

  it('count one call for a key that comes twice at the same time', async () => {
    const database = capped({ maxOpen: 2 });
    const user = await createUser(tables.database);
    const same = () =>
      database.calls.create(someNewCall({ userId: user, idempotency: { key: 'same', fingerprint: FINGERPRINT } }));
    const outcomes = (await Promise.all([same(), same(), same()])).map(({ outcome }) => outcome);
    expect(outcomes.sort()).to.deep.equal(['created', 'replayed', 'replayed']);
    expect(await create([database], 5, user)).to.equal(1);
  });
});
