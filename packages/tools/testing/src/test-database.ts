import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  APPLICATION_PRIVILEGES,
  connectTo,
  migrate,
  openPatientPool,
  openDatabase,
  type Database,
} from '@dialgate/database';
import type pg from 'pg';
import { patientWaits } from './slowness.js';

const MIGRATIONS = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url));

/** A database of a test file's own, with the real schema. */
export interface TestDatabase {
  /** As the services come to it in production: by a role that owns nothing and may do what they do. */
  readonly url: string;
  /** As the role that owns the tables. */
  readonly ownerUrl: string;
  readonly database: Database;
  /** As the owner: looks at or prepares what no function of the product shows: `sql('SELECT …', [value])`. */
  readonly sql: <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;
  readonly drop: () => Promise<void>;
}

/**
 * A fresh database, cloned from a template that holds the migrations of this checkout and is made once. The server is
 * TEST_DATABASE_URL, whose role may create databases and roles; `npm test` sets it.
 */
export async function createTestDatabase(server = process.env.TEST_DATABASE_URL): Promise<TestDatabase> {
  if (server === undefined) throw new Error('TEST_DATABASE_URL is not set: run the tests with `npm test`');

  const template = await templateOf(server);
  const name = `dialgate_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, (client) => cloneDatabase(client, template, name));
  const url = urlOf(server, name, APPLICATION_ROLE);
  const ownerUrl = urlOf(server, name);
  const waits = patientWaits();
  const database = openDatabase({ url, applicationName: 'dialgate-test', ...waits });
  const pool = openPatientPool(
    ownerUrl,
    { max: 4 },
    { connectMs: waits.connectTimeoutMs, answerMs: waits.queryTimeoutMs },
  );
  return {
    url,
    ownerUrl,
    database,
    sql: async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      (await pool.query<Row>({ text, values: values ?? [] })).rows,
    drop: async () => {
      await database.close();
      await pool.end();
      await onServer(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

const TEMPLATE_LOCK = 20_260_101;

/** One for all test databases of a server: roles belong to no database. */
const APPLICATION_ROLE = 'dialgate_test_application';

const templates = new Map<string, Promise<string>>();

/** Asked for once in a process: a server keeps what it has. */
function templateOf(server: string): Promise<string> {
  const known = templates.get(server) ?? ensureTemplate(server);
  templates.set(server, known);
  known.catch(() => templates.delete(server));
  return known;
}

async function ensureTemplate(server: string): Promise<string> {
  const name = `dialgate_template_${(await hashOfMigrations()).slice(0, 12)}`;
  await onServer(server, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await ensureRole(client, passwordOf(server));
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount !== 0) return;
    // Under another name until it is whole, so that a broken run leaves no half template.
    await client.query(`DROP DATABASE IF EXISTS ${name}_making WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name}_making`);
    const url = urlOf(server, `${name}_making`);
    await migrate({ url, directory: MIGRATIONS, applicationRole: APPLICATION_ROLE });
    await client.query(`ALTER DATABASE ${name}_making RENAME TO ${name}`);
  });
  return name;
}

async function ensureRole(client: pg.Client, password: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [APPLICATION_ROLE]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${APPLICATION_ROLE} LOGIN`);
  await client.query(`ALTER ROLE ${APPLICATION_ROLE} PASSWORD '${password}'`);
}

/** As secret as that of the server. */
function passwordOf(server: string): string {
  return createHash('sha256').update(server).digest('hex');
}

/** Of all that a template is made of. */
async function hashOfMigrations(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(APPLICATION_PRIVILEGES));
  const names = (await readdir(MIGRATIONS)).filter((name) => !name.endsWith('.toml')).sort();
  for (const name of names) hash.update(name).update(await readFile(`${MIGRATIONS}/${name}/migration.sql`));
  return hash.digest('hex');
}

/** PostgreSQL refuses to clone a template that somebody is just connected to; the next moment it is free. */
async function cloneDatabase(client: pg.Client, template: string, name: string): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  // The files as they are: writing each page into the log as well would take the server three times the work.
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
}

async function onServer(server: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = await connectTo(server, {});
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Of one host or several, which URL does not know. */
function urlOf(server: string, database: string, role?: string): string {
  const [, scheme, credentials, hosts, query = ''] =
    /^(postgres(?:ql)?:\/\/)(?:([^@/?]*)@)?([^/?]*)[^?]*(\?.*)?$/.exec(server) ?? [];
  const who = role === undefined ? credentials : `${role}:${passwordOf(server)}`;
  return `${scheme ?? ''}${who === undefined ? '' : `${who}@`}${hosts ?? ''}/${database}${query}`;
}
