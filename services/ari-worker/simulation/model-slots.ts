import { WORKER_TIMES, type BreakerMode, type Lease, type Slots } from '@dialgate/database';
import type { SlotConnection } from '@dialgate/domain';
import type { Network, Service } from './network.js';
import { createAskDatabase, DATABASE_RULES, type DatabaseRules, type Row } from './rows.js';
import type { Scheduler, SimProcess } from './scheduler.js';

type Taker = Parameters<Slots['adopt']>[0];

/** A row of `worker_slots`. */
interface SlotRow {
  readonly id: number;
  readonly asterisk: string;
  entityId: string | null;
  readonly number: number;
  readonly app: string;
  owner: string | null;
  holder: string | null;
  epoch: number;
  leaseUntil: number;
  connection: SlotConnection;
  steadySince: number;
  followedAt: number | null;
  /** Null until its first holder has said how it stands. */
  breaker: BreakerMode | null;
}

export interface ModelSlots {
  /** Whether this lease is alive by the database's clock. */
  readonly holds: (lease: Pick<Lease, 'slotId' | 'owner' | 'epoch'>) => boolean;
  /** The present epoch, and whose it is. */
  readonly state: (
    slotId: number | null,
  ) => { readonly owner: string | null; readonly epoch: number; readonly app: string } | undefined;
  /** When somebody was last seen to follow calls on the Asterisk that this slot belongs to. */
  readonly lastFollowed: (slotId: number) => number;
  /** The slots that nobody could follow for so long that they hold no places any more. */
  readonly deserted: () => ReadonlySet<number>;
  /** The slot with this application. */
  readonly idOfApp: (app: string | null) => number | null;
  /** Ends every lease of this owner, as an outage of its own connection does. */
  readonly expireLeasesOf: (owner: string) => void;
  readonly openFor: (process: SimProcess) => Slots;
}

const { leaseMs: LEASE_MS, leftAloneMs: LEFT_ALONE_MS, followedWithinMs: FOLLOWED_WITHIN_MS } = WORKER_TIMES;

