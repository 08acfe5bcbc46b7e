import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundled, createTestDatabase, eventually, patience, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import pg from 'pg';
import { isPassword } from '../src/passwords/hash.js';
import { prepareDatabase } from '../src/setup/prepare-database.js';
import { seedAdmin } from '../src/setup/seed-admin.js';
import { wakingPostgres, type Waking } from './waking-postgres.js';

const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
const PASSWORD = 'four tins of apricots';

describe('preparing the database', () => {
  let tables: TestDatabase;
  beforeEach(async () => {
    tables = await createTestDatabase();
  });
  afterEach(() => tables.drop());

  async function prepare(environment: Record<string, string> = {}, existing?: 'reset'): Promise<string[]> {
    const said: string[] = [];
    await prepareDatabase({
      environment: { DATABASE_URL: tables.ownerUrl, NODE_ENV: 'production', ...environment },
      migrations: MIGRATIONS,
      existing,
      say: (sentence) => said.push(sentence),
    });
    return said;
  }

  const admins = () => tables.sql<{ password_hash: string }>('SELECT username, role::text, password_hash FROM users');

  it('applies what is missing and creates the admin', async () => {
    await tables.sql('DROP SCHEMA public CASCADE');
    await tables.sql('CREATE SCHEMA public');
    const [applied, done] = await prepare({ SEED_ADMIN_PASSWORD: PASSWORD });
    expect(applied).to.match(/^Applied \d{14}_init/);
    expect(done).to.equal('The admin admin was created.');
  });

  it('changes nothing the next time, a password that was changed least of all', async () => {
    await prepare({ SEED_ADMIN_PASSWORD: PASSWORD });
    const before = await admins();
    const said = await prepare({ SEED_ADMIN_PASSWORD: 'another tin of apricots' });
    expect(said).to.deep.equal(['The database is up to date.', 'The user admin is there already and was left alone.']);
    expect(await admins()).to.deep.equal(before);
  });

  it('takes secrets from files', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'dialgate-prepare-'));
    try {
      writeFileSync(join(directory, 'url'), `${tables.ownerUrl}\n`);
      writeFileSync(join(directory, 'password'), `${PASSWORD}\n`);
      const files = {
        DATABASE_URL_FILE: join(directory, 'url'),
        SEED_ADMIN_PASSWORD_FILE: join(directory, 'password'),
      };
      expect(await prepare({ DATABASE_URL: '', ...files })).to.include('The admin admin was created.');
      expect(await isPassword(PASSWORD, (await admins())[0]!.password_hash)).to.equal(true);
      expect(String(await prepare(files).catch(String))).to.include('DATABASE_URL and DATABASE_URL_FILE are both set');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('needs no admin', async () => {
    expect(await prepare()).to.include('SEED_ADMIN_PASSWORD is not set: no user was created.');
    expect(await admins()).to.deep.equal([]);
  });

  it('refuses a weak password without saying it', async () => {
    const refused = await prepare({ SEED_ADMIN_PASSWORD: 'password123!' }).catch((error: unknown) => error);
    expect(String(refused)).to.include('too weak').and.not.to.include('password123!');
  });

  it('gives an existing admin the password again when it is asked to reset', async () => {
    await prepare({ SEED_ADMIN_PASSWORD: `another-${PASSWORD}` });
    expect(await prepare({ SEED_ADMIN_PASSWORD: PASSWORD }, 'reset')).to.include('The admin admin was updated.');
    expect(await isPassword(PASSWORD, (await admins())[0]!.password_hash)).to.equal(true);
  });

  it('leaves an admin alone who needs no reset, so that their tokens stay good', async () => {
    const environment = { SEED_ADMIN_PASSWORD: PASSWORD };
    await prepare(environment);
    const before = await tables.sql('SELECT password_hash, token_version FROM users');
    expect(await prepare(environment, 'reset')).to.include('The user admin is there already and was left alone.');
    expect(await tables.sql('SELECT password_hash, token_version FROM users')).to.deep.equal(before);

    await tables.sql('UPDATE users SET disabled_at = now()');
    expect(await prepare(environment, 'reset'), 'who may not log in').to.include('The admin admin was updated.');
  });

  it('says in one line what is wrong for good, in the words of PostgreSQL, and ends with 1', async () => {
    const main = await bundled(new URL('../src/setup/main.ts', import.meta.url));
    const missing = new URL(tables.ownerUrl);
    missing.pathname = '/no_such_database';
    const { status, stderr } = spawnSync(process.execPath, [main], {
      env: { PATH: process.env.PATH, DATABASE_URL: missing.href },
      encoding: 'utf8',
    });
    expect(status).to.equal(1);
    expect(stderr).to.equal('The database could not be prepared: database "no_such_database" does not exist\n');
  }).timeout(60_000);
});

