import { createTestDatabase, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';

const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA';

describe('users', function () {
  this.timeout(20_000);
  let tables: TestDatabase;
  before(async () => (tables = await createTestDatabase()));
  after(() => tables.drop());
  beforeEach(() => tables.sql('DELETE FROM users'));

  const users = () => tables.database.users;
  const create = (username: string, role: 'admin' | 'operator' = 'operator') =>
    users().create({ username, passwordHash: HASH, role });

  it('are created once, also by two at the same time', async () => {
    const created = await Promise.all(Array.from({ length: 5 }, () => create('alice')));
    expect(created.filter(Boolean).length).to.equal(1);
    expect(await users().findByUsername('alice')).to.include({
      username: 'alice',
      role: 'operator',
      disabled: false,
      passwordHash: HASH,
    });
  });

  it('are listed by name, without their hashes', async () => {
    for (const [name, role] of [
      ['carol', 'operator'],
      ['alice', 'admin'],
      ['bob', 'operator'],
    ] as const) {
      await create(name, role);
    }
    await users().disable('bob');
    const listed = await users().list();
    expect(listed.map(({ username, role, disabled }) => [username, role, disabled])).to.deep.equal([
      ['alice', 'admin', false],
      ['bob', 'operator', true],
      ['carol', 'operator', false],
    ]);
    for (const user of listed) {
      expect(user.createdAt).to.be.instanceOf(Date);
      expect(user).not.to.have.property('passwordHash');
    }
  });

  it('are switched off and on, and get another password and role', async () => {
    await create('alice');
    const alice = () => users().findByUsername('alice');
    expect(await users().disable('alice')).to.equal(true);
    expect(await users().disable('alice')).to.equal(true);
    expect(await alice()).to.include({ disabled: true });
    expect(await users().enable('alice')).to.equal(true);
    expect(await users().setPassword('alice', `${HASH}2`)).to.equal(true);
    expect(await users().setRole('alice', 'admin')).to.equal(true);
    expect(await alice()).to.include({ disabled: false, passwordHash: `${HASH}2`, role: 'admin' });
  });

  it('that do not exist are said not to', async () => {
    expect(await users().disable('nobody')).to.equal(false);
    expect(await users().enable('nobody')).to.equal(false);
    expect(await users().setPassword('nobody', HASH)).to.equal(false);
    expect(await users().setRole('nobody', 'admin')).to.equal(false);
    expect(await users().findById('0192f3a4-5b6c-7d8e-9f00-112233445566')).to.equal(null);
  });

  it('are looked up as they are after every commit, however many ask at once', async () => {
    await create('alice');
    const { id } = (await users().findByUsername('alice'))!;
    for (let round = 0; round < 20; round++) {
      const asking = Array.from({ length: 50 }, () => users().findById(id));
      const disabled = round % 2 === 0;
      await (disabled ? users().disable('alice') : users().enable('alice'));
      expect(await users().findById(id)).to.include({ disabled });
      await Promise.all(asking);
    }
  });
});
