/** Does one thing after another per key, and things of different keys side by side. */
export interface SerializeByKey {
  /** Runs the task when everything given earlier for this key is over. Rejects when the task does. */
  readonly run: <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;
  /** How many tasks are waiting or under way. */
  readonly pending: () => number;
  /** Resolves when nothing is waiting or under way any more. */
  readonly idle: () => Promise<void>;
}

export function createSerializeByKey(): SerializeByKey {
  const tails = new Map<string, Promise<unknown>>();
  let pending = 0;
  let waiters: (() => void)[] = [];

  async function finished(key: string, tail: Promise<unknown>): Promise<void> {
    await tail;
    if (tails.get(key) === tail) tails.delete(key);
    pending--;
    if (pending > 0) return;
    for (const resolve of waiters) resolve();
    waiters = [];
  }

  return {
    run: (key, task) => {
      pending++;
      const before = tails.get(key) ?? Promise.resolve();
      const result = before.then(task);
      const tail = result.then(
        () => undefined,
        () => undefined,
      );
      tails.set(key, tail);
      void finished(key, tail);
      return result;
    },
    pending: () => pending,
    idle: () => (pending === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
  };
}
