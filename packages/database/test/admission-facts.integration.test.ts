import { createTestDatabase, createUser, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';

describe('what the database says about a call', () => {
  let db: TestDatabase;
  let userId: string;
  before(async () => {
    db = await createTestDatabase();
    userId = await createUser(db.database);
    await db.database.doNotCall.add([entry('+33100000001'), entry('1001')]);
  });
  after(() => db.drop());

  const entry = (number: string) => ({ number, reason: null, addedAt: null, source: 'test' });

  it('has whether any of the numbers that may ring is listed, and the time', async () => {
    const listed = async (...numbers: string[]) => (await db.database.admissionFacts(userId, numbers)).onDoNotCallList;
    expect(await listed('+33100000001')).to.equal(true);
    expect(await listed('+33100000002', '+33100000001')).to.equal(true);
    expect(await listed('+33100000002', '33100000001', '+1001', '10010')).to.equal(false);
    expect(await listed()).to.equal(false);
    const { at } = await db.database.admissionFacts(userId, []);
    const [now] = await db.sql<{ now: Date }>('SELECT now()');
    expect(Math.abs(now!.now.getTime() - at.getTime())).to.be.lessThan(60_000);
  });

  it('has the lists that an admin has given the user, and null for those of the installation', async () => {
    const none = { contexts: null, extensions: null, priorities: null, callerIds: null, webhookHosts: null };
    expect((await db.database.admissionFacts(userId, [])).permissions).to.deep.equal(none);
    expect((await db.database.admissionFacts(uuidv7(), [])).permissions).to.deep.equal(none);

    const [{ username } = { username: '' }] = await db.database.users.list();
    expect(await db.database.users.allow(username, { contexts: ['a', 'b'], callerIds: [] })).to.equal(true);
    expect(await db.database.users.allow('nobody', { contexts: ['a'] })).to.equal(false);
    const own = { ...none, contexts: ['a', 'b'], callerIds: [] };
    expect((await db.database.admissionFacts(userId, [])).permissions).to.deep.equal(own);
    expect((await db.database.users.list())[0]?.permissions).to.deep.equal(own);
    await db.database.users.allow(username, none);
    expect((await db.database.admissionFacts(userId, [])).permissions).to.deep.equal(none);
  });

  it('is one question for all that ask at the same moment, each with its own answer', async () => {
    const asked = Array.from({ length: 120 }, (_, n) => (n % 3 === 0 ? '+33100000001' : `+3310000${1_000 + n}`));
    const answers = await Promise.all(asked.map((number) => db.database.admissionFacts(userId, [number])));
    expect(answers.map(({ onDoNotCallList }) => onDoNotCallList)).to.deep.equal(asked.map((_, n) => n % 3 === 0));
    // A statement has one moment of the transaction's beginning.
    expect(new Set(answers.map(({ at }) => at.getTime())).size).to.equal(1);
  });
});
