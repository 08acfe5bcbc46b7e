import { WORKER_TIMES, type Lease, type Slots } from '@dialgate/database';
import type { Network, Service } from './network.js';
import { createAskDatabase, type DatabaseRules, type Row } from './rows.js';
import type { Scheduler, SimProcess } from './scheduler.js';

/** A row of `worker_slots`. */
interface SlotRow {
  readonly id: number;
  readonly asterisk: string;
  readonly number: number;
  readonly app: string;
  owner: string | null;
  holder: string | null;
  epoch: number;
  leaseUntil: number;
  connection: 'connecting' | 'connected' | 'unauthorized' | 'unreachable' | 'replaced' | 'closed';
}

export interface ModelSlots {
  /** Whether this lease is alive by the database's clock. */
  readonly holds: (lease: Pick<Lease, 'slotId' | 'owner' | 'epoch'>) => boolean;
  /** The present epoch, and whose it is. */
  readonly state: (slotId: number | null) => { readonly owner: string | null; readonly epoch: number } | undefined;
  /** When the last lease of the Asterisk that this slot belongs to ends or ended. */
  readonly lastLeaseUntil: (slotId: number) => number;
  /** Ends every lease of this owner, as an outage of its own connection does. */
  readonly expireLeasesOf: (owner: string) => void;
  readonly openFor: (process: SimProcess) => Slots;
}

const { leaseMs: LEASE_MS, leftAloneMs: LEFT_ALONE_MS } = WORKER_TIMES;
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

  function takeFree(asterisk: string, owner: string, holder: string, adopting: boolean): Lease | null {
    const expiredBefore = now() - (adopting ? 0 : LEFT_ALONE_MS);
    const free = slots
      .filter((slot) => slot.asterisk === asterisk && (slot.owner === null || slot.leaseUntil <= expiredBefore))
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
    });
    if (rules.restampOnAdoption) for (const row of openRowsOf(slot.id)) row.slotEpoch = slot.epoch;
    return { slotId: slot.id, owner, epoch: slot.epoch, app: slot.app };
  }

  function held({ slotId, owner, epoch }: Pick<Lease, 'slotId' | 'owner' | 'epoch'>): SlotRow | undefined {
    return slots.find((slot) => slot.id === slotId && slot.owner === owner && slot.epoch === epoch);
  }

  return {
    holds: (lease) => (held(lease)?.leaseUntil ?? 0) > now(),
    state: (slotId) => slots.find(({ id }) => id === slotId),
    lastLeaseUntil: (slotId) => {
      const asterisk = slots.find(({ id }) => id === slotId)?.asterisk;
      return Math.max(...slots.map((slot) => (slot.asterisk === asterisk ? slot.leaseUntil : -Infinity)));
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
        acquire: ({ asterisk, appPrefix, owner, holder }) =>
          told(
            ask('acquire a slot', true, () => {
              const taken = takeFree(asterisk, owner, holder, false);
              if (taken !== null) return taken;
              const number = slots.filter((slot) => slot.asterisk === asterisk).length + 1;
              slots.push({
                id: slots.length + 1,
                asterisk,
                number,
                app: `${appPrefix}-sim-${number}`,
                owner: null,
                holder: null,
                epoch: 0,
                leaseUntil: 0,
                connection: 'closed',
              });
              const made = takeFree(asterisk, owner, holder, false);
              if (made === null) throw new Error('a new slot could not be taken');
              return made;
            }),
          ),
        adopt: (asterisk, owner, holder) => told(ask('adopt', false, () => takeFree(asterisk, owner, holder, true))),
        renew: (lease, connection) =>
          ask('renew', false, () => {
            const slot = held(lease);
            if (slot === undefined) return false;
            slot.leaseUntil = now() + LEASE_MS;
            slot.connection = connection;
            return true;
          }),
        letGo: (lease) =>
          ask('let go', true, () => {
            const slot = held(lease);
            if (slot !== undefined) slot.leaseUntil = now();
          }),
        release: (lease) =>
          ask('release', true, () => {
            const slot = held(lease);
            if (slot !== undefined)
              Object.assign(slot, { owner: null, holder: null, leaseUntil: now(), connection: 'closed' });
          }),
        report: (lease, connection) =>
          ask('report', false, () => {
            const slot = held(lease);
            if (slot !== undefined) slot.connection = connection;
          }),
        list: () =>
          ask('list slots', false, () =>
            slots.map((slot) => {
              const isHeld = slot.owner !== null && slot.leaseUntil > now();
              return {
                asterisk: slot.asterisk,
                number: slot.number,
                app: slot.app,
                held: isHeld,
                holder: slot.holder,
                connection: isHeld ? slot.connection : 'closed',
                connectionSince: null,
                asteriskVersion: null,
                openCalls: openRowsOf(slot.id).length,
              };
            }),
          ),
      };
    },
  };
}