/** The statements of packages/database over `worker_slots`; an adoption and its restamp are one transaction. */
export function createModelSlots(options: {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly service: Service;
  readonly rules: DatabaseRules;
  readonly rows: () => readonly Row[];
  /** A worker learns that it has a slot. */
  readonly onTaken: (process: SimProcess, lease: Lease) => void;
}): ModelSlots {
  const { scheduler, network, service, rules } = options;
  const slots: SlotRow[] = [];
  const now = scheduler.now;

  function openRowsOf(slotId: number): Row[] {
    return options.rows().filter((row) => row.slotId === slotId && row.endedAt === null);
  }

  function takeFree(taker: Taker, adopting: boolean): Lease | null {
    const { asterisk, entityId, owner, holder, holding = [], onlyGivenBack = false } = taker;
    const isThere = (slot: SlotRow): boolean =>
      slot.entityId === null
        ? slot.asterisk === asterisk
        : slot.entityId === entityId && (adopting || slot.asterisk === asterisk);
    const expiredBefore = now() - (adopting ? 0 : LEFT_ALONE_MS);
    const free = slots

      .filter(
        (slot) =>
          isThere(slot) &&
          !holding.includes(slot.id) &&
          (slot.owner === null || (slot.leaseUntil <= expiredBefore && !onlyGivenBack)),
      )
      .map((slot) => ({ slot, busy: openRowsOf(slot.id).length > 0 }))
      .filter(({ busy }) => busy || !adopting);
    const [taken] = free.sort((a, b) => Number(b.busy) - Number(a.busy) || a.slot.id - b.slot.id);
    if (taken === undefined) return null;
    const { slot } = taken;
    Object.assign(slot, {
      owner,
      holder,
      epoch: slot.epoch + 1,
      leaseUntil: now() + LEASE_MS,
      connection: 'connecting',
      steadySince: now(),
      followedAt: slot.followedAt ?? now(),
      entityId: slot.entityId ?? entityId ?? null,
    });
    if (rules.restampOnAdoption) for (const row of openRowsOf(slot.id)) row.slotEpoch = slot.epoch;
    return { slotId: slot.id, owner, epoch: slot.epoch, app: slot.app };
  }

  function held({ slotId, owner, epoch }: Pick<Lease, 'slotId' | 'owner' | 'epoch'>): SlotRow | undefined {
    return slots.find((slot) => slot.id === slotId && slot.owner === owner && slot.epoch === epoch);
  }

  function boxOf(slot: SlotRow | undefined): string | undefined {
    return slot?.entityId ?? slot?.asterisk;
  }

  function lastFollowed({ leaseUntil, steadySince, followedAt }: SlotRow, steadyForMs: number): number {
    const tells = leaseUntil > now() && steadySince <= now() - steadyForMs;
    return tells ? Math.min(followedAt ?? leaseUntil, leaseUntil) : leaseUntil;
  }

  return {
    holds: (lease) => (held(lease)?.leaseUntil ?? 0) > now(),
    state: (slotId) => slots.find(({ id }) => id === slotId),
    idOfApp: (app) => slots.find((slot) => slot.app === app)?.id ?? null,
    lastFollowed: (slotId) => {
      const box = boxOf(slots.find(({ id }) => id === slotId));
      return Math.max(
        ...slots.map((slot) => (boxOf(slot) === box ? lastFollowed(slot, DATABASE_RULES.orphanGraceMs) : -Infinity)),
      );
    },
    deserted: () => {
      const before = now() - FOLLOWED_WITHIN_MS;
      const isSteady = slots.some((slot) => slot.leaseUntil > now() && slot.steadySince <= before);
      const deserted = slots.filter((slot) => isSteady && lastFollowed(slot, FOLLOWED_WITHIN_MS) <= before);
      return new Set(deserted.map(({ id }) => id));
    },
    expireLeasesOf: (owner) => {
      for (const slot of slots) if (slot.owner === owner) slot.leaseUntil = now();
    },
    openFor: (process) => {
      const ask = createAskDatabase(network, process, service);

      const told = async <Taken extends Lease | null>(answer: Promise<Taken>): Promise<Taken> => {
        const lease = await answer;
        if (lease !== null) options.onTaken(process, lease);
        return lease;
      };

      return {
        times: WORKER_TIMES,
        acquire: ({ appPrefix, ...taker }) =>
          told(
            ask('acquire a slot', true, () => {
              const taken = takeFree(taker, false);
              if (taken !== null) return taken;
              const number = slots.filter((slot) => slot.asterisk === taker.asterisk).length + 1;
              slots.push({
                id: slots.length + 1,
                asterisk: taker.asterisk,
                entityId: taker.entityId ?? null,
                number,
                app: `${appPrefix}-sim-${number}`,
                owner: null,
                holder: null,
                epoch: 0,
                leaseUntil: 0,
                connection: 'closed',
                steadySince: 0,
                followedAt: null,
                breaker: null,
              });
              const made = takeFree(taker, false);
              if (made === null) throw new Error('a new slot could not be taken');
              return made;
            }),
          ),
        adopt: (taker) => told(ask('adopt', false, () => takeFree(taker, true))),
        renew: (lease, { connection, follows, breaker }) =>
          ask('renew', false, () => {
            const slot = held(lease);
            if (slot === undefined) return false;
            if (slot.leaseUntil <= now()) slot.steadySince = now();
            if (follows) slot.followedAt = now();
            Object.assign(slot, { leaseUntil: now() + LEASE_MS, connection, breaker });
            return true;
          }),
        identify: (lease, { entityId }) =>
          ask('identify', true, () => {
            const slot = held(lease);
            if (slot === undefined || (slot.entityId ?? entityId) !== entityId) return false;
            slot.entityId = entityId;
            return true;
          }),
        othersFor: (callId, { slotId }) =>
          ask('other boxes', false, () => {
            const mine = slots.find(({ id }) => id === slotId)?.entityId;
            const alive = slots.filter(
              ({ entityId, breaker, followedAt }) =>
                entityId !== null &&
                entityId !== mine &&
                breaker === 'closed' &&
                (followedAt ?? -Infinity) > now() - FOLLOWED_WITHIN_MS,
            );
            if (alive.length === 0) return 'none_alive';
            const by = options.rows().find(({ id }) => id === callId)?.refusedBy ?? [];
            const refused = by.map((id) => slots.find((slot) => slot.id === id)?.entityId);
            return alive.some(({ entityId }) => !refused.includes(entityId ?? undefined)) ? 'one_left' : 'all_refused';
          }),
        letGo: (lease) =>
          ask('let go', true, () => {
            const slot = held(lease);
            if (slot !== undefined) slot.leaseUntil = now();
          }),
        release: (lease, connection) =>
          ask('release', true, () => {
            const slot = held(lease);
            if (slot !== undefined)
              Object.assign(slot, { owner: null, holder: null, leaseUntil: now(), connection: connection ?? 'closed' });
          }),
        report: (lease, connection) =>
          ask('report', false, () => {
            const slot = held(lease);
            if (slot !== undefined) slot.connection = connection;
          }),
        names: () => Promise.reject(new Error('no worker asks for names')),
        list: () =>
          ask('list slots', false, () =>
            slots.map((slot) => {
              const isHeld = slot.owner !== null && slot.leaseUntil > now();
              return {
                asterisk: slot.asterisk,
                entityId: slot.entityId,
                number: slot.number,
                app: slot.app,
                held: isHeld,
                holder: slot.holder,
                connection: isHeld ? slot.connection : 'closed',
                connectionSince: null,
                asteriskVersion: null,
                openCalls: openRowsOf(slot.id).length,
                followed: isHeld,
                followedAt: null,
                breaker: slot.breaker ?? 'closed',
                answeredRate: null,
              };
            }),
          ),
      };
    },
  };
}
