import { randomBytes } from 'node:crypto';
import { createTestDatabase, eventually, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import type pg from 'pg';
import { openDatabase, openPatientPool } from '../src/index.js';

describe('a connection of the pool', () => {
  let tables: TestDatabase;
  let pool: pg.Pool;

  beforeEach(async () => {
    tables = await createTestDatabase();
    pool = openPatientPool(tables.url, { max: 2 }, { connectMs: 60_000, answerMs: 60_000 });
  });
  afterEach(async () => {
    await pool.end();
    await tables.drop();
  });

  async function processOf(client: pg.ClientBase): Promise<number | undefined> {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return rows[0]?.pid;
  }

  /** Takes a connection, has something done with it, gives it back, and says whether the next is the same. */
  async function isGivenOutAgain(work: (client: pg.PoolClient) => Promise<unknown>): Promise<boolean> {
    const first = await pool.connect();
    const before = await processOf(first);
    await work(first).catch(() => undefined);
    first.release();
    const next = await pool.connect();
    const after = await processOf(next);
    next.release();
    return before === after;
  }

  it('is given out again when all went well', async () => {
    expect(await isGivenOutAgain((client) => client.query('BEGIN; COMMIT'))).to.equal(true);
  });

  it('is not when it comes back in a transaction', async () => {
    expect(await isGivenOutAgain((client) => client.query('BEGIN'))).to.equal(false);
  });

  it('is not when its transaction failed, rolled back or not', async () => {
    const failing = async (client: pg.PoolClient): Promise<void> => {
      await client.query('BEGIN READ ONLY');
      await client.query('UPDATE installation SET id = id').catch(() => undefined);
      await client.query('ROLLBACK');
    };
    expect(await isGivenOutAgain(failing)).to.equal(false);
  });

  it('is not when a statement took too long, which may still run', async () => {
    const slow = { text: 'SELECT pg_sleep(60)', query_timeout: 50 };
    expect(await isGivenOutAgain((client) => client.query(slow))).to.equal(false);
  });

  it('is not when another one has said that the server takes no writes any more', async () => {
    const [one, other] = [await pool.connect(), await pool.connect()];
    const left = await processOf(other);
    other.release();
    await one.query('BEGIN READ ONLY');
    await one.query('UPDATE installation SET id = id').catch(() => undefined);
    one.release();
    const next = await pool.connect();
    expect(await processOf(next)).not.to.equal(left);
    next.release();
  });

  it('is replaced by another, and that is all, when its server has ended it while nobody used it', async () => {
    const before = await pool.connect();
    const left = await processOf(before);
    before.release();
    await tables.sql('SELECT pg_terminate_backend($1)', [left]);
    await eventually(() => pool.idleCount === 0);
    const next = await pool.connect();
    expect(await processOf(next)).not.to.equal(left);
    next.release();
  });

  it('is as good as before when its password was changed', async () => {
    const login = `login_${randomBytes(4).toString('hex')}`;
    await tables.sql(`CREATE ROLE ${login} LOGIN PASSWORD 'the first'`);
    const url = Object.assign(new URL(tables.url), { username: login, password: 'the first' });
    const own = openPatientPool(url.href, { max: 2 }, { connectMs: 60_000, answerMs: 60_000 });
    try {
      const first = await own.connect();
      const before = await processOf(first);
      await tables.sql(`ALTER ROLE ${login} PASSWORD 'another'`);
      const refused = await own.connect().then(
        () => null,
        (error: unknown) => (error as { code?: unknown }).code,
      );
      expect(refused).to.equal('28P01');
      first.release();
      const next = await own.connect();
      expect(await processOf(next)).to.equal(before);
      next.release();
    } finally {
      await own.end();
      await tables.sql(`DROP ROLE ${login}`);
    }
  });
});

describe('an address where nobody is', () => {
  it('is passed over for the next', async () => {
    const tables = await createTestDatabase();
    const { host } = new URL(tables.url);
    const url = `${tables.url.replace(host, `127.0.0.1:1,${host}`)}?target_session_attrs=read-write`;
    const database = openDatabase({ url, applicationName: 'test' });
    await database.ping();
    await database.close();
    await tables.drop();
  });
});
