import { readRedisUrl, type Logger } from '@dialgate/service-kit';
import { Cluster, Redis, type CommonRedisOptions } from 'ioredis';
import { watchConnection } from './liveness.js';
import { keyPrefix } from './originate-queue.js';

/** A connection to a server, by whatever way it was found, or the connections to a cluster's nodes. */
export type Client = Redis | Cluster;

/** Where a queue lives. */
export interface QueueAccess {
  /** As `readRedisUrl` takes it. */
  readonly redisUrl: string;
  /** The installation's name, in the first part of every key. */
  readonly prefix: string;
  readonly log: Logger;
}

/**
 * How long a connection may take to come up, in milliseconds. Nobody waits for it: until it is up, what is asked fails at once. On
 * a busy machine a second may pass before a process comes to see that it is connected.
 */
const CONNECT_WITHIN_MS = 5_000;

/** How long the last piece may take on a connection that is being closed, in milliseconds. On a dead one it never comes. */
const DISCONNECT_WITHIN_MS = 500;

/** How long a sentinel may take to say where the master is, in milliseconds, and a node to say which slots are where. */
const DIRECTIONS_WITHIN_MS = 2_000;

/** How long a connection on which a job is waited for may say nothing, in milliseconds: longer than the wait, which is 5 s. */
const SILENCE_MS = 9_000;

type Server = Pick<QueueAccess, 'redisUrl' | 'prefix'>;

/**
 * A connection for those who must not wait: what it is asked fails within so many milliseconds in every kind of outage, at
 * once while there is no connection, and is answered again 0.5 s after the outage (measured with ioredis 6.0).
 */
export function openFailFastConnection({ log, ...server }: QueueAccess, role: string, withinMs: number): Client {
  const client = openQuietConnection(server, withinMs);
  logOutages(client, log, role);
  return client;
}

/** The same for those who say themselves that Redis is away; they must listen for `error`. */
export function openQuietConnection(server: Server, withinMs: number): Client {
  return openClient(server, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: withinMs,
    longestPauseMs: 500,
  });
}

/** A connection for those who have nothing to do without Redis: what it is asked waits until Redis is back. */
export function openWaitingConnection({ log, ...server }: QueueAccess, role: string): Client {
  const client = openClient(server, {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    socketTimeout: SILENCE_MS,
    longestPauseMs: 2_000,
  });
  logOutages(client, log, role);
  return client;
}

/** Opens a connection that is given up when it is dead, and comes back for ever, to whichever server is the master then. */
function openClient(
  { redisUrl, prefix }: Server,
  options: Pick<CommonRedisOptions, 'maxRetriesPerRequest' | 'commandTimeout' | 'socketTimeout'> & {
    readonly enableOfflineQueue: boolean;
    /** Between two tries to connect, in milliseconds. */
    readonly longestPauseMs: number;
  },
): Client {
  const { longestPauseMs, ...common } = options;
  const pause = (times: number): number => Math.min(100 * times, longestPauseMs);
  const client = newClient(redisUrl, common, pause);
  watchConnection(client, keyPrefix(prefix));
  return client;
}

function newClient(
  redisUrl: string,
  { enableOfflineQueue, ...limits }: Omit<Parameters<typeof openClient>[1], 'longestPauseMs'>,
  pause: (times: number) => number,
): Client {
  const address = readRedisUrl(redisUrl);
  const ofServer = {
    ...limits,
    connectTimeout: CONNECT_WITHIN_MS,
    disconnectTimeout: DISCONNECT_WITHIN_MS,
    // A master that is one no longer refuses to write, and would do so for ever on a connection that was made before.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
  // As it stands: ioredis reads more out of it than we do.
  if (address.kind === 'single') return new Redis(redisUrl, { ...ofServer, enableOfflineQueue, retryStrategy: pause });

  const { username, password, tls } = address;
  const access = {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
  };
  if (address.kind === 'cluster') {
    return new Cluster([...address.hosts], {
      enableOfflineQueue,
      clusterRetryStrategy: pause,
      slotsRefreshTimeout: DIRECTIONS_WITHIN_MS,
      redisOptions: { ...ofServer, ...access },
      // A certificate is for a name, which must not be looked up before it is compared.
      ...(tls ? { dnsLookup: (name: string, found: (error: null, address: string) => void) => found(null, name) } : {}),
    });
  }
  const { sentinelUsername, sentinelPassword } = address;
  return new Redis({
    ...ofServer,
    ...access,
    enableOfflineQueue,
    retryStrategy: pause,
    sentinels: [...address.hosts],
    name: address.master,
    db: address.db,
    sentinelCommandTimeout: DIRECTIONS_WITHIN_MS,
    sentinelRetryStrategy: pause,
    ...(sentinelUsername === null ? {} : { sentinelUsername }),
    ...(sentinelPassword === null ? {} : { sentinelPassword }),
    ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  });
}

/** Logs a connection's first error of an outage and its end, not the hundreds in between. */
function logOutages(client: Client, log: Logger, role: string): void {
  let down = false;
  client.on('error', (error: Error) => {
    if (!down) log.warn({ role, error }, 'Redis connection lost');
    down = true;
  });
  client.on('ready', () => {
    if (down) log.info({ role }, 'Redis connection restored');
    down = false;
  });
}
