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

  it('are suspended once, until it is lifted', async () => {
    await create('alice');
    const alice = async () => (await users().findByUsername('alice'))!;
    const { id } = await alice();
    expect(await alice()).to.deep.include({ suspended: false, suspensionLiftedAt: null });
    expect(await users().suspend(id, 'tried too much')).to.equal(true);
    expect(await users().suspend(id, 'again')).to.equal(false);
    expect(await users().findById(id)).to.include({ suspended: true });
    const [listed] = await users().list();
    expect(listed).to.include({ suspended: true, suspendedReason: 'tried too much' });
    expect(listed?.suspendedAt).to.be.instanceOf(Date);

    expect(await users().lift('alice')).to.equal(true);
    expect(await alice()).to.include({ suspended: false });
    expect((await alice()).suspensionLiftedAt).to.be.instanceOf(Date);
    expect((await users().list())[0]).to.include({ suspendedAt: null, suspendedReason: null });
  });

  it('have limits of their own where they were set', async () => {
    await create('alice');
    const own = async () => (await users().findByUsername('alice'))?.ownLimits;
    expect(await own()).to.deep.equal({});
    const all = { user_open_calls: 1, user_calls_per_minute: 2, user_calls_per_day: 0, user_new_countries: 4 };
    expect(await users().setLimits('alice', all)).to.equal(true);
    expect(await own()).to.deep.equal(all);
    expect(await users().setLimits('alice', { user_open_calls: null, user_calls_per_day: 5 })).to.equal(true);
    expect(await own()).to.deep.equal({ user_calls_per_minute: 2, user_calls_per_day: 5, user_new_countries: 4 });
  });

  it('that do not exist are said not to', async () => {
    expect(await users().lift('nobody')).to.equal(false);
    expect(await users().setLimits('nobody', { user_open_calls: 1 })).to.equal(false);
    expect(await users().suspend('0192f3a4-5b6c-7d8e-9f00-112233445566', 'test')).to.equal(false);
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
