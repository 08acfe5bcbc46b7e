import type { Lease } from '@dialgate/database';
import type { Call } from '@dialgate/domain';

/** The slots that this worker holds just now, as plain data that decisions can ask. */
export interface HeldSlots {
  readonly add: (lease: Lease) => void;
  readonly remove: (slotId: number) => void;
  /** Whether the slot is held here under this very epoch. */
  readonly holds: (slotId: number, epoch: number) => boolean;
  /** Whether the call belongs to a slot that is held here: whether this worker may write for it. */
  readonly owns: (call: Pick<Call, 'claim'>) => boolean;
  /** Whether this is the application of a slot that is held here. */
  readonly isApp: (app: string) => boolean;
  readonly ids: () => number[];
}

export function holdSlots(): HeldSlots {
  const leases = new Map<number, Lease>();
  const holds = (slotId: number, epoch: number): boolean => leases.get(slotId)?.epoch === epoch;
  return {
    add: (lease) => leases.set(lease.slotId, lease),
    remove: (slotId) => leases.delete(slotId),
    holds,
    owns: ({ claim }) => claim !== null && holds(claim.slotId, claim.slotEpoch),
    isApp: (app) => [...leases.values()].some((lease) => lease.app === app),
    ids: () => [...leases.keys()],
  };
}
