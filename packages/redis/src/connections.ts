import type { Logger } from '@dialgate/service-kit';
import { Redis } from 'ioredis';

/** Where a queue lives. */
export interface QueueAccess {
  readonly redisUrl: string;
  /** First part of every key. */
  readonly prefix: string;
  readonly log: Logger;
}

/**
 * How long a connection may take to come up, in milliseconds. Nobody waits for it: until it is up, what is asked fails at once. On a
 * busy machine a second may pass before a process comes to see that it is connected.
 */
const CONNECT_WITHIN_MS = 5_000;

type Access = Pick<QueueAccess, 'redisUrl' | 'log'>;

/**
 * A connection for those who must not wait: what it is asked fails within so many milliseconds in every kind of outage, at
 * once while there is no connection, and is answered again 0.5 s after the outage (measured with ioredis 6.0).
 */
export function openFailFastConnection({ redisUrl, log }: Access, role: string, withinMs: number): Redis {
  const client = openQuietConnection(redisUrl, withinMs);
  logOutages(client, log, role);
  return client;
}

/** The same for those who say themselves that Redis is away; they must listen for `error`. */
export function openQuietConnection(redisUrl: string, withinMs: number): Redis {
  return new Redis(redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: withinMs,
    connectTimeout: CONNECT_WITHIN_MS,
    retryStrategy: (times) => Math.min(100 * times, 500),
  });
}

/** A connection for those who have nothing to do without Redis: what it is asked waits until Redis is back. */
export function openWaitingConnection({ redisUrl, log }: Access, role: string): Redis {
  const client = new Redis(redisUrl, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, 2_000),
  });
  logOutages(client, log, role);
  return client;
}

/** Logs a connection's first error of an outage and its end, not the hundreds in between. */
function logOutages(client: Redis, log: Logger, role: string): void {
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
