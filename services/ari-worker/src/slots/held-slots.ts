import type { Lease } from '@dialgate/database';
import type { Call } from '@dialgate/domain';

/** A slot that this worker holds. */
export interface HeldSlot {
  readonly lease: Lease;
  /** Originates nothing in the slot until it has been reconciled again. */
  readonly requireReconcile: (why: string) => void;
}

/** The slots that this worker holds just now. Made before everything else that asks whose a call is. */
export interface HeldSlots<Slot extends HeldSlot = HeldSlot> {
  readonly add: (slot: Slot) => void;
  readonly remove: (slotId: number) => void;
  readonly get: (slotId: number) => Slot | undefined;
  readonly all: () => Slot[];
  readonly ids: () => number[];
  /** Whether the slot is held here under this very epoch. */
  readonly holds: (slotId: number, epoch: number) => boolean;
  /** Whether the call belongs to a slot that is held here: whether this worker may write for it. */
  readonly owns: (call: Pick<Call, 'claim'>) => boolean;
  /** Whether this is the application of a slot that is held here. */
  readonly isApp: (app: string) => boolean;
  /** Has every slot reconciled anew: something that was received is not known any more. */
  readonly requireReconcile: (why: string) => void;
}

export function createHeldSlots<Slot extends HeldSlot = HeldSlot>(): HeldSlots<Slot> {
  const held = new Map<number, Slot>();
  const all = (): Slot[] => [...held.values()];
  const holds = (slotId: number, epoch: number): boolean => held.get(slotId)?.lease.epoch === epoch;
  return {
    add: (slot) => held.set(slot.lease.slotId, slot),
    remove: (slotId) => held.delete(slotId),
    get: (slotId) => held.get(slotId),
    all,
    ids: () => [...held.keys()],
    holds,
    owns: ({ claim }) => claim !== null && holds(claim.slotId, claim.slotEpoch),
    isApp: (app) => all().some(({ lease }) => lease.app === app),
    requireReconcile: (why) => {
      for (const slot of all()) slot.requireReconcile(why);
    },
  };
}
