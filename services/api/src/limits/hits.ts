import { coalesce } from '@dialgate/service-kit';
import { openMemory } from './memory.js';
import type { RedisLink } from './redis-link.js';

export interface Hit {
  /** How many there were in this window, this one included. */
  readonly hits: number;
  /** When the window ends, in milliseconds from now. */
  readonly endsInMs: number;
}

interface Asked {
  readonly key: string;
  readonly windowMs: number;
}

interface Window {
  readonly hits: number;
  /** By `performance.now()`. */
  readonly endsAtMs: number;
  /** Whether this process has counted hits in it that Redis does not know of. */
  readonly alone: boolean;
}

/** For each key its number of new hits and the length of its window. A key that lost its time to live gets a new one. */
const COUNT = `
  local counted = {}
  for i, key in ipairs(KEYS) do
    counted[2 * i - 1] = redis.call('INCRBY', key, ARGV[2 * i - 1])
    local left = redis.call('PTTL', key)
    if left < 0 then
      left = tonumber(ARGV[2 * i])
      redis.call('PEXPIRE', key, left)
    end
    counted[2 * i] = left
  end
  return counted`;

/**
 * Counts hits in fixed windows. Concurrent hits share one request to Redis, which is what makes a limit on every call
 * affordable.
 */
export function countHits(link: RedisLink, prefix: string): (key: string, windowMs: number) => Promise<Hit> {
  const windows = openMemory<Window>(() => performance.now());

  async function count(asked: readonly Asked[]): Promise<Hit[]> {
    const totals = new Map<string, { added: number; windowMs: number }>();
    for (const { key, windowMs } of asked) {
      const total = totals.get(key);
      if (total === undefined) totals.set(key, { added: 1, windowMs });
      else total.added++;
    }
    const counted = await link.ask((client) => {
      const keys = [...totals.keys()].map((key) => prefix + key);
      const numbers = [...totals.values()].flatMap(({ added, windowMs }) => [added, windowMs]);
      return client.eval(COUNT, keys.length, ...keys, ...numbers) as Promise<number[]>;
    });

    const ends = new Map<string, { hits: number; endsInMs: number }>();
    [...totals].forEach(([key, { added, windowMs }], i) => {
      const remembered = windows.get(key);
      const window =
        counted === null
          ? countedAlone(remembered, added, windowMs)
          : countedByRedis(remembered, added, counted[2 * i] ?? added, counted[2 * i + 1] ?? windowMs);
      windows.set(key, window, window.endsAtMs);
      // The first of this batch's hits; each that follows is one more.
      ends.set(key, { hits: window.hits - added, endsInMs: Math.max(0, window.endsAtMs - performance.now()) });
    });
    return asked.map(({ key }) => {
      const end = ends.get(key) ?? { hits: 0, endsInMs: 0 };
      end.hits++;
      return { hits: end.hits, endsInMs: end.endsInMs };
    });
  }

  const countOne = coalesce(count, { maxBatch: 500, maxInFlight: 1 });
  return (key, windowMs) => countOne({ key, windowMs });
}

function countedAlone(remembered: Window | undefined, added: number, windowMs: number): Window {
  return {
    hits: (remembered?.hits ?? 0) + added,
    endsAtMs: remembered?.endsAtMs ?? performance.now() + windowMs,
    alone: true,
  };
}

/** A Redis that is back may have forgotten, and has not seen what was counted meanwhile: the stricter count holds. */
function countedByRedis(remembered: Window | undefined, added: number, hits: number, leftMs: number): Window {
  const alone = remembered?.alone === true ? remembered : undefined;
  if (alone !== undefined && alone.hits + added > hits) return { ...alone, hits: alone.hits + added };
  return { hits, endsAtMs: performance.now() + leftMs, alone: false };
}
