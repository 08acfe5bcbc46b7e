import { createTestDatabase, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { v4 as uuidv4 } from 'uuid';

describe('credentials in the database', () => {
  let tables: TestDatabase;
  before(async () => (tables = await createTestDatabase()));
  after(() => tables.drop());
  beforeEach(() => tables.sql('DELETE FROM users'));

  async function someone(username = 'alice') {
    const { users } = tables.database;
    await users.create({ username, passwordHash: 'hash', role: 'operator' });
    return (await users.findByUsername(username))!;
  }
  const refusal = (sql: string) => tables.sql(sql).catch((error: unknown) => (error as { code?: string }).code);

  it('of a fresh installation know no user without a role, and no role that nobody knows', async () => {
    const insert = (columns: string, values: string) =>
      `INSERT INTO users (id, username, password_hash${columns}) VALUES (gen_random_uuid(), 'bob', 'x'${values})`;
    expect(await refusal(insert('', ''))).to.equal('23502');
    expect(await refusal(insert(', role', ', NULL'))).to.equal('23502');
    expect(await refusal(insert(', role', `, 'root'`))).to.equal('22P02');
    await someone();
    expect(await refusal('UPDATE users SET role = NULL')).to.equal('23502');
    expect(await tables.sql('SELECT role::text FROM users')).to.deep.equal([{ role: 'operator' }]);
  });

  it('tell of many tokens at once whose each is, and which was ended', async () => {
    const { tokens } = tables.database;
    const users = [await someone('alice'), await someone('bob')];
    const shown = Array.from({ length: 40 }, (_, i) => ({ id: uuidv4(), userId: users[i % 2]!.id }));
    for (const { id } of shown.slice(0, 10)) await tokens.revoke(id, new Date(Date.now() + 60_000));
    await tokens.revoke(shown[0]!.id, new Date());
    const nobodys = { id: shown[0]!.id, userId: uuidv4() };
    const found = await Promise.all([...shown, ...shown, nobodys].map((token) => tokens.findBearer(token)));
    expect(found.pop()).to.equal(null);
    for (const [i, bearer] of found.entries()) {
      expect(bearer?.user.id).to.equal(users[i % 2]!.id);
      expect(bearer?.revoked).to.equal(i % 40 < 10);
    }
  });

  it('count the version of a user’s tokens up with a new password and when switched off, and never down', async () => {
    const { users } = tables.database;
    const version = async () => (await users.findByUsername('alice'))!.tokenVersion;
    await someone();
    const seen = [await version()];
    for (const change of [
      () => users.setRole('alice', 'admin'),
      () => users.setPassword('alice', 'hash'),
      () => users.disable('alice'),
      () => users.enable('alice'),
      () => users.save({ username: 'alice', passwordHash: 'hash', role: 'admin' }),
    ]) {
      await change();
      seen.push(await version());
    }
    expect(seen).to.deep.equal([0, 0, 1, 2, 2, 3]);
  });

  it('find many keys at once, each with its user', async () => {
    const { keys } = tables.database;
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    const prefixes = Array.from({ length: 20 }, (_, i) => `00000000${String(i).padStart(4, '0')}`);
    const rest = { name: 'n', secretHash: 'f'.repeat(64), scopes: ['calls:read'], allowedFrom: ['::1'] };
    for (const [i, prefix] of prefixes.entries()) {
      await keys.create({ ...rest, userId: (i % 2 === 0 ? alice : bob).id, prefix, expiresInDays: i === 0 ? null : i });
    }
    const asked = [...prefixes, 'ffffffffffff', ...prefixes];
    const found = await Promise.all(asked.map((prefix) => keys.findByPrefix(prefix)));
    expect(found[20]).to.equal(null);
    expect(found[0]).to.deep.include({ scopes: ['calls:read'], allowedFrom: ['::1'], expired: false, revoked: false });
    expect(found.map((key) => key?.user.username)).to.deep.equal(
      asked.map((prefix) => (prefix === 'ffffffffffff' ? undefined : Number(prefix) % 2 === 0 ? 'alice' : 'bob')),
    );
    expect(await refusal(`UPDATE api_keys SET prefix = '${prefixes[0]!}'`), 'a prefix is one key’s').to.equal('23505');
  });

  it('note the use of a key once a minute', async () => {
    const { keys } = tables.database;
    const { id: userId } = await someone();
    const rest = { name: 'n', secretHash: 'f'.repeat(64), scopes: [], allowedFrom: [], expiresInDays: null };
    const { id } = await keys.create({ ...rest, userId, prefix: '0123456789ab' });
    const used = async () => (await keys.list(null))[0]!.lastUsedAt?.getTime();
    const lately = async () => (await keys.findByPrefix('0123456789ab'))!.usedLately;
    expect(await lately()).to.equal(false);
    await keys.noteUse(id);
    const first = await used();
    await keys.noteUse(id);
    expect([await used(), await lately()]).to.deep.equal([first, true]);
    await tables.sql(`UPDATE api_keys SET last_used_at = last_used_at - interval '61 s'`);
    expect(await lately()).to.equal(false);
    await keys.noteUse(id);
    expect(await used()).to.be.at.least(first!);
  });
});
