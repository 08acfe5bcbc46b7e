/** A channel is gone when two looks, at least so far apart, did not find it. */
const GONE_TWICE_MS = 2_000;

/** Begins a look at a slot's channels; what it is told of a missing channel it answers with whether that was missing before. */
export type LookForMissing = (slotId: number) => (channelId: string) => boolean;

/** Remembers which channels of a slot were missing at the last look, and since when. */
export function createLookForMissing(): LookForMissing {
  const missingSince = new Map<number, ReadonlyMap<string, number>>();

  return (slotId) => {
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
