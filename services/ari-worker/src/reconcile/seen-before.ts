import type { Lease } from '@dialgate/database';
import type { CallStatus } from '@dialgate/domain';

/** What two snapshots show, at least so far apart, is so. In milliseconds. */
const APART_MS = 2_000;

/**
 * Whether a channel that is seen so now was seen so before, long enough ago, with its call in the same status: one that was gone
 * before it was made, and has rung since, is gone for the first time.
 */
export type SeenBefore = (channelId: string, status: CallStatus, seen: 'down' | 'gone') => boolean;

/**
 * Remembers which channels of a slot the last snapshot showed as gone, or as down, and since when. Of what a former holder of the
 * slot saw, and of what was seen before somebody else had it, it knows nothing.
 *
 * @returns what begins a snapshot of a slot.
 */
export function createSeenBefore(): (lease: Pick<Lease, 'slotId' | 'epoch'>) => SeenBefore {
  const slots = new Map<number, { readonly epoch: number; readonly since: ReadonlyMap<string, number> }>();

  return ({ slotId, epoch }) => {
    const last = slots.get(slotId);
    const before = last?.epoch === epoch ? last.since : undefined;
    const since = new Map<string, number>();
    slots.set(slotId, { epoch, since });
    return (channelId, status, seen) => {
      const what = `${channelId} ${status} ${seen}`;
      const at = before?.get(what) ?? performance.now();
      since.set(what, at);
      return performance.now() - at >= APART_MS;
    };
  };
}
