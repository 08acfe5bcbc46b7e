import type { Lease, Slots } from '@dialgate/database';
import type { Logger } from '@dialgate/service-kit';
import type { FollowedCalls } from '../events/followed-calls.js';
import type { HeldSlots } from './held-slots.js';
import type { SlotSession, TakenLease } from './slot-session.js';

/** What holding slots takes. */
export interface SlotParts {
  readonly slots: Slots;
  readonly asterisk: string;
  readonly appPrefix: string;
  /** This worker's id, new at every start. */
  readonly owner: string;
  /** Host and process, for people. */
  readonly holder: string;
  readonly held: HeldSlots<SlotSession>;
  readonly followed: Pick<FollowedCalls, 'forgetSlot'>;
  readonly openSession: (taken: TakenLease) => SlotSession;
  readonly openCalls: (slotId: number) => Promise<number>;
  readonly log: Logger;
}

/** Takes leases, renews them, gives them back; opens a session for each and closes it when the lease is over. */
export function createSlotLeases(parts: SlotParts, onReadiness: () => void) {
  const { slots, asterisk, owner, holder, held, followed, log } = parts;

  return {
    takeOwn: async (): Promise<SlotSession> => {
      const askedAt = performance.now();
      return open(await slots.acquire({ asterisk, appPrefix: parts.appPrefix, owner, holder }), askedAt);
    },

    /** @returns false when no worker that is gone has left a slot with open calls behind. */
    adoptOne: async (): Promise<boolean> => {
      const askedAt = performance.now();
      const lease = await slots.adopt(asterisk, owner, holder);
      if (lease === null) return false;
      log.warn({ app: lease.app }, 'Slot adopted');
      // Our own, when the lease ran out behind a slow database: the session of the former epoch is over.
      const before = held.get(lease.slotId);
      if (before !== undefined) lose(before, 'its lease had run out');
      open(lease, askedAt);
      return true;
    },

    /** @param stopping a stopping worker is nobody to hand over to: two that stop together must not wait for each other. */
    renew: async (session: SlotSession, stopping: boolean): Promise<void> => {
      const socket = session.socket();
      if (socket === 'replaced') {
        // Not given back: whoever took it freshly would steal the application in turn. Its lease runs out.
        lose(session, 'its application was taken over');
        return;
      }
      const askedAt = performance.now();
      if (await slots.renew(session.lease, stopping ? 'closed' : socket)) session.renewed(askedAt);
      else lose(session, 'somebody else holds it now');
    },

    giveBackIfEmpty: async (session: SlotSession): Promise<void> => {
      const last = session.lastReconciled();
      if (session.mode() !== 'ready' || last === null || last.openCalls > 0 || last.channels > 0) return;
      if ((await parts.openCalls(session.lease.slotId)) > 0) return;
      await slots.release(session.lease);
      log.info({ app: session.lease.app }, 'Slot given back');
      close(session);
    },

    /** At the worker's end, whatever is in the slot. */
    giveBack: async (session: SlotSession): Promise<void> => {
      await slots.release(session.lease).catch((error: unknown) => log.warn({ error }, 'Slot not given back'));
      close(session);
    },
  };

  function open(lease: Lease, askedAt: number): SlotSession {
    log.info({ app: lease.app, epoch: lease.epoch }, 'Slot taken');
    const session = parts.openSession({ lease, askedAt, onReadiness });
    held.add(session);
    return session;
  }

  function lose(session: SlotSession, why: string): void {
    log.warn({ app: session.lease.app, why }, 'Slot lost');
    close(session);
  }

  function close(session: SlotSession): void {
    session.close();
    held.remove(session.lease.slotId);
    followed.forgetSlot(session.lease.slotId);
  }
}
