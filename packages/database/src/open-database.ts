import { openCalls, type Calls } from './calls/calls.js';
import { asking, openClient, type DatabaseOptions } from './client.js';
import { openSlots, type Slots } from './slots.js';
import { openUsers, type Users } from './users.js';

/** Everything this product keeps. */
export interface Database {
  readonly calls: Calls;
  readonly slots: Slots;
  readonly users: Users;
  /** Resolves when the database answers. @throws DialgateError `database_unavailable` */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const DEFAULTS = { poolSize: 10, connectTimeoutMs: 1_500, queryTimeoutMs: 5_000 };

/**
 * Opens the database lazily: the first query connects, and every query after an outage connects again. Every function
 * throws DialgateError `database_unavailable` when the database cannot be reached in time.
 */
export function openDatabase(
  options: Pick<DatabaseOptions, 'url' | 'applicationName'> & Partial<DatabaseOptions>,
): Database {
  const client = openClient({ ...DEFAULTS, ...options });
  return {
    calls: openCalls(client),
    slots: openSlots(client),
    users: openUsers(client),
    ping: () =>
      asking(async () => {
        await client.$queryRaw`SELECT 1`;
      }),
    close: () => client.$disconnect(),
  };
}
