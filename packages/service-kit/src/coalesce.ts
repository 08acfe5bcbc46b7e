/**
 * Turns many small requests into few large ones without ever waiting for company: what arrives while the previous flush
 * is under way goes out together in the next. A lone request therefore waits for nothing.
 *
 * @param flush handles a batch and returns one result per item, in the items' order. When it throws, every item of the
 *   batch is rejected with that error.
 */
export function coalesce<Item, Result>(
  flush: (items: Item[]) => Promise<readonly Result[]>,
  limits: {
    /** How many items one flush may take. */
    readonly maxBatch: number;
    /** How many flushes may be under way at once; with 1, items are flushed strictly in the order they came. */
    readonly maxInFlight: number;
    /** How many items may wait; one more is rejected with what `whenFull` makes. Unbounded if absent. */
    readonly maxWaiting?: number;
    readonly whenFull?: () => Error;
  },
): (item: Item) => Promise<Result> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (result: Result) => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let inFlight = 0;
  let scheduled = false;

  function schedule(): void {
    if (scheduled || inFlight >= limits.maxInFlight) return;
    scheduled = true;
    // Behind everything that this turn of the event loop still brings, so that one burst is one batch.
    setImmediate(() => {
      scheduled = false;
      start();
    });
  }

  function start(): void {
    while (waiting.length > 0 && inFlight < limits.maxInFlight) {
      const batch = waiting.slice(0, limits.maxBatch);
      waiting = waiting.slice(limits.maxBatch);
      inFlight++;
      void run(batch).finally(() => {
        inFlight--;
        start();
      });
    }
  }

  async function run(batch: readonly Waiting[]): Promise<void> {
    try {
      const results = await flush(batch.map(({ item }) => item));
      for (const [i, { resolve, reject }] of batch.entries()) {
        if (i < results.length) resolve(results[i] as Result);
        else reject(new Error('a flush returned fewer results than it was given items'));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      if (limits.maxWaiting !== undefined && waiting.length >= limits.maxWaiting) {
        reject(limits.whenFull?.() ?? new Error('too many items are waiting'));
        return;
      }
      waiting.push({ item, resolve, reject });
      schedule();
    });
}
