import { withCollector } from '@dialgate/testing';

/** How often garbage is collected, in milliseconds. */
const EVERY_MS = 20_000;

const MESSAGE = 'Garbage collected';

/**
 * Makes a process collect its garbage every 20 s, and say what is left then. Resident memory says little of it: under load V8
 * lets its heap grow by a hundred megabytes, and gives them back when it has had a minute of rest.
 */
export const COLLECTING = withCollector(`
  setInterval(() => {
    collect();
    const liveMegabytes = liveBytes() / 2 ** 20;
    process.stdout.write(JSON.stringify({ message: '${MESSAGE}', liveMegabytes }) + String.fromCharCode(10));
  }, ${String(EVERY_MS)}).unref();
`);

/** Whoever watches for so long hears of a collection. */
export const COLLECTED_WITHIN_SECONDS = 22;

/** What a process holds, as it says itself after each collection. */
export interface LiveMemory {
  /** In megabytes, JavaScript's heap and the buffers outside of it; null before the first collection. */
  readonly megabytes: () => number | null;
  /** How many collections there have been. */
  readonly collections: () => number;
}

/** Hears it out of a process's log. */
export function listenToCollections(): LiveMemory & { readonly hear: (said: unknown) => void } {
  let latest: number | null = null;
  let collections = 0;
  return {
    megabytes: () => latest,
    collections: () => collections,
    hear: (said) => {
      const { message, liveMegabytes } = (said ?? {}) as { message?: unknown; liveMegabytes?: unknown };
      if (message !== MESSAGE || typeof liveMegabytes !== 'number') return;
      latest = liveMegabytes;
      collections++;
    },
  };
}
