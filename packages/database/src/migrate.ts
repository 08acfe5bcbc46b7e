import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '@dialgate/service-kit';
import type pg from 'pg';
import { connectTo } from './addresses.js';
import { MigrationError } from './away.js';
import { grantToApplication } from './privileges.js';

/** The advisory lock that Prisma's own engine takes: `prisma migrate deploy` and this exclude each other. */
const PRISMA_MIGRATION_LOCK = 72707369;

const ASK_AGAIN_MS = 200;

/** A migration that waits for a lock makes everybody wait who comes after it: it stands back after this long, in milliseconds. */
const LOCK_MS = 2_000;

/** Then it is tried again after as long as others may have waited, in milliseconds, so many times: about ten minutes. */
const STAND_BACK_MS = 2_000;
const LOCK_TRIES = 150;

/** PostgreSQL: a lock was not to be had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

/** Prisma's ledger, to the letter, so that `prisma migrate status` sees our work as its own. */
const LEDGER = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/**
 * Applies the migrations that the database does not have yet, in the order of their names, each in one transaction but for
 * those that make an index CONCURRENTLY, which PostgreSQL does in none. Does
 * what `prisma migrate deploy` does, without Prisma's engine; the two are interchangeable.
 *
 * @param options.applicationRole the role of the services, when it is another than the one that migrates: it is given the
 *   privileges it needs. Absent where one role does everything.
 * @returns the names of the migrations it applied.
 * @param options.connectWithinMs how long connecting may take, in milliseconds; by default as long as the network lets it.
 * @throws MigrationError when a migration fails (it is rolled back whole), when an earlier one was left half done, or when one
 *   was changed after it had been applied. What the driver and PostgreSQL say otherwise: see `whyAway`.
 */
export async function migrate(options: {
  readonly url: string;
  readonly directory: string;
  readonly applicationRole?: string | undefined;
  readonly connectWithinMs?: number;
}): Promise<string[]> {
  const migrations = await readMigrations(options.directory);
  const client = await connectTo(options.url, {
    application_name: 'dialgate-migrate',
    connectionTimeoutMillis: options.connectWithinMs ?? 0,
  });
  try {
    await lock(client);
    await client.query(LEDGER);
    const { missing, isAhead } = await compareWithLedger(client, migrations);
    for (const migration of missing) await applyWhenFree(client, migration);
    if (options.applicationRole !== undefined) {
      // Services of a newer version may be at work, and need what this one does not know of.
      await grantToApplication(client, options.applicationRole, { takeTheRest: !isAhead });
    }
    return missing.map(({ name }) => name);
  } finally {
    await client.end(); // Gives the lock back.
  }
}

/** Asks again and again: whoever waited in one statement would hold up an index that the lock's holder makes CONCURRENTLY. */
async function lock(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [
      PRISMA_MIGRATION_LOCK,
    ]);
    if (rows[0]?.got === true) return;
    await sleep(ASK_AGAIN_MS);
  }
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** What the database does not have yet, and whether it has migrations of a newer version. */
async function compareWithLedger(
  client: pg.Client,
  migrations: readonly Migration[],
): Promise<{ readonly missing: Migration[]; readonly isAhead: boolean }> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  const halfDone = rows.filter((row) => row.finished_at === null).map((row) => row.migration_name);
  if (halfDone.length > 0) throw new MigrationError(`migrations were left half done: ${halfDone.join(', ')}`);

  const checksums = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  const changed = migrations.filter(({ name, checksum }) => (checksums.get(name) ?? checksum) !== checksum);
  if (changed.length > 0) {
    throw new MigrationError(
      `migrations were changed after they had been applied: ${changed.map(({ name }) => name).join(', ')}`,
    );
  }
  const ours = new Set(migrations.map(({ name }) => name));
  return {
    missing: migrations.filter(({ name }) => !checksums.has(name)),
    isAhead: rows.some((row) => !ours.has(row.migration_name)),
  };
}

/** Somebody's long transaction, a dump's among them, may hold a table; calls must not wait behind us for its end. */
async function applyWhenFree(client: pg.Client, migration: Migration): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await apply(client, migration);
      return;
    } catch (error) {
      const { code } = (error as MigrationError).cause as { code?: unknown };
      if (code !== LOCK_NOT_AVAILABLE || tries === LOCK_TRIES) throw error;
      await sleep(STAND_BACK_MS);
    }
  }
}

/**
 * A migration that makes or drops an index CONCURRENTLY, as statements that may be carried out twice: a migrate that is killed may
 * have done it, or half of it, and not have written so into the ledger.
 */
function repeatable(sql: string): string[] {
  const name = /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY ("\w+")/m.exec(sql)?.[1];
  if (name !== undefined) return [`DROP INDEX CONCURRENTLY IF EXISTS ${name}`, sql];
  return [sql.replace(/^DROP INDEX CONCURRENTLY (?=")/m, '$&IF EXISTS ')];
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  // Of one statement, so that it is done or not done.
  const alone = sql.includes(' CONCURRENTLY ');
  try {
    if (alone) for (const statement of repeatable(sql)) await client.query(statement);
    await client.query('BEGIN');
    await client.query(`SET LOCAL lock_timeout = ${LOCK_MS}`);
    if (!alone) await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, started_at, finished_at, migration_name, applied_steps_count)
       VALUES ($1, $2, now(), clock_timestamp(), $3, 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined); // Without its connection it is rolled back, too.
    throw new MigrationError(`migration ${name} failed and was rolled back`, { cause: error });
  }
}
