import { randomUUID } from 'node:crypto';
import { inTime } from '@dialgate/service-kit';
import { ReplyError } from 'ioredis';
import { openQuietConnection, type Client, type QueueAccess } from './connections.js';
import { orNullWhenForbidden, readEvictionPolicy } from './eviction-policy.js';
import { keyPrefix } from './originate-queue.js';
import { refusalCode } from './write-watch.js';

/** Why nothing could be asked: nobody answers in time, it wants another user or password, or something else. */
export type RedisRefusal = 'unreachable' | 'wrong_password' | 'other';

/** What a Redis says of itself to the services' user. */
export interface RedisFacts {
  readonly kind: 'reached';
  /** Null when it does not tell. */
  readonly version: string | null;
  /** Null when it does not tell. */
  readonly evictionPolicy: string | null;
  /** Whether keys and channels of this QUEUE_PREFIX may be written. */
  readonly mayUseKeys: boolean;
}

/** A key that outlives this only where it could not be removed, in milliseconds. */
const KEY_LASTS_MS = 60_000;

/**
 * Looks at a Redis as the services would find it. Writes one key of the installation's own, and removes it.
 *
 * @param withinMs how long connecting may take, and each of a few commands, in milliseconds.
 */
export async function examineRedis(
  server: Pick<QueueAccess, 'redisUrl' | 'prefix'>,
  withinMs: number,
): Promise<RedisFacts | { readonly kind: RedisRefusal; readonly code: string }> {
  const client = openQuietConnection(server, withinMs);
  try {
    const problem = await inTime(readyOrProblem(client), withinMs);
    if (problem === 'late') return { kind: 'unreachable', code: 'no answer' };
    if (problem !== null) return refusalOf(problem);
    const info = await orNullWhenForbidden(client.info('server'));
    return {
      kind: 'reached',
      version: /^redis_version:(\S+)/m.exec(info ?? '')?.[1] ?? null,
      evictionPolicy: await readEvictionPolicy(client),
      mayUseKeys: await mayUseKeys(client, keyPrefix(server.prefix)),
    };
  } catch (error) {
    return refusalOf(error);
  } finally {
    client.disconnect();
  }
}

/** The first thing that happens to a connection: it is ready (null), or something is wrong. */
function readyOrProblem(client: Client): Promise<Error | null> {
  return new Promise((resolve) => {
    client.once('ready', () => resolve(null));
    client.on('error', (error: Error) => resolve(error));
  });
}

function refusalOf(error: unknown): { readonly kind: RedisRefusal; readonly code: string } {
  if (error instanceof ReplyError) {
    const code = refusalCode(error as Error);
    return { kind: code === 'WRONGPASS' || code === 'NOAUTH' ? 'wrong_password' : 'other', code };
  }
  const { code } = error as { code?: unknown };
  return { kind: 'unreachable', code: typeof code === 'string' ? code : 'no answer' };
}

async function mayUseKeys(client: Client, prefix: string): Promise<boolean> {
  const key = `${prefix}:doctor:${randomUUID()}`;
  const done = [
    await orNullWhenForbidden(client.set(key, '1', 'PX', KEY_LASTS_MS)),
    await orNullWhenForbidden(client.del(key)),
    await orNullWhenForbidden(client.publish(`${prefix}:doctor`, '')),
  ];
  return !done.includes(null);
}
