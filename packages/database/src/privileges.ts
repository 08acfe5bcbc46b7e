import pg from 'pg';
import { MigrationError } from './away.js';

/**
 * What the application's role may do with each table: what some statement of the services or of `pnpm user` does, and no more. A
 * table that is missing here is out of its reach. No role but the owner may TRUNCATE or change a table.
 */
export const APPLICATION_PRIVILEGES: Readonly<Record<string, string>> = {
  users: 'SELECT, INSERT, UPDATE',
  revoked_tokens: 'SELECT, INSERT, DELETE',
  api_keys: 'SELECT, INSERT, UPDATE',
  stream_tickets: 'SELECT, INSERT, DELETE',
  calls: 'SELECT, INSERT, UPDATE',
  call_orders: 'SELECT, INSERT, UPDATE',
  // The erasure of personal data changes what an entry says beside its event.
  call_events: 'SELECT, INSERT, UPDATE (detail)',
  idempotency_keys: 'SELECT, INSERT, DELETE',
  accepted_calls: 'SELECT, INSERT, DELETE',
  called_countries: 'SELECT, INSERT, UPDATE',
  do_not_call: 'SELECT, INSERT, DELETE',
  webhook_endpoints: 'SELECT, INSERT, UPDATE, DELETE',
  webhook_deliveries: 'SELECT, INSERT, UPDATE, DELETE',
  webhook_attempts: 'SELECT, INSERT',
  webhook_position: 'SELECT, UPDATE',
  sweep_turns: 'SELECT, UPDATE',
  worker_slots: 'SELECT, INSERT, UPDATE',
  asterisks: 'SELECT, INSERT, UPDATE',
  installation: 'SELECT, UPDATE',
  // Append-only: nobody who has taken over a service shall be able to wipe out his tracks.
  audit_entries: 'SELECT, INSERT',
};

const APPLICATION_FUNCTIONS = [
  'forget_old_audit_entries(int, int)',
  'forget_old_calls(int, timestamptz, uuid, int)',
  'open_calls_of_slots(int)',
];

/**
 * Gives the application's role what it needs and takes from it whatever else it had, in one transaction: services that run
 * meanwhile miss nothing. May be repeated; has to be after each migration.
 *
 * @param client a connection of the role that owns the tables.
 * @param role the application's; it must exist, and must own nothing.
 * @param options.takeTheRest false leaves it what else it has: on a schema of a newer version, whose services need it.
 * @throws MigrationError
 */
export async function grantToApplication(
  client: pg.Client,
  role: string,
  { takeTheRest }: { readonly takeTheRest: boolean },
): Promise<void> {
  const { rows } = await client.query<{ superuser: boolean; owner: boolean }>(
    `SELECT rolsuper AS superuser, pg_has_role(oid, (SELECT relowner FROM pg_class WHERE oid = 'calls'::regclass), 'MEMBER') AS owner
     FROM pg_roles WHERE rolname = $1`,
    [role],
  );
  const [found] = rows;
  if (found === undefined) throw new MigrationError(`there is no role ${role}; create it first`);
  if (found.superuser) throw new MigrationError(`the role ${role} is a superuser, whom no grant can hold back`);
  if (found.owner)
    throw new MigrationError(`the role ${role} owns the tables; let them belong to the role that migrates`);
  await client.query('BEGIN');
  try {
    await client.query(statements(pg.escapeIdentifier(role), takeTheRest));
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined); // Without its connection it is rolled back, too.
    throw new MigrationError(`the privileges of the role ${role} could not be set`, { cause: error });
  }
}

/** Qualified by nothing, as the migrations are: all is in the first schema of the search path. */
function statements(role: string, takeTheRest: boolean): string {
  const grants = Object.entries(APPLICATION_PRIVILEGES).map(
    ([table, privileges]) => `GRANT ${privileges} ON "${table}" TO ${role}`,
  );
  const taken = [
    inSchema((schema) => `REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM ${role}`),
    inSchema((schema) => `REVOKE ALL ON SCHEMA ${schema} FROM ${role}`),
  ];
  return [
    ...(takeTheRest ? taken : []),
    inSchema((schema) => `GRANT USAGE ON SCHEMA ${schema} TO ${role}`),
    // Sequences give out numbers for the tables above, and nothing else.
    inSchema((schema) => `GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role}`),
    ...grants,
    ...APPLICATION_FUNCTIONS.map((signature) => `GRANT EXECUTE ON FUNCTION ${signature} TO ${role}`),
  ].join(';\n');
}

function inSchema(statement: (schema: string) => string): string {
  const text = statement('%1$I').replaceAll("'", "''");
  return `DO $$ BEGIN EXECUTE format('${text}', current_schema()); END $$`;
}
