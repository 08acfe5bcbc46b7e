import type { RedisScripts } from '@dialgate/redis';
import { sleep } from '@dialgate/service-kit';
import { LRUCache } from 'lru-cache';
import { createTurns } from './turns.js';

/** How many keys a process remembers: some megabytes. An attacker who makes up keys pushes out those not used for longest. */
export const MAX_REMEMBERED = 20_000;

/** What is to be kept under a key, and for how many milliseconds. */
export interface Kept<State> {
  readonly state: State;
  readonly forMs: number;
}

/**
 * Decides over what is kept under the keys asked for, in their order, null where there is nothing. Must be pure: it is asked
 * again when somebody else was faster. Nothing is written without `write`, which has an entry for every key.
 *
 * @param nowMs the time in milliseconds since 1970, by Redis's clock where it can be had: one clock for all instances.
 */
export type Change<State, Result> = (
  kept: readonly (State | null)[],
  nowMs: number,
) => { readonly result: Result; readonly write?: readonly Kept<State>[] };

/** How often somebody else may be faster before this process goes by what it remembers. */
const MAX_TRIES = 20;

/** The longest wait between two tries, in milliseconds. */
const LONGEST_WAIT_MS = 20;

const READ = `
  local time = redis.call('TIME')
  local read = { time[1] * 1000 + math.floor(time[2] / 1000) }
  for i, key in ipairs(KEYS) do read[i + 1] = redis.call('GET', key) or '' end
  return read`;

/** Per key: what was read, what to write, and for how long. */
const SWAP = `
  for i, key in ipairs(KEYS) do
    if (redis.call('GET', key) or '') ~= ARGV[3 * i - 2] then return 0 end
  end
  for i, key in ipairs(KEYS) do redis.call('SET', key, ARGV[3 * i - 1], 'PX', ARGV[3 * i]) end
  return 1`;

/**
 * Small states that are read, decided over and written as one. The decision is made here and not in Redis, so that there is one
 * of it, with Redis or without. Changes of this process that share a key take turns; others do not wait for each other.
 */
export function createSharedStates(scripts: RedisScripts) {
  const memory = new LRUCache<string, Remembered>({ max: MAX_REMEMBERED });
  const inTurn = createTurns();

  /** @returns null when Redis cannot be asked, or when others were faster too often. */
  async function changeShared<State, Result>(keys: readonly string[], change: Change<State, Result>) {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const read = await scripts.run<[number, ...string[]]>(READ, keys);
      if (read === null) return null;
      const [nowMs, ...texts] = read;
      const { result, write } = change(statesOf<State>(keys, texts), nowMs);
      if (write === undefined) return { result };
      const swap = write.flatMap(({ state, forMs }, i) => [texts[i] ?? '', JSON.stringify(state), Math.ceil(forMs)]);
      const swapped = await scripts.run<number>(SWAP, keys, swap);
      if (swapped === null) return null;
      if (swapped === 1) {
        remember(keys, write, false);
        return { result };
      }
      // Two instances in step would have the same one lose again and again.
      await sleep(Math.random() * Math.min(2 ** tries, LONGEST_WAIT_MS));
    }
    return null;
  }

  function changeAlone<State, Result>(keys: readonly string[], change: Change<State, Result>): { result: Result } {
    const { result, write } = change(statesOf<State>(keys, []), Date.now());
    if (write !== undefined) remember(keys, write, true);
    return { result };
  }

  /** A Redis that is back, or that lost its keys, does not open what was locked: this process remembers. */
  function statesOf<State>(keys: readonly string[], texts: readonly string[]): (State | null)[] {
    return keys.map((key, i) => {
      const text = texts[i] ?? '';
      const remembered = memory.get(key);
      if (remembered !== undefined && (remembered.alone || text === '')) return remembered.state as State;
      return (text === '' ? null : parsed(text)) as State | null;
    });
  }

  function remember(keys: readonly string[], write: readonly Kept<unknown>[], alone: boolean): void {
    write.forEach(({ state, forMs }, i) => memory.set(keys[i] ?? '', { state, alone }, { ttl: Math.ceil(forMs) }));
  }

  return <State, Result>(keys: readonly string[], change: Change<State, Result>): Promise<Result> =>
    inTurn(keys, async () => ((await changeShared(keys, change)) ?? changeAlone(keys, change)).result);
}

interface Remembered {
  readonly state: unknown;
  /** Whether it was written without Redis, which then has an older state or none. */
  readonly alone: boolean;
}

/** What is no JSON was written by somebody else: it counts for nothing, and is written over. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