describe('a PostgreSQL that is still waking up', function () {
  this.timeout(60_000);
  let tables: TestDatabase;
  beforeEach(async () => {
    tables = await createTestDatabase();
  });
  afterEach(() => tables.drop());

  const ENDS: Waking[] = ['reset', 'starting up', 'silent', 'reset', 'starting up'];

  it('is asked again by the migrations and by the seed until it is up', async () => {
    for (const task of ['migrate', 'seed'] as const) {
      const waking = await wakingPostgres(tables.ownerUrl, ENDS);
      const environment = { DATABASE_URL: waking.url, SEED_ADMIN_PASSWORD: PASSWORD };
      const patience = { say: () => undefined, connectWithinMs: 2_000 };
      if (task === 'seed') await seedAdmin(environment, 'reset', patience);
      else await prepareDatabase({ environment, migrations: MIGRATIONS, ...patience });
      expect(waking.left(), task).to.equal(0);
      waking.close();
    }
    expect(await tables.sql('SELECT username FROM users')).to.deep.equal([{ username: 'admin' }]);
  });

  it('may cut off the migrations and the seed in the middle', async () => {
    // Migrations of two at a time wait for each other: this one waits until it is cut off.
    const holder = new pg.Client({ connectionString: tables.ownerUrl });
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock(72707369)');
    const said: string[] = [];
    const environment = { DATABASE_URL: tables.ownerUrl, SEED_ADMIN_PASSWORD: PASSWORD };
    const prepared = prepareDatabase({ environment, migrations: MIGRATIONS, say: (line) => said.push(line) });
    const waiting = `FROM pg_stat_activity WHERE application_name = 'dialgate-migrate' AND datname = current_database()`;
    const cut = await eventually(
      async () => (await tables.sql(`SELECT pg_terminate_backend(pid) ${waiting}`))[0],
      30_000,
    );
    expect(cut).to.deep.equal({ pg_terminate_backend: true });
    await holder.end();
    await prepared;
    expect(said.at(-1)).to.equal('The admin admin was created.');
  });

  it('is given up at the limit only, with the last reason', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const { port } = server.address() as { port: number };
    await new Promise((closed) => server.close(closed));
    const environment = { DATABASE_URL: `postgresql://nobody@127.0.0.1:${String(port)}/none` };
    const options = { environment, migrations: MIGRATIONS, say: () => undefined, limitMs: patience(200) };
    const error = await prepareDatabase(options).catch(String);
    expect(error)
      .to.include(`gave up waiting for PostgreSQL at 127.0.0.1:${String(port)}`)
      .and.include('ECONNREFUSED');
  });

  it('is not waited for when the password is wrong, the database is missing or a migration is refused', async () => {
    const wrong = (change: (url: URL) => void): Promise<unknown> => {
      const url = new URL(tables.ownerUrl);
      change(url);
      const environment = { DATABASE_URL: url.href, SEED_ADMIN_PASSWORD: PASSWORD };
      return seedAdmin(environment, 'keep', { say: () => undefined }).catch((error: unknown) => error);
    };
    expect(await wrong((url) => (url.username = 'no_such_role')))
      .to.have.property('code')
      .that.matches(/^28/);
    expect(await wrong((url) => (url.pathname = '/no_such_database'))).to.have.property('code', '3D000');

    await tables.sql(`UPDATE _prisma_migrations SET checksum = 'of another'`);
    const environment = { DATABASE_URL: tables.ownerUrl };
    const refused = prepareDatabase({ environment, migrations: MIGRATIONS, say: () => undefined });
    expect(await refused.catch(String)).to.include('were changed after');
  });
});
