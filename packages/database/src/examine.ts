import type pg from 'pg';
import { connectTo, ReadOnlyServerError } from './addresses.js';
import { AWAY_SQLSTATE } from './away.js';
import { APPLICATION_PRIVILEGES } from './privileges.js';
import { REPLICATION_COLUMNS, replicationOf, type Replication, type ReplicationRow } from './replication.js';

/**
 * How many columns the tables of this version have. Migrations only add: a database with fewer is one of a former version.
 * The services' role may not read the ledger of migrations, and everybody may count columns.
 */
export const COLUMNS_OF_THIS_VERSION = 192;

/** Why nothing could be asked. */
export type DatabaseRefusal =
  /** Nobody answers, or in time. */
  | 'unreachable'
  /** It is starting, going down, or has no connection left. */
  | 'not_ready'
  | 'wrong_password'
  | 'no_such_database'
  /** A PgBouncer that does not ignore what the services set when they connect. */
  | 'refuses_parameters'
  /** Only a standby answers, and the URL asks for more. */
  | 'only_a_standby'
  | 'other';

/** What a PostgreSQL says of itself to the services' role. */
export interface DatabaseFacts {
  readonly kind: 'reached';
  readonly version: string;
  /** How far its clock is ahead of this machine's, in milliseconds, and by how much that may be wrong. */
  readonly clock: { readonly aheadMs: number; readonly uncertaintyMs: number };
  readonly isStandby: boolean;
  /** Tables of this version that are not there, or that the role cannot see. */
  readonly missingTables: readonly string[];
  readonly columns: number;
  /** What the role lacks: `UPDATE on calls`. */
  readonly missingPrivileges: readonly string[];
  /** Whether the role is a superuser or owns the tables: then it can wipe out its tracks. */
  readonly mayDoAnything: boolean;
  /** Connections that there may be, and that there are, over all databases. */
  readonly connections: { readonly most: number; readonly used: number };
  readonly replication: Replication;
}

/**
 * Looks at a database as the services would find it. Reads only.
 *
 * @param withinMs how long connecting may take, and each of four questions, in milliseconds.
 */
export async function examineDatabase(
  url: string,
  withinMs: number,
): Promise<DatabaseFacts | { readonly kind: DatabaseRefusal; readonly code: string }> {
  let client: pg.Client | undefined;
  try {
    client = await connectTo(url, {
      connectionTimeoutMillis: withinMs,
      query_timeout: withinMs,
      // As the services do, so that whoever refuses theirs refuses this one.
      statement_timeout: withinMs,
      idle_in_transaction_session_timeout: withinMs,
    });
    return await ask(client);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    return { kind: refusalOf(error, code), code: typeof code === 'string' ? code : 'no answer' };
  } finally {
    await client?.end().catch(() => undefined);
  }
}

/** In PgBouncer's words; its code, 08P01, is that of most of what it refuses. */
const REFUSES_PARAMETERS = 'unsupported startup parameter';

function refusalOf(error: unknown, code: unknown): DatabaseRefusal {
  if (error instanceof ReadOnlyServerError) return 'only_a_standby';
  if (code === '28P01' || code === '28000') return 'wrong_password';
  if (code === '3D000') return 'no_such_database';
  if (error instanceof Error && error.message.includes(REFUSES_PARAMETERS)) return 'refuses_parameters';
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return 'unreachable';
  return AWAY_SQLSTATE.test(code) ? 'not_ready' : 'other';
}

async function ask(client: pg.Client): Promise<DatabaseFacts> {
  const askedAt = Date.now();
  const now = await client.query<{ at: Date }>('SELECT clock_timestamp() AS at');
  const answeredAt = Date.now();
  const tables = Object.keys(APPLICATION_PRIVILEGES);
  const { rows: found } = await client.query<{ table: string; columns: number }>(
    `SELECT t AS table, count(a.attnum)::int AS columns
     FROM unnest($1::text[]) AS t JOIN pg_attribute a ON a.attrelid = to_regclass(quote_ident(t)) AND a.attnum > 0
       AND NOT a.attisdropped GROUP BY t`,
    [tables],
  );
  const present = found.map(({ table }) => table);
  const { rows } = await client.query<ServerRow & ReplicationRow>(
    `SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS "isStandby",
       current_setting('max_connections')::int AS most, (SELECT count(*)::int FROM pg_stat_activity) AS used,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR EXISTS (SELECT FROM pg_class
         WHERE oid = to_regclass('calls') AND pg_has_role(relowner, 'MEMBER')) AS "mayDoAnything", ${REPLICATION_COLUMNS}`,
  );
  const [server] = rows;
  if (server === undefined) throw new Error('no answer');
  const { version, isStandby, mayDoAnything, most, used } = server;
  return {
    kind: 'reached',
    version,
    clock: {
      aheadMs: (now.rows[0]?.at.getTime() ?? answeredAt) - (askedAt + answeredAt) / 2,
      uncertaintyMs: (answeredAt - askedAt) / 2,
    },
    isStandby,
    missingTables: tables.filter((table) => !present.includes(table)),
    columns: found.reduce((sum, { columns }) => sum + columns, 0),
    missingPrivileges: await missingPrivileges(client, present),
    mayDoAnything,
    connections: { most, used },
    replication: replicationOf(server),
  };
}

interface ServerRow {
  readonly version: string;
  readonly isStandby: boolean;
  readonly mayDoAnything: boolean;
  readonly most: number;
  readonly used: number;
}

async function missingPrivileges(client: pg.Client, tables: readonly string[]): Promise<string[]> {
  const needed = tables.flatMap((table) =>
    (APPLICATION_PRIVILEGES[table] ?? '').split(', ').map((privilege) => {
      const [, name = privilege, column = null] = /^(\w+)(?: \((\w+)\))?$/.exec(privilege) ?? [];
      return { table, name, column };
    }),
  );
  const { rows } = await client.query<{ missing: string }>(
    `SELECT name || ' on ' || "table" AS missing FROM jsonb_to_recordset($1::jsonb) AS p("table" text, name text, "column" text)
     WHERE NOT CASE WHEN "column" IS NULL THEN has_table_privilege(to_regclass(quote_ident("table")), name)
       ELSE has_column_privilege(to_regclass(quote_ident("table")), "column", name) END`,
    [JSON.stringify(needed)],
  );
  return rows.map(({ missing }) => missing);
}
