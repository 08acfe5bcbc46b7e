import type { RedisScripts } from '@dialgate/redis';
import { coalesce } from '@dialgate/service-kit';
import { LRUCache } from 'lru-cache';
import { MAX_REMEMBERED } from './states.js';

export interface Hit {
  /** How many there were in this window, this one included. */
  readonly hits: number;
  /** When the window ends, in milliseconds from now. */
  readonly endsInMs: number;
}

interface Window {
  readonly hits: number;
  /** By `performance.now()`. */
  readonly endsAtMs: number;
  /** Whether this process has counted hits in it that Redis does not know of. */
  readonly alone: boolean;
}

/** For each hit its number and what is left of its window. A key that lost its time to live gets a new one. */
const COUNT = `
  local counted = {}
  for i, key in ipairs(KEYS) do
    counted[2 * i - 1] = redis.call('INCR', key)
    local left = redis.call('PTTL', key)
    if left < 0 then
      left = tonumber(ARGV[i])
      redis.call('PEXPIRE', key, left)
    end
    counted[2 * i] = left
  end
  return counted`;

/**
 * Counts hits in fixed windows. Concurrent hits share one request to Redis, which is what makes a limit on every call
 * affordable.
 */
export function createHitCounter(scripts: RedisScripts): (key: string, windowMs: number) => Promise<Hit> {
  const windows = new LRUCache<string, Window>({ max: MAX_REMEMBERED });

  const countOne = coalesce(
    async (asked: { readonly key: string; readonly windowMs: number }[]): Promise<Hit[]> => {
      const keys = asked.map(({ key }) => key);
      const windowsMs = asked.map(({ windowMs }) => windowMs);
      const counted = (await scripts.run<number[]>(COUNT, keys, windowsMs)) ?? [];
      const now = performance.now();
      return asked.map(({ key, windowMs }, i) => {
        const window = windowWithHit(windows.get(key), counted[2 * i], now + (counted[2 * i + 1] ?? windowMs));
        const endsInMs = Math.max(0, Math.round(window.endsAtMs - now));
        windows.set(key, window, { ttl: endsInMs + 1 });
        return { hits: window.hits, endsInMs };
      });
    },
    { maxBatch: 500, maxInFlight: 1 },
  );
  return (key, windowMs) => countOne({ key: `hits:${key}`, windowMs });
}

/**
 * The window with one more hit in it. A Redis that is back may have forgotten, and has not seen what was counted meanwhile:
 * the stricter count holds.
 *
 * @param hits how many Redis has counted; absent when it could not be asked.
 */
function windowWithHit(remembered: Window | undefined, hits: number | undefined, endsAtMs: number): Window {
  const own = (remembered?.hits ?? 0) + 1;
  if (hits === undefined) return { hits: own, endsAtMs: remembered?.endsAtMs ?? endsAtMs, alone: true };
  return remembered?.alone === true && own > hits ? { ...remembered, hits: own } : { hits, endsAtMs, alone: false };
}
