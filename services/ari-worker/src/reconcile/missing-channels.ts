/** A channel is gone when two snapshots, at least so far apart, did not have it. */
const GONE_TWICE_MS = 2_000;

/**
 * Remembers which channels of a slot were missing from the last snapshot, and since when.
 *
 * @returns what begins a snapshot of a slot. Told of a channel that is missing, it says whether it was missing before, too.
 */
export function createMissingChannels() {
  const missingSince = new Map<number, ReadonlyMap<string, number>>();

  return (slotId: number): ((channelId: string) => boolean) => {
    const before = missingSince.get(slotId);
    const missing = new Map<string, number>();
    missingSince.set(slotId, missing);
    return (channelId) => {
      const since = before?.get(channelId) ?? performance.now();
      missing.set(channelId, since);
      return performance.now() - since >= GONE_TWICE_MS;
    };
  };
}
