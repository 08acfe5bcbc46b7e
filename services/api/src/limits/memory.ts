/** How many keys one memory holds: some megabytes. An attacker who makes up keys pushes out the oldest. */
const MAX_KEYS = 20_000;

export interface Memory<Value> {
  /** What was kept and is not over yet. */
  readonly get: (key: string) => Value | undefined;
  /** @param untilMs by the clock that this memory was given. */
  readonly set: (key: string, value: Value, untilMs: number) => void;
}

/** Keeps values for a while, and the youngest when there are too many. */
export function openMemory<Value>(now: () => number, maxKeys = MAX_KEYS): Memory<Value> {
  const kept = new Map<string, { readonly value: Value; readonly untilMs: number }>();

  return {
    get: (key) => {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      if (found.untilMs > now()) return found.value;
      kept.delete(key);
      return undefined;
    },
    set: (key, value, untilMs) => {
      kept.delete(key); // A Map keeps the order of insertion: whoever is written again is young again.
      if (kept.size >= maxKeys) kept.delete(kept.keys().next().value ?? '');
      kept.set(key, { value, untilMs });
    },
  };
}
