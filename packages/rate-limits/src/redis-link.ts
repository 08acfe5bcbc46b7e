import type { Logger } from '@dialgate/logging';
import { Redis } from 'ioredis';

export interface RedisLink {
  /** Whether Redis is asked at all just now. */
  readonly usable: () => boolean;
  /** What Redis answered, or null when it cannot be asked, refused or did not answer within 200 ms. */
  readonly ask: <Answer>(work: (client: Redis) => Promise<Answer>) => Promise<Answer | null>;
  readonly close: () => void;
}

/** How long a request may wait for Redis, in milliseconds. A healthy one answers in less than one. */
const ANSWER_WITHIN_MS = 200;

/** How often a Redis that failed is tried again, in milliseconds. */
const PROBE_EVERY_MS = 500;

/**
 * A connection whose user never waits twice: after one failure Redis is left alone until a probe of our own, and not a
 * client's request, has found it answering. A frozen Redis keeps its connections open, hence the probe.
 */
export function openRedisLink({ redisUrl, log }: { readonly redisUrl: string; readonly log: Logger }): RedisLink {
  const client = new Redis(redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: ANSWER_WITHIN_MS,
    connectTimeout: 800,
    retryStrategy: (times) => Math.min(100 * times, PROBE_EVERY_MS),
  });
  let failed = false;
  let closed = false;
  let probe: NodeJS.Timeout | undefined;

  client.on('error', (error: Error) => {
    if (!closed) fail(error);
  });

  function fail(error: unknown): void {
    if (failed) return;
    failed = true;
    log.warn({ role: 'rate-limits', error }, 'Rate limits in memory');
    scheduleProbe();
  }

  function scheduleProbe(): void {
    if (closed) return;
    probe = setTimeout(() => {
      client.ping().then(
        () => {
          failed = false;
          log.info({ role: 'rate-limits' }, 'Rate limits shared again');
        },
        scheduleProbe, // Still away.
      );
    }, PROBE_EVERY_MS);
    probe.unref();
  }

  const usable = () => !failed && client.status === 'ready';

  return {
    usable,
    ask: async (work) => {
      if (!usable()) return null;
      try {
        return await work(client);
      } catch (error) {
        fail(error);
        return null;
      }
    },
    close: () => {
      closed = true;
      clearTimeout(probe);
      client.disconnect();
    },
  };
}
