import type { Lease, Slots } from '@dialgate/database';
import type { Logger } from '@dialgate/logging';
import type { FollowedCalls } from './followed-calls.js';
import type { HeldSlots } from './held-slots.js';
import { patiently } from './move-call.js';
import type { SlotSession } from './slot-session.js';

/** The slots of one worker: one in which it originates, and those of workers that are gone, until their calls are over. */
export interface WorkerSlots {
  readonly start: () => Promise<void>;
  /** The lease in which calls may be originated just now, or null. */
  readonly originatingLease: () => Lease | null;
  readonly originatingSession: () => SlotSession | undefined;
  /** Hands the calls over to another worker, or follows them to their end when there is none; then gives all slots back. */
  readonly stop: () => Promise<void>;
}

const TICK_MS = 2_000;

/** A lease is believed for less than the 6 s it lasts, counted from before its renewal was asked for. */
const BELIEVE_LEASE_MS = 5_000;

/** Nobody adopts before its own renewals have succeeded for so long: an outage of the database is not the others' death. */
const ADOPT_AFTER_MS = 10_000;

/** How long a stopping worker keeps its sockets open for the worker that takes over. */
const HANDOVER_MS = 8_000;

const DRAIN_POLL_MS = 250;

export function workerSlots(options: {
  readonly slots: Slots;
  readonly asterisk: string;
  readonly appPrefix: string;
  /** This worker's id, new at every start. */
  readonly owner: string;
  /** Host and process, for people. */
  readonly holder: string;
  readonly held: HeldSlots;
  readonly followed: FollowedCalls;
  readonly openSession: (lease: Lease, onChange: () => void) => SlotSession;
  readonly openCalls: (slotId: number) => Promise<number>;
  /** Called whenever `originatingLease()` may have changed. */
  readonly onChange: () => void;
  readonly drainSeconds: number;
  readonly log: Logger;
}): WorkerSlots {
  const { slots, asterisk, owner, holder, held, followed, log } = options;
  const sessions = new Map<number, SlotSession>();
  const renewedAt = new Map<number, number>();
  let own: SlotSession | undefined;
  let steadySince: number | undefined;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();

  return {
    start: async () => {
      await takeOwn();
      schedule();
    },
    originatingLease: () => {
      if (stopping || own?.ready() !== true) return null;
      const since = renewedAt.get(own.lease.slotId);
      return since !== undefined && performance.now() - since < BELIEVE_LEASE_MS ? own.lease : null;
    },
    originatingSession: () => own,
    stop,
  };

  function schedule(): void {
    timer = setTimeout(() => {
      ticking = tick().finally(schedule);
    }, TICK_MS);
  }

  async function tick(): Promise<void> {
    try {
      for (const session of [...sessions.values()]) await keep(session);
      steadySince ??= performance.now();
      if (stopping) return;
      if (own === undefined) await takeOwn();
      if (performance.now() - steadySince >= ADOPT_AFTER_MS) await adoptOne();
      for (const session of [...sessions.values()]) if (session !== own) await giveBackIfEmpty(session);
    } catch (error) {
      steadySince = undefined;
      log.debug({ error }, 'Slots not renewed');
    } finally {
      options.onChange();
    }
  }

  async function keep(session: SlotSession): Promise<void> {
    const { lease } = session;
    if (session.state() === 'replaced') {
      drop(session, 'its application was taken over');
      return;
    }
    const askedAt = performance.now();
    if (!(await slots.renew(lease))) {
      drop(session, 'somebody else holds it now');
      return;
    }
    renewedAt.set(lease.slotId, askedAt);
    await slots.report(lease, session.state(), null);
  }

  function drop(session: SlotSession, why: string): void {
    const { slotId, app } = session.lease;
    log.warn({ app, why }, 'Slot lost');
    close(session);
    held.remove(slotId);
    followed.forgetSlot(slotId);
  }

  function close(session: SlotSession): void {
    session.close();
    sessions.delete(session.lease.slotId);
    renewedAt.delete(session.lease.slotId);
    if (own === session) own = undefined;
  }

  async function takeOwn(): Promise<void> {
    const askedAt = performance.now();
    const want = { asterisk, appPrefix: options.appPrefix, owner, holder };
    own = open(await patiently(() => slots.acquire(want)), askedAt);
  }

  async function adoptOne(): Promise<void> {
    const askedAt = performance.now();
    const lease = await slots.adopt(asterisk, owner, holder);
    if (lease === null) return;
    log.warn({ app: lease.app }, 'Slot adopted');
    open(lease, askedAt);
  }

  function open(lease: Lease, askedAt: number): SlotSession {
    log.info({ app: lease.app, epoch: lease.epoch }, 'Slot taken');
    held.add(lease);
    renewedAt.set(lease.slotId, askedAt);
    const session = options.openSession(lease, options.onChange);
    sessions.set(lease.slotId, session);
    return session;
  }

  async function giveBackIfEmpty(session: SlotSession): Promise<void> {
    const last = session.lastReconciled();
    if (!session.ready() || last === null || last.openCalls > 0 || last.channels > 0) return;
    if ((await options.openCalls(session.lease.slotId)) > 0) return;
    await slots.release(session.lease);
    log.info({ app: session.lease.app }, 'Slot given back');
    close(session);
    held.remove(session.lease.slotId);
  }

  async function stop(): Promise<void> {
    stopping = true;
    options.onChange();
    if (await isAnotherAlive()) await handOver();
    else await drain();
    clearTimeout(timer);
    await ticking;
    clearTimeout(timer);
    for (const session of [...sessions.values()]) {
      await slots.release(session.lease).catch((error: unknown) => log.warn({ error }, 'Slot not given back'));
      close(session);
    }
  }

  async function isAnotherAlive(): Promise<boolean> {
    const all = await slots.list().catch(() => []);
    return all.some(
      (slot) => slot.asterisk === asterisk && slot.held && slot.connection === 'connected' && slot.holder !== holder,
    );
  }

  /** Gives the leases back at once; the sockets stay open, and answered calls are sent on, until the adopter has them. */
  async function handOver(): Promise<void> {
    clearTimeout(timer);
    await ticking;
    clearTimeout(timer);
    const deadline = performance.now() + HANDOVER_MS;
    for (const session of [...sessions.values()]) {
      if ((await openCallsOf(session)) === 0) continue;
      await slots.release(session.lease).catch((error: unknown) => log.warn({ error }, 'Slot not given back'));
      log.info({ app: session.lease.app }, 'Slot handed over');
    }
    await until(deadline, async () => {
      const busy = [...sessions.values()].filter((session) => session.state() !== 'replaced');
      const open = await Promise.all(busy.map(openCallsOf));
      return open.every((count) => count === 0);
    });
  }

  /** Nobody else could follow these calls: follow them to their end. */
  async function drain(): Promise<void> {
    const deadline = performance.now() + options.drainSeconds * 1_000;
    await until(deadline, async () => {
      const open = await Promise.all([...sessions.values()].map(openCallsOf));
      return open.every((count) => count === 0);
    });
  }

  /** Counted as busy while the database cannot say. */
  function openCallsOf(session: SlotSession): Promise<number> {
    return options.openCalls(session.lease.slotId).catch(() => 1);
  }
}

async function until(deadline: number, done: () => Promise<boolean>): Promise<void> {
  while (performance.now() < deadline && !(await done())) {
    await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
  }
}
