import { openMemory } from './memory.js';
import type { RedisLink } from './redis-link.js';

/** What is to be kept under a key, and for how many milliseconds. */
export interface Kept<State> {
  readonly state: State;
  readonly forMs: number;
}

/**
 * Decides over what is kept under the keys asked for, in their order, null where there is nothing. Nothing is written
 * without `write`, which has an entry for every key.
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
 * Small states that are read, decided over and written as one. The decision is made here and not in Redis, so that there
 * is one of it, with Redis or without. Changes of this process take turns: they are few (logins).
 */
export function keepStates(link: RedisLink, prefix: string) {
  const memory = openMemory<Remembered>(() => Date.now());
  let turn: Promise<unknown> = Promise.resolve();

  async function changeShared<State, Result>(
    keys: readonly string[],
    change: Change<State, Result>,
  ): Promise<{ result: Result } | null> {
    const names = keys.map((key) => prefix + key);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const read = await link.ask(
        (client) => client.eval(READ, names.length, ...names) as Promise<[number, ...string[]]>,
      );
      if (read === null) return null;
      const [nowMs, ...texts] = read;
      const states = texts.map((text, i) => stateOf(text, memory.get(keys[i] ?? '')) as State | null);
      const { result, write } = change(states, nowMs);
      if (write === undefined) return { result };
      const swap = write.flatMap(({ state, forMs }, i) => [texts[i] ?? '', JSON.stringify(state), Math.ceil(forMs)]);
      const swapped = await link.ask((client) => client.eval(SWAP, names.length, ...names, ...swap) as Promise<number>);
      if (swapped === null) return null;
      if (swapped === 1) {
        remember(keys, write, false);
        return { result };
      }
      // Two instances in step would have the same one lose again and again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** tries, LONGEST_WAIT_MS)));
    }
    return null;
  }

  function changeAlone<State, Result>(keys: readonly string[], change: Change<State, Result>): Result {
    const states = keys.map((key) => stateOf('', memory.get(key)) as State | null);
    const { result, write } = change(states, Date.now());
    if (write !== undefined) remember(keys, write, true);
    return result;
  }

  function remember(keys: readonly string[], write: readonly Kept<unknown>[], alone: boolean): void {
    write.forEach(({ state, forMs }, i) => memory.set(keys[i] ?? '', { state, alone }, Date.now() + forMs));
  }

  return <State, Result>(keys: readonly string[], change: Change<State, Result>): Promise<Result> => {
    const changed = turn.then(async () => {
      const shared = await changeShared(keys, change);
      return shared === null ? changeAlone(keys, change) : shared.result;
    });
    turn = changed.catch(() => undefined);
    return changed;
  };
}

interface Remembered {
  readonly state: unknown;
  /** Whether it was written without Redis, which then has an older state or none. */
  readonly alone: boolean;
}

/** A Redis that is back, or that lost its keys, does not open what was locked: this process remembers. */
function stateOf(text: string, remembered: Remembered | undefined): unknown {
  if (remembered !== undefined && (remembered.alone || text === '')) return remembered.state;
  return text === '' ? null : JSON.parse(text);
}
