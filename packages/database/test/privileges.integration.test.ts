import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { requiredTransition, soFar } from '@dialgate/domain';
import {
  createTestDatabase,
  NO_LIMITS,
  someNewCall,
  someObservation,
  type TestDatabase,
  FOLLOWING,
} from '@dialgate/testing';
import { expect } from 'chai';
import pg from 'pg';
import { APPLICATION_PRIVILEGES, migrate, openDatabase, type Database, type Lease } from '../src/index.js';

const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
const NO_ID = '00000000-0000-0000-0000-000000000000';
const OFF = { maxConcurrentCalls: 0, originatePerSecond: 0 };
const ON = {
  maxConcurrentCalls: 100,
  originatePerSecond: 1_000,
  perBox: { maxConcurrentCalls: 100, originatePerSecond: 1_000 },
};

describe('the application’s role in PostgreSQL', function () {
  this.timeout(30_000);
  let tables: TestDatabase;
  let role: string;
  let database: Database;
  let client: pg.Client;

  before(async () => {
    tables = await createTestDatabase();
    role = new URL(tables.url).username;
    const callLimits = { ...NO_LIMITS, user_calls_per_day: 1_000, user_new_countries: 100, user_open_calls: 100 };
    const patience = { connectTimeoutMs: 20_000, queryTimeoutMs: 20_000 };
    database = openDatabase({ url: tables.url, applicationName: 'application-role', callLimits, ...patience });
    client = new pg.Client({ connectionString: tables.url });
    await client.connect();
  });
  after(async () => {
    await client.end();
    await database.close();
    await tables.drop();
  });

  async function someUser(): Promise<string> {
    const username = `user-${randomUUID().slice(0, 8)}`;
    await database.users.create({ username, passwordHash: '!', role: 'operator' });
    return (await database.users.findByUsername(username))!.id;
  }

  async function pending(userId: string, idempotency = false): Promise<string> {
    const key = idempotency ? { key: randomUUID(), fingerprint: '0'.repeat(64) } : null;
    const call = someNewCall({ userId, idempotency: key });
    expect((await database.calls.create(call)).outcome).to.equal('created');
    if (idempotency) expect((await database.calls.create(call)).outcome).to.equal('replayed');
    return call.id;
  }

  const holding = (): Promise<Lease> =>
    database.slots.acquire({ asterisk: 'a', appPrefix: 'app', owner: randomUUID(), holder: 'test' });

  it('is enough for all that is done with users', async () => {
    const { users } = database;
    const username = 'alice';
    await users.save({ username, passwordHash: '!', role: 'operator' });
    await users.save({ username, passwordHash: '?', role: 'operator' });
    for (const done of [
      users.disable(username),
      users.enable(username),
      users.setPassword(username, '!'),
      users.setRole(username, 'admin'),
      users.setLimits(username, { user_calls_per_day: 5 }),
      users.suspend((await users.findByUsername(username))!.id, 'test'),
      users.lift(username),
    ]) {
      expect(await done).to.equal(true);
    }
    expect((await users.list()).map((user) => user.username)).to.include(username);
    await database.ping();
  });

  it('is enough for tokens and API keys', async () => {
    const { tokens, keys } = database;
    const userId = await someUser();
    const token = { id: randomUUID(), userId };
    expect((await tokens.findBearer(token))?.revoked).to.equal(false);
    await tokens.revoke(token.id, new Date());
    expect((await tokens.findBearer(token))?.revoked).to.equal(true);
    await tokens.forgetExpired();
    const prefix = randomUUID().slice(-12);
    const more = {
      name: 'test',
      secretHash: '0'.repeat(64),
      scopes: ['calls:read'],
      allowedFrom: [],
      expiresInDays: null,
    };
    const { id } = await keys.create({ userId, prefix, ...more });
    expect((await keys.findByPrefix(prefix))?.id).to.equal(id);
    await keys.noteUse(id);
    expect(await keys.list(null)).not.to.be.empty;
    expect((await keys.revoke({ id }))?.revokedAt).to.be.a('date');
  });

  it('is enough for a call from its request to its end, with limits and without', async () => {
    const { calls } = database;
    const userId = await someUser();
    for (const limits of [OFF, ON]) {
      const lease = await holding();
      const id = await pending(userId, true);
      const token = { attempt: 2, slotId: lease.slotId, slotEpoch: lease.epoch };
      expect((await calls.claim(id, lease, limits)).outcome).to.equal('claimed');
      expect(await calls.voidClaim(id, { ...token, attempt: 1 }, 'test', 0)).to.equal(true);
      expect((await calls.claim(id, lease, limits)).outcome).to.equal('claimed');
      expect(await calls.permitDial({ callId: id, ...token }, limits)).to.equal(true);
      const event = { type: 'ringing' } as const;
      const dialing = soFar((await calls.find(id))!);
      const seen = someObservation(id, event, { attempt: 2 });
      expect(await calls.apply(seen, requiredTransition(event, dialing), token)).to.equal(true);
      await calls.note(someObservation(id, 'channel_created', { attempt: 2 }));
      expect((await calls.requestCancel(id, userId))?.transition?.to).to.equal('ringing');
      expect((await calls.toHangUp([lease.slotId], 60)).map((call) => call.id)).to.deep.equal([id]);
      expect((await calls.openOfSlot(lease.slotId)).calls).to.have.lengthOf(1);
      expect(await calls.findAll([id])).to.have.lengthOf(1);
      await tables.sql(`UPDATE worker_slots SET owner = NULL, lease_until = now() - interval '1 minute'`);
      expect((await database.slots.adopt({ asterisk: 'a', owner: randomUUID(), holder: 'test' }))?.slotId).to.equal(
        lease.slotId,
      );
      await tables.sql(`UPDATE calls SET status = 'failed', ended_at = now() WHERE id = $1`, [id]);
    }
  });

  it('is enough for holding a slot', async () => {
    const { slots } = database;
    const lease = await holding();
    expect(await slots.renew(lease, FOLLOWING)).to.equal(true);
    await slots.report(lease, 'connected');
    expect(await slots.identify(lease, { entityId: '02:00:00:00:00:01', version: '22.10.1' })).to.equal(true);
    expect(await slots.othersFor(randomUUID(), lease)).to.equal('none_alive');
    await slots.letGo(lease);
    await slots.release(lease);
    expect(await slots.list()).not.to.be.empty;
  });

  it('is enough for sweeps, erasure and the audit trail', async () => {
    const { calls, audit } = database;
    const id = await pending(await someUser());
    await tables.sql(`UPDATE calls SET expires_at = now(), next_enqueue_at = now() WHERE id = $1`, [id]);
    expect(await calls.takeSweepTurn('overdue_calls', 0)).to.equal(true);
    expect(await calls.takeDueForQueue()).to.deep.equal([id]);
    expect((await calls.backlog()).waiting).to.equal(1);
    expect(await calls.expireOverdue('api')).to.have.lengthOf(1);
    expect(await calls.endOrphans(60)).to.deep.equal([]);
    await calls.forgetOldKeys(1);
    await calls.forgetOldAccepted();
    expect(await calls.refuseOfStopped()).to.deep.equal([]);
    await tables.sql(`UPDATE calls SET ended_at = now() - interval '2 days' WHERE id = $1`, [id]);
    await calls.note({ ...someObservation(id, 'channel_created'), detail: { asterisk: 'PJSIP/+33100000001' } });
    expect(await calls.erasePersonalData(1)).to.be.greaterThan(0);
    await calls.forgetOldCalls(2, null);
    const nobody = { actor: null, subject: null, address: null, requestId: null, detail: {} };
    await audit.write([{ entry: { event: 'board_visited', source: 'api', ...nobody }, ageMs: 0 }]);
    const question = { event: null, user: null, from: null, to: null, before: null, limit: 10 };
    expect(await audit.read(question)).to.have.lengthOf(1);
    expect(await audit.forget(30)).to.equal(false);
  });

  const refused = (sql: string) =>
    client.query(sql).then(
      () => 'done',
      (error: unknown) => (error as pg.DatabaseError).code,
    );

  for (const sql of [
    `UPDATE audit_entries SET event = 'x'`,
    'DELETE FROM audit_entries',
    'TRUNCATE audit_entries',
    'DELETE FROM calls',
    'TRUNCATE calls CASCADE',
    'DELETE FROM call_events',
    'DELETE FROM call_orders',
    `UPDATE call_events SET event = 'x'`,
    'DELETE FROM users',
    'UPDATE idempotency_keys SET call_id = call_id',
    'DELETE FROM worker_slots',
    'INSERT INTO installation (id, name) VALUES (2, NULL)',
    'SELECT * FROM _prisma_migrations',
    'CREATE TABLE anything ()',
    'CREATE FUNCTION anything() RETURNS int LANGUAGE sql AS $$SELECT 1$$',
    'ALTER TABLE audit_entries ADD COLUMN anything int',
    'DROP TABLE audit_entries',
    'DROP INDEX calls_of_user_by_id',
    'ALTER TABLE calls DISABLE TRIGGER ALL',
    `SELECT setval('audit_entries_id_seq', 1)`,
    'CREATE ROLE anybody',
  ]) {
    it(`is refused ${sql}`, async () => {
      expect(await refused(sql)).to.equal('42501'); // insufficient_privilege
    });
  }

  it('gets rid of audit entries by the function alone, and of none younger than 30 days', async () => {
    await tables.sql(`DELETE FROM audit_entries`);
    for (const days of [1, 29, 31, 400]) {
      await tables.sql(
        `INSERT INTO audit_entries (at, event, source) VALUES (now() - $1 * interval '1 day', 'board_visited', 'api')`,
        [days],
      );
    }
    const left = async () => (await tables.sql<{ n: number }>('SELECT count(*)::int AS n FROM audit_entries'))[0]?.n;
    await database.audit.forget(365);
    expect(await left()).to.equal(3);
    for (const days of [30, 0, -1_000]) await database.audit.forget(days);
    expect(await left()).to.equal(2);
  });

  it('gets rid of calls by the function alone, and of none that ended in the last two days', async () => {
    const userId = await someUser();
    const ids = [await pending(userId), await pending(userId), await pending(userId)];
    await tables.sql('UPDATE idempotency_keys SET created_at = now()');
    await tables.sql(
      `UPDATE calls c SET status = 'failed', created_at = now() - interval '9 days', ended_at = now() - ago
       FROM unnest($1::uuid[], ARRAY['47 h', '49 h']::interval[]) AS old(id, ago) WHERE c.id = old.id`,
      [ids.slice(0, 2)],
    );
    for (const days of [2, 0, -1_000]) {
      await client.query(`SELECT forget_old_calls($1, '-infinity', $2, 1000)`, [days, NO_ID]);
    }
    const left = await tables.sql<{ id: string }>('SELECT id FROM calls WHERE id = ANY($1)', [ids]);
    expect(left.map(({ id }) => id)).to.have.members([ids[0], ids[2]]);
  });

  it('loses what it has been given beyond that, and keeps the rest, when the database is prepared again', async () => {
    await tables.sql(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`);
    await tables.sql(`GRANT ALL ON SCHEMA public TO ${role}`);
    expect(await refused('DELETE FROM audit_entries')).to.equal('done');
    await migrate({ url: tables.ownerUrl, directory: MIGRATIONS, applicationRole: role });
    expect(await refused('DELETE FROM audit_entries')).to.equal('42501');
    expect(await refused('CREATE TABLE anything ()')).to.equal('42501');
    await database.ping();
  });

  it('keeps what a newer version has given it, when `migrate` of this one runs on the newer schema', async () => {
    await tables.sql('CREATE TABLE of_a_newer_version ()');
    await tables.sql(`GRANT SELECT ON of_a_newer_version TO ${role}`);
    await tables.sql(`REVOKE SELECT ON users FROM ${role}`);
    await tables.sql(`INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
      VALUES ('newer', '', now(), '99991231000000_newer', 1)`);
    expect(await migrate({ url: tables.ownerUrl, directory: MIGRATIONS, applicationRole: role })).to.deep.equal([]);
    expect(await refused('SELECT FROM of_a_newer_version')).to.equal('done');
    expect(await refused('SELECT FROM users')).to.equal('done');

    await tables.sql(`DELETE FROM _prisma_migrations WHERE id = 'newer'`);
    await migrate({ url: tables.ownerUrl, directory: MIGRATIONS, applicationRole: role });
    expect(await refused('SELECT FROM of_a_newer_version')).to.equal('42501');
    await tables.sql('DROP TABLE of_a_newer_version');
  });

  it('has a line for every table but the ledger of the migrations', async () => {
    const rows = await tables.sql<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    const names = rows.map(({ name }) => name).filter((name) => name !== '_prisma_migrations');
    expect(Object.keys(APPLICATION_PRIVILEGES)).to.have.members(names);
  });

  it('must exist, and must not be a superuser', async () => {
    const given = (applicationRole: string) =>
      migrate({ url: tables.ownerUrl, directory: MIGRATIONS, applicationRole }).then(() => 'given', String);
    expect(await given('no_such_role')).to.include('there is no role no_such_role');
    const [superuser] = await tables.sql<{ name: string }>(
      'SELECT rolname AS name FROM pg_roles WHERE rolsuper LIMIT 1',
    );
    expect(await given(superuser!.name)).to.include('is a superuser');
  });
});
