import { inTime } from '@dialgate/service-kit';
import { Cluster, ReplyError, type Redis } from 'ioredis';
import { openFailFastConnection, type Client, type QueueAccess } from './connections.js';

export interface EvictionCheck {
  /**
   * Waits a moment for Redis to say what it does when its memory is full. One that is away is asked as soon as it is back.
   *
   * @throws EvictingRedisError when it would throw away keys: then nothing should be begun with it.
   */
  readonly start: () => Promise<void>;
  readonly close: () => void;
}

/** A Redis that throws away keys when it is full. */
export class EvictingRedisError extends Error {
  constructor(policy: string) {
    super(
      `maxmemory-policy of Redis is ${policy} and must be noeviction: it would throw away queued calls. ` +
        'CONFIG SET maxmemory-policy noeviction sets it at once. While no worker runs, nobody follows the calls that are up',
    );
    this.name = 'EvictingRedisError';
  }
}

const START_WITHIN_MS = 2_000;
const COMMAND_TIMEOUT_MS = 800;

/**
 * Sees to it that Redis keeps what it is given. A worker that already runs goes on with a Redis that does not: the calls
 * it follows are worth more than the jobs that may get lost, and those are swept.
 */
export function openEvictionCheck(options: QueueAccess): EvictionCheck {
  const { log } = options;
  const client = openFailFastConnection(options, 'eviction check', COMMAND_TIMEOUT_MS);

  const answer = new Promise<string | null>((resolve) => {
    client.on('ready', () => {
      readEvictionPolicy(client).then(
        (policy) => {
          client.disconnect();
          resolve(policy);
        },
        () => client.disconnect(true), // Away again: asked with the next connection.
      );
    });
  });
  const objection = answer.then((policy) => {
    if (policy === null) log.warn({}, 'Redis keeps its maxmemory-policy secret; it must be noeviction');
    return policy === null || policy === 'noeviction' ? null : new EvictingRedisError(policy);
  });

  return {
    start: async () => {
      const error = await inTime(objection, START_WITHIN_MS);
      if (error === null) return;
      if (error !== 'late') throw error;
      log.warn({}, 'Redis maxmemory-policy not known yet');
      void objection.then((found) => {
        if (found !== null) log.error({ error: found }, 'Redis maxmemory-policy is wrong');
      });
    },
    close: () => client.disconnect(),
  };
}

/** @returns of several masters the first policy that is wrong; null when one does not tell and none is wrong. */
export async function readEvictionPolicy(client: Client): Promise<string | null> {
  const masters = client instanceof Cluster ? client.nodes('master') : [client];
  const policies = await Promise.all(masters.map(policyOf));
  const wrong = policies.find((policy) => policy !== null && policy !== 'noeviction');
  return wrong ?? (policies.includes(null) ? null : 'noeviction');
}

/** Managed servers refuse CONFIG and tell the same in INFO. @returns null when neither tells. */
async function policyOf(client: Redis): Promise<string | null> {
  const config = await orNullWhenForbidden(client.config('GET', 'maxmemory-policy'));
  const [, policy] = config ?? [];
  if (policy !== undefined) return policy;
  const memory = await orNullWhenForbidden(client.info('memory'));
  return /^maxmemory_policy:(\S+)/m.exec(memory ?? '')?.[1] ?? null;
}

export async function orNullWhenForbidden<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ReplyError) return null;
    throw error;
  }
}
