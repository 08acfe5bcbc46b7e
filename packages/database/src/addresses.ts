import { addressesIn, type Addresses } from '@dialgate/service-kit';
import pg from 'pg';

/** A server was found, and it takes no writes: a standby, or a primary that was demoted. */
export class ReadOnlyServerError extends Error {
  override readonly name = 'ReadOnlyServerError';
  /** What PostgreSQL says when a write is tried all the same. */
  readonly code = '25006';
}

/** @throws ReadOnlyServerError unless the server is as wanted. */
export async function requireWanted(client: pg.ClientBase, wanted: Addresses['wanted']): Promise<void> {
  if (wanted === 'any') return;
  const { rows } = await client.query<{ standby: boolean; readOnly: boolean }>(
    `SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS "readOnly"`,
  );
  const [found] = rows;
  if (found?.standby === true) throw new ReadOnlyServerError('only a standby answers');
  if (found?.readOnly === true && wanted === 'read-write') throw new ReadOnlyServerError('the database is read-only');
}

/** @throws Error with the sentence of `addressesIn`. */
export function requireAddresses(url: string): Addresses {
  const addresses = addressesIn(url);
  if (typeof addresses === 'string') throw new Error(`The database's URL ${addresses}.`);
  return addresses;
}

/**
 * Connects to the first address where a server is as wanted.
 *
 * @throws what the last one said.
 */
export async function connectTo(url: string, config: pg.ClientConfig): Promise<pg.Client> {
  const { urls, wanted } = requireAddresses(url);
  let failure: unknown;
  for (const connectionString of urls) {
    const client = new pg.Client({ ...config, connectionString });
    client.on('error', () => undefined); // The statement under way says that its connection broke off.
    try {
      await client.connect();
      await requireWanted(client, wanted);
      return client;
    } catch (error) {
      failure = error;
      await client.end().catch(() => undefined);
    }
  }
  throw failure;
}
