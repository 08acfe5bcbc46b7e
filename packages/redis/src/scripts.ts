import { inTime } from '@dialgate/service-kit';
import { openQuietConnection } from './connections.js';
import { keyPrefix } from './originate-queue.js';

/** Small Lua scripts for those who can go on without Redis. */
export interface RedisScripts {
  /** Whether Redis is asked at all just now. */
  readonly usable: () => boolean;
  /**
   * What the script answered, or null when Redis cannot be asked, refuses or does not answer within 200 ms.
   *
   * @param keys without what they begin with.
   */
  readonly run: <Answer>(
    script: string,
    keys: readonly string[],
    args?: readonly (string | number)[],
  ) => Promise<Answer | null>;
  readonly close: () => void;
}

/** How long a request may wait for Redis, in milliseconds. A healthy one answers in less than one. */
const ANSWER_WITHIN_MS = 200;

/** Who asked has not waited as long, in milliseconds; but what is lost must not be kept. */
const FORGET_AFTER_MS = 5_000;

/** How often a Redis that failed is tried again, in milliseconds. */
const PROBE_EVERY_MS = 500;

/**
 * A connection whose user never waits twice: after one failure Redis is left alone until a probe of our own, and not a
 * client's request, has found it answering. A frozen Redis keeps its connections open, hence the probe.
 */
export function openRedisScripts(options: {
  readonly redisUrl: string;
  /** The installation's name, in the first part of every key. */
  readonly prefix: string;
  /** What stands between that and the keys that are asked for, such as `:limits:`. */
  readonly under: string;
  readonly onAway: (error: unknown) => void;
  readonly onBack: () => void;
}): RedisScripts {
  const { redisUrl, prefix, under, onAway, onBack } = options;
  const client = openQuietConnection({ redisUrl, prefix }, FORGET_AFTER_MS);
  let away = false;
  let closed = false;
  let probe: NodeJS.Timeout | undefined;

  client.on('error', fail);

  function fail(error: unknown): void {
    if (away || closed) return;
    away = true;
    onAway(error);
    scheduleProbe();
  }

  function scheduleProbe(): void {
    if (closed) return;
    probe = setTimeout(() => {
      answered(client.ping()).then(() => {
        away = false;
        onBack();
      }, scheduleProbe); // Still away.
    }, PROBE_EVERY_MS);
    probe.unref();
  }

  const usable = () => !away && client.status === 'ready';

  return {
    usable,
    run: async <Answer>(script: string, keys: readonly string[], args: readonly (string | number)[] = []) => {
      if (!usable()) return null;
      try {
        const names = keys.map((key) => keyPrefix(prefix) + under + key);
        return (await answered(client.eval(script, names.length, ...names, ...args))) as Answer;
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

async function answered(asked: Promise<unknown>): Promise<unknown> {
  const answer = await inTime(asked, ANSWER_WITHIN_MS);
  if (answer === 'late') throw new Error('Redis did not answer in time');
  return answer;
}
