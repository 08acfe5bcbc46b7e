import type { Lease } from '@dialgate/database';

/** The slots that this worker holds just now, as plain data that decisions can ask. */
export interface HeldSlots {
  readonly add: (lease: Lease) => void;
  readonly remove: (slotId: number) => void;
  /** The epoch under which the slot is held here, or null when it is not. */
  readonly epochOf: (slotId: number) => number | null;
  readonly ids: () => number[];
}

export function holdSlots(): HeldSlots {
  const leases = new Map<number, Lease>();
  return {
    add: (lease) => leases.set(lease.slotId, lease),
    remove: (slotId) => leases.delete(slotId),
    epochOf: (slotId) => leases.get(slotId)?.epoch ?? null,
    ids: () => [...leases.keys()],
  };
}
