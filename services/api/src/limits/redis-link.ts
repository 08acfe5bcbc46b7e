import type { Logger } from '@dialgate/service-kit';
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

/** How long a connection may take to come up, in milliseconds; nobody waits for it. */
const CONNECT_WITHIN_MS = 5_000;

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
    commandTimeout: CONNECT_WITHIN_MS, // Who asked has not waited as long; what is lost must not be kept.
    connectTimeout: CONNECT_WITHIN_MS,
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
      inTime(client.ping()).then(
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
        return await inTime(work(client));
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

/** After a pause of this process the timer falls due before the answer, which has long come, is read: that comes first. */
async function inTime<Answer>(asked: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => setImmediate(() => reject(new Error('Redis did not answer in time'))), ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
