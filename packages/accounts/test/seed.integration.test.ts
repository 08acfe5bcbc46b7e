import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { isPassword } from '../src/passwords/hash.js';
import { seedAdmin } from '../src/setup/seed-admin.js';

const SEED = fileURLToPath(new URL('../../../prisma/seed.ts', import.meta.url));
const PASSWORD = 'four tins of apricots';

/** Runs the script as `prisma db seed` does, with this environment and nothing else. */
function seed(environment: Record<string, string>): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', SEED], {
    env: { PATH: process.env.PATH, ...environment },
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

describe('seeding the admin', () => {
  let tables: TestDatabase;
  before(async () => (tables = await createTestDatabase()));
  after(() => tables.drop());
  beforeEach(() => tables.sql('DELETE FROM users'));

  const users = () =>
    tables.sql<{ username: string; role: string; password_hash: string; disabled: boolean }>(
      'SELECT username, role::text, password_hash, disabled_at IS NOT NULL AS disabled FROM users',
    );

  it('says that the admin was created, the next time that they were updated, and warns of a weak password', async () => {
    const strong = { DATABASE_URL: tables.url, SEED_ADMIN_USERNAME: 'Chief', SEED_ADMIN_PASSWORD: PASSWORD };
    const created = seed({ ...strong, NODE_ENV: 'production' });
    expect(created).to.deep.equal({ status: 0, out: 'The admin chief was created.\n', err: '' });
    const [before] = await users();
    expect(before).to.include({ username: 'chief', role: 'admin', disabled: false });

    await tables.sql(`UPDATE users SET role = 'operator', disabled_at = now()`);
    const updated = seed({ ...strong, SEED_ADMIN_PASSWORD: 'short' });
    expect(updated).to.deep.equal({
      status: 0,
      out: 'The admin chief was updated.\n',
      err: 'Warning: SEED_ADMIN_PASSWORD would be refused in production: it must have at least 12 characters.\n',
    });
    const [after, ...more] = await users();
    expect(after).to.include({ username: 'chief', role: 'admin', disabled: false });
    expect(after?.password_hash).not.to.equal(before?.password_hash);
    expect(more).to.deep.equal([]);
  });

  it('takes password and address from files', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'dialgate-seed-'));
    try {
      const file = (name: string, contents: string) => {
        writeFileSync(join(directory, name), contents);
        return join(directory, name);
      };
      const files = {
        DATABASE_URL_FILE: file('url', `${tables.url}\n`),
        SEED_ADMIN_PASSWORD_FILE: file('p', PASSWORD),
      };
      const patience = { say: () => undefined };
      const unused = { ARI_PASSWORD_FILE: '/nowhere', NODE_ENV: 'production' };
      expect((await seedAdmin({ ...files, ...unused }, 'keep', patience)).done).to.equal(
        'The admin admin was created.',
      );
      expect(await isPassword(PASSWORD, (await users())[0]!.password_hash)).to.equal(true);
      const twice = await seedAdmin({ ...files, DATABASE_URL: tables.url }, 'keep', patience).catch(String);
      expect(twice).to.include('DATABASE_URL and DATABASE_URL_FILE are both set').and.not.include(PASSWORD);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('names everything that is wrong in one line, repeats no password, and ends with 1', () => {
    const refused = seed({ SEED_ADMIN_USERNAME: 'no spaces', NODE_ENV: 'production' });
    expect(refused).to.deep.equal({
      status: 1,
      out: '',
      err:
        'Seeding failed: DATABASE_URL is not set; ' +
        'SEED_ADMIN_USERNAME must be 3 to 64 of a-z, 0-9, dot, _, - and @; SEED_ADMIN_PASSWORD is not set\n',
    });
  });

  for (const [why, environment, message] of [
    [
      'a weak password in production',
      { SEED_ADMIN_PASSWORD: 'password123!', NODE_ENV: 'production' },
      'SEED_ADMIN_PASSWORD is too weak: it must not be one of the common passwords',
    ],
    [
      'a database without tables',
      { DATABASE_URL: process.env.TEST_DATABASE_URL, SEED_ADMIN_PASSWORD: PASSWORD },
      'the database has no tables yet; apply the migrations first',
    ],
  ] as const) {
    it(`refuses ${why}, and says so`, async () => {
      const settings = { DATABASE_URL: tables.url, ...environment };
      const refused = await seedAdmin(settings, 'reset', { say: () => undefined }).catch((e: unknown) => e);
      expect(refused).to.be.an.instanceOf(Error).and.to.include({ name: 'SeedError', message });
      expect(await users()).to.deep.equal([]);
    });
  }
});
