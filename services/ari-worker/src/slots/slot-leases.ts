import type { Lease, Slots, Standing } from '@dialgate/database';
import { inTime, type Logger } from '@dialgate/service-kit';
import type { AriClient } from '../ari/client.js';
import type { FollowedCalls } from '../events/followed-calls.js';
import type { Breaker } from '../originate/breaker.js';
import type { HeldSlots } from './held-slots.js';
import { identityIn } from './identify-asterisk.js';
import type { SlotSession, TakenLease } from './slot-session.js';

/** What holding slots takes. */
export interface SlotParts {
  readonly slots: Slots;
  readonly ari: Pick<AriClient, 'info'>;
  /** How the channels fare that this worker asks for. */
  readonly breaker: Pick<Breaker, 'mode' | 'answeredRate' | 'takes' | 'onChange'>;
  /** What its Asterisk is called. */
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
  /** Has rows made true of which the database may have lost that this worker dialled them. */
  readonly restoreDials: () => void;
  readonly log: Logger;
}

interface Told {
  readonly onReadiness: () => void;
  readonly renewSoon: () => void;
}

/** How long a worker that looks for a slot waits for its Asterisk to say who it is: its other leases must be renewed in time. */
const IDENTIFIED_WITHIN_MS = 1_000;

/**
 * Takes leases, renews them, gives them back; opens a session for each and closes it when the lease is over.
 *
 * @param told.renewSoon called when a lease is old already by the time at which it is known to be ours, and when a slot's application
 *   was taken over: then the next renewal finds it lost.
 */
export function createSlotLeases(parts: SlotParts, told: Told) {
  const { slots, asterisk, owner, holder, held, log } = parts;
  /** Which Asterisk answered last, if any did. */
  let entityId: string | undefined;

  return {
    takeOwn: async (onlyGivenBack: boolean): Promise<SlotSession> => {
      entityId = await entityIdOf(parts.ari);
      const askedAt = performance.now();
      return open(await slots.acquire({ ...taker(), appPrefix: parts.appPrefix, onlyGivenBack }), askedAt);
    },

    /** @returns false when no worker that is gone has left a slot with open calls behind, or `mayStill` denies it by then. */
    adoptOne: async (mayStill: () => boolean): Promise<boolean> => {
      // A worker that has begun while its Asterisk was away learns whose slots it may adopt as soon as that is back.
      entityId ??= await entityIdOf(parts.ari);
      const askedAt = performance.now();
      const lease = await slots.adopt(taker(), mayStill);
      if (lease === null) return false;
      log.warn({ app: lease.app }, 'Slot adopted');
      open(lease, askedAt);
      return true;
    },

    /** @param stopping a stopping worker is nobody to hand over to: two that stop together must not wait for each other. */
    renew: async (session: SlotSession, stopping: boolean): Promise<void> => {
      const connection = session.connection();
      if (connection === 'replaced') {
        // Not given back: whoever took it freshly would steal the application in turn. Its lease runs out.
        lose(session, 'its application was taken over');
        return;
      }
      if (connection === 'other_asterisk') {
        await slots.release(session.lease, connection);
        lose(session, 'another Asterisk answers at its address');
        return;
      }
      const askedAt = performance.now();
      if (await slots.renew(session.lease, standingOf(session, parts, stopping))) session.renewed(askedAt);
      else if (session.mode() !== 'closed') lose(session, 'somebody else holds it now');
    },

    giveBackIfEmpty: async (session: SlotSession): Promise<void> => {
      const last = session.lastReconciled();
      if (session.mode() !== 'ready' || last === null || last.openCalls > 0 || last.channels > 0) return;
      if ((await parts.openCalls(session.lease.slotId)) > 0) return;
      close(session, parts); // First: a renewal that is under way and comes too late then tells nothing.
      await slots.release(session.lease);
      log.info({ app: session.lease.app }, 'Slot given back');
    },

    /** At the worker's end, whatever is in the slot. */
    giveBack: async (session: SlotSession): Promise<void> => {
      await slots.release(session.lease).catch((error: unknown) => log.warn({ error }, 'Slot not given back'));
      close(session, parts);
    },
  };

  function taker() {
    return { asterisk, entityId, owner, holder, holding: held.ids() };
  }

  function open(lease: Lease, askedAt: number): SlotSession {
    log.info({ app: lease.app, epoch: lease.epoch }, 'Slot taken');
    const session = parts.openSession({ lease, askedAt, onReadiness: told.onReadiness, onReplaced: told.renewSoon });
    held.add(session);
    if (performance.now() - askedAt > slots.times.renewEveryMs) told.renewSoon();
    return session;
  }

  function lose(session: SlotSession, why: string): void {
    log.warn({ app: session.lease.app, why }, 'Slot lost');
    close(session, parts);
    parts.restoreDials();
  }
}

function close(session: SlotSession, { held, followed }: Pick<SlotParts, 'held' | 'followed'>): void {
  session.close();
  if (held.get(session.lease.slotId) !== session) return; // Closed before, and taken anew since.
  held.remove(session.lease.slotId);
  followed.forgetSlot(session.lease.slotId);
}

/** Which Asterisk answers, or undefined when none does in time. */
async function entityIdOf(ari: SlotParts['ari']): Promise<string | undefined> {
  const info = await inTime(ari.info(), IDENTIFIED_WITHIN_MS);
  return info === 'late' ? undefined : identityIn(info)?.entityId;
}

function standingOf(session: SlotSession, { breaker }: SlotParts, stopping: boolean): Standing {
  return {
    connection: stopping ? 'closed' : session.connection(),
    follows: session.mode() === 'ready',
    breaker: breaker.mode(),
    answeredRate: breaker.answeredRate(),
  };
}
