import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import pg from 'pg';
import { migrate } from '../src/index.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MIGRATIONS = join(ROOT, 'prisma/migrations');

describe('migrations', () => {
  let url: string;
  let name: string;

  beforeEach(async () => {
    name = `dialgate_migrate_${randomUUID().replaceAll('-', '')}`;
    await onServer(`CREATE DATABASE ${name}`);
    const target = new URL(process.env.TEST_DATABASE_URL ?? '');
    target.pathname = `/${name}`;
    url = target.href;
  });
  afterEach(() => onServer(`DROP DATABASE ${name} WITH (FORCE)`));

  it('say the same as the schema', async () => {
    const { code, output } = await prisma(
      'migrate',
      'diff',
      '--from-migrations',
      MIGRATIONS,
      '--to-schema',
      'prisma/schema.prisma',
      '--exit-code',
    );
    expect(output).to.include('No difference detected');
    expect(code).to.equal(0);
  });

  it('are applied once, also when several start at the same time', async () => {
    const applied = await Promise.all([1, 2, 3].map(() => migrate({ url, directory: MIGRATIONS })));
    expect(applied.filter((names) => names.length > 0).length).to.equal(1);
    expect(await migrate({ url, directory: MIGRATIONS })).to.deep.equal([]);
  });

  it('applied by us are up to date for Prisma, and the other way round', async () => {
    await migrate({ url, directory: MIGRATIONS });
    const deployed = await prisma('migrate', 'deploy');
    expect(deployed.output).to.include('No pending migrations');

    await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
    await onServer(`CREATE DATABASE ${name}`);
    expect((await prisma('migrate', 'deploy')).code).to.equal(0);
    expect(await migrate({ url, directory: MIGRATIONS })).to.deep.equal([]);
  });

  describe('of somebody’s making', () => {
    let directory: string;
    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), 'migrations-'));
      await cp(MIGRATIONS, directory, { recursive: true });
      await migrate({ url, directory });
    });
    afterEach(() => rm(directory, { recursive: true }));

    it('that make or drop an index beside their tables’ use may have been done, or half done, by one that was killed', async () => {
      const indexes = `SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index
        WHERE indrelid IN ('calls'::regclass, 'accepted_calls'::regclass) ORDER BY 1`;
      const before = await ask(url, indexes);
      const killed = [
        '20261127130000_calls_of_user_by_id',
        '20261127130002_drop_calls_of_user',
        '20261128211001_calls_of_order',
      ];
      await ask(url, `DELETE FROM _prisma_migrations WHERE migration_name IN ('${killed.join("', '")}')`);
      // As a CREATE INDEX CONCURRENTLY leaves it that was cut off.
      await ask(url, `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'calls_of_order'::regclass`);
      expect(await migrate({ url, directory })).to.deep.equal(killed);
      expect(await ask(url, indexes)).to.deep.equal(before);
    });

    it('that fail are rolled back whole and named', async () => {
      const applied = await ask(url, 'SELECT migration_name FROM _prisma_migrations');
      await cp(join(directory, '20261122000000_init'), join(directory, '20990101000000_broken'), { recursive: true });
      await writeFile(
        join(directory, '20990101000000_broken/migration.sql'),
        'CREATE TABLE half (); SELECT no_such_thing;',
      );
      expect(await failureOf(migrate({ url, directory }))).to.include('20990101000000_broken');
      expect(await ask(url, `SELECT to_regclass('half')::text AS half`)).to.deep.equal([{ half: null }]);
      expect(await ask(url, 'SELECT migration_name FROM _prisma_migrations')).to.deep.equal(applied);
    });

    it('that cannot have their lock stand back, so that calls go on, and are tried again', async () => {
      await cp(join(directory, '20261122000000_init'), join(directory, '20990101000000_more'), { recursive: true });
      await writeFile(join(directory, '20990101000000_more/migration.sql'), 'ALTER TABLE calls ADD COLUMN more int;');
      const dump = new pg.Client({ connectionString: url });
      await dump.connect();
      await dump.query('BEGIN');
      await dump.query('SELECT count(*) FROM calls');
      const migrated = migrate({ url, directory });
      const waiting = `SELECT 1 FROM pg_stat_activity
        WHERE application_name = 'dialgate-migrate' AND datname = current_database() AND wait_event_type = 'Lock'`;
      await eventually(async () => (await ask(url, waiting)).length > 0);
      // Behind a migration that waited on, this would wait until the dump is over.
      await ask(url, 'SELECT count(*) FROM calls');
      await dump.end();
      expect(await migrated).to.deep.equal(['20990101000000_more']);
    });

    it('that were changed after they had been applied are refused', async () => {
      await writeFile(join(directory, '20261122000000_init/migration.sql'), 'SELECT 1;');
      expect(await failureOf(migrate({ url, directory }))).to.include('were changed after');
    });
  });

  async function prisma(...args: string[]): Promise<{ code: number; output: string }> {
    const options = { cwd: ROOT, env: { ...process.env, DATABASE_URL: url } };
    try {
      const { stdout, stderr } = await promisify(execFile)(join(ROOT, 'node_modules/.bin/prisma'), args, options);
      return { code: 0, output: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, output: stdout + stderr };
    }
  }
});

async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing failed';
}

async function onServer(statement: string): Promise<void> {
  await ask(process.env.TEST_DATABASE_URL ?? '', statement);
}

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<pg.QueryResultRow>(statement)).rows;
  } finally {
    await client.end();
  }
}
