import type { CallLimits } from '@dialgate/domain';
import { createApiKeys, type ApiKeys } from './api-keys.js';
import { createAdmissionFacts, type AskAdmissionFacts } from './admission-facts.js';
import { createAuditTrail, type AuditTrail } from './audit.js';
import { createCalls, type Calls } from './calls/calls.js';
import { tellEntries } from './calls/tell-entries.js';
import { withDatabaseErrors, openClient, type DatabaseOptions } from './client.js';
import { createDoNotCallList, type DoNotCallList } from './do-not-call.js';
import { createReplicationCheck, type Replication } from './replication.js';
import { createDatabaseClock, type DatabaseClock } from './clock.js';
import { WORKER_TIMES, type WorkerTimes } from './worker-times.js';
import { createSlots, type Slots } from './slots.js';
import { createStreamTickets, type StreamTickets } from './stream-tickets.js';
import { createTokens, type Tokens } from './tokens.js';
import { createUsers, type Users } from './users.js';
import { createWebhooks, type Webhooks } from './webhooks/webhooks.js';

/** Everything this product keeps. */
export interface Database {
  readonly calls: Calls;
  readonly slots: Slots;
  readonly users: Users;
  /** Who did what, from where. */
  readonly audit: AuditTrail;
  /** What of the tokens of logins stands in the database. */
  readonly tokens: Tokens;
  readonly keys: ApiKeys;
  readonly streamTickets: StreamTickets;
  readonly doNotCall: DoNotCallList;
  readonly webhooks: Webhooks;
  readonly admissionFacts: AskAdmissionFacts;
  /** @throws DialgateError `database_unavailable` */
  readonly replication: () => Promise<Replication>;
  /**
   * Resolves when the database answers and has our tables: whether it may be written.
   *
   * @throws DialgateError `database_unavailable`
   */
  readonly ping: () => Promise<{ readonly readOnly: boolean }>;
  readonly close: () => Promise<void>;
}

/** Connections of their own for what every request asks; opened when the first does. */
const LOOK_UP_POOL_SIZE = 2;

/** And for the renewal of leases; opened when a worker has one. */
const LEASE_POOL_SIZE = 2;

const DEFAULTS = { poolSize: 10, connectTimeoutMs: 1_500, queryTimeoutMs: 5_000 };

/**
 * Opens the database lazily: the first query connects, and every query after an outage connects again. Every function
 * throws DialgateError `database_unavailable` when the database cannot be reached in time.
 */
export function openDatabase(
  options: Pick<DatabaseOptions, 'url' | 'applicationName'> &
    Partial<DatabaseOptions> & {
      /** Limits on accepted calls; none by default. The same for all that accept calls. */
      readonly callLimits?: CallLimits;
      /** Told when entries of the timeline may have been written, once they can be read. */
      readonly onEntries?: () => void;
      /** Other than production's in tests only. */
      readonly times?: WorkerTimes;
      /** One that is shared, or never jumps, in tests only. */
      readonly clock?: DatabaseClock;
    },
): Database {
  const client = openClient({ ...DEFAULTS, ...options });
  // Every request asks who sends it: that must not wait behind what the requests before it do.
  const lookUps = openClient({ ...DEFAULTS, ...options, poolSize: LOOK_UP_POOL_SIZE });
  const leases = openClient({ ...DEFAULTS, ...options, poolSize: LEASE_POOL_SIZE });
  const { onEntries = () => undefined, clock = createDatabaseClock() } = options;
  return {
    calls: tellEntries(createCalls(client, clock, options.callLimits, options.times), onEntries),
    slots: createSlots(client, leases, clock, options.times ?? WORKER_TIMES),
    users: createUsers(client, lookUps),
    audit: createAuditTrail(client),
    tokens: createTokens(client, lookUps),
    keys: createApiKeys(client, lookUps),
    streamTickets: createStreamTickets(client),
    doNotCall: createDoNotCallList(client),
    webhooks: createWebhooks(client),
    admissionFacts: createAdmissionFacts(lookUps),
    replication: createReplicationCheck(client),
    ping: () =>
      withDatabaseErrors(async () => {
        const [row] = await client.$queryRaw<{ readOnly: boolean }[]>`
          SELECT current_setting('transaction_read_only') = 'on' AS "readOnly" FROM installation`;
        return row ?? { readOnly: false };
      }),
    close: async () => {
      await Promise.all([client, lookUps, leases].map((each) => each.$disconnect()));
    },
  };
}
