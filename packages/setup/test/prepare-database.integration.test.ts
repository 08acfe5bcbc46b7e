import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { prepareDatabase } from '../src/prepare-database.js';
import { seedAdmin } from '../src/seed-admin.js';

const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
const PASSWORD = 'four tins of apricots';

describe('preparing the database', () => {
  let tables: TestDatabase;
  beforeEach(async () => {
    tables = await createTestDatabase();
  });
  afterEach(() => tables.drop());

  async function prepare(environment: Record<string, string> = {}): Promise<string[]> {
    const said: string[] = [];
    await prepareDatabase({
      environment: { DATABASE_URL: tables.url, NODE_ENV: 'production', ...environment },
      migrations: MIGRATIONS,
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

  it('needs no admin', async () => {
    expect(await prepare()).to.include('SEED_ADMIN_PASSWORD is not set: no user was created.');
    expect(await admins()).to.deep.equal([]);
  });

  it('refuses a weak password without saying it', async () => {
    const refused = await prepare({ SEED_ADMIN_PASSWORD: 'password123!' }).catch((error: unknown) => error);
    expect(String(refused)).to.include('too weak').and.not.to.include('password123!');
  });

  it('gives an existing admin the password again when it is asked to reset', async () => {
    const environment = { DATABASE_URL: tables.url, SEED_ADMIN_PASSWORD: PASSWORD };
    await seedAdmin(environment, 'reset');
    const before = await admins();
    expect((await seedAdmin(environment, 'reset')).done).to.equal('The admin admin was updated.');
    expect((await admins())[0]?.password_hash).not.to.equal(before[0]?.password_hash);
  });

  it('says in one line why it could not, down to the cause, and ends with 1', () => {
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--conditions=source', main], {
      env: { PATH: process.env.PATH, DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' },
      encoding: 'utf8',
    });
    expect(status).to.equal(1);
    expect(stderr).to.equal('The database could not be prepared: connect ECONNREFUSED 127.0.0.1:1\n');
  }).timeout(20_000);
});
