import type { Lease, SlotConnection, Slots } from '@dialgate/database';
import type { Logger } from '@dialgate/service-kit';
import type { FollowedCalls } from '../events/followed-calls.js';
import type { HeldSlots } from './held-slots.js';
import { retryWhileDatabaseIsDown } from '../events/retry-while-database-is-down.js';
import type { SlotSession } from './slot-session.js';

/** The slots of one worker: one in which it originates, and those of workers that are gone, until their calls are over. */
export interface WorkerSlots {
  readonly start: () => Promise<void>;
  /** The lease in which calls may be originated just now, or null. */
  readonly originatingLease: () => Lease | null;
  readonly originatingSession: () => SlotSession | undefined;
  /** Has every slot reconciled anew: something that was heard is not known any more. */
  readonly distrust: (why: string) => void;
  /** Hands the calls over to another worker, or follows them to their end when there is none; then gives all slots back. */
  readonly stop: () => Promise<void>;
}

/** How often a worker that cannot begin, because the database is away or has no tables yet, says so. */
const SAY_WAITING_EVERY_MS = 30_000;

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
  readonly openSession: (lease: Lease, leaseIsFresh: () => boolean) => SlotSession;
  readonly openCalls: (slotId: number) => Promise<number>;
  /** Called whenever `originatingLease()` may have changed. */
  readonly onChange: () => void;
  readonly drainSeconds: number;
  readonly log: Logger;
}): WorkerSlots {
  const { slots, asterisk, owner, holder, held, followed, log } = options;
  const { times } = slots;
  const sessions = new Map<number, SlotSession>();
  const renewedAt = new Map<number, number>();
  let own: SlotSession | undefined;
  let steadySince: number | undefined;
  let steadyUntil = 0;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();

  return {
    start: async () => {
      const since = performance.now();
      const waiting = setInterval(() => {
        log.warn({ seconds: Math.round((performance.now() - since) / 1_000) }, 'Worker waits for PostgreSQL');
      }, SAY_WAITING_EVERY_MS);
      try {
        own = await retryWhileDatabaseIsDown(takeOwn);
      } finally {
        clearInterval(waiting);
      }
      schedule();
    },
    originatingLease: () => {
      if (stopping || own?.ready() !== true) return null;
      return isFresh(own.lease) ? own.lease : null;
    },
    originatingSession: () => own,
    distrust: (why) => {
      for (const session of sessions.values()) session.distrust(why);
    },
    stop,
  };

  function isFresh({ slotId }: Lease): boolean {
    return performance.now() - (renewedAt.get(slotId) ?? -Infinity) < times.believeMs;
  }

  function schedule(): void {
    timer = setTimeout(() => {
      ticking = tick().finally(schedule);
    }, times.renewEveryMs);
  }

  async function stopTicking(): Promise<void> {
    clearTimeout(timer);
    await ticking;
    clearTimeout(timer);
  }

  async function tick(): Promise<void> {
    try {
      for (const session of [...sessions.values()]) await keep(session);
      noteSteadiness();
      if (stopping) return;
      own ??= await takeOwn();
      if (performance.now() - (steadySince ?? Infinity) >= times.adoptAfterMs) await adoptAll();
      for (const session of [...sessions.values()]) if (session !== own) await giveBackIfEmpty(session);
    } catch (error) {
      steadySince = undefined;
      log.debug({ error }, 'Slots not renewed');
    } finally {
      options.onChange();
    }
  }

  function noteSteadiness(): void {
    const now = performance.now();
    if (now - steadyUntil > times.steadyGapMs) steadySince = now;
    steadySince ??= now;
    steadyUntil = now;
  }

  async function keep(session: SlotSession): Promise<void> {
    const { lease } = session;
    if (session.state() === 'replaced') {
      // Not given back: whoever took it freshly would steal the application in turn. Its lease runs out.
      drop(session, 'its application was taken over');
      return;
    }
    const askedAt = performance.now();
    if (await slots.renew(lease, connectionOf(session))) renewedAt.set(lease.slotId, askedAt);
    else drop(session, 'somebody else holds it now');
  }

  /** A worker that is stopping is nobody to hand over to: two that stop together must not wait for each other. */
  function connectionOf(session: SlotSession): SlotConnection {
    return stopping ? 'closed' : session.state();
  }

  function drop(session: SlotSession, why: string): void {
    log.warn({ app: session.lease.app, why }, 'Slot lost');
    close(session);
  }

  function close(session: SlotSession): void {
    const { slotId } = session.lease;
    session.close();
    sessions.delete(slotId);
    renewedAt.delete(slotId);
    held.remove(slotId);
    followed.forgetSlot(slotId);
    if (own === session) own = undefined;
  }

  async function takeOwn(): Promise<SlotSession> {
    const askedAt = performance.now();
    return open(await slots.acquire({ asterisk, appPrefix: options.appPrefix, owner, holder }), askedAt);
  }

  /** Callees may be waiting in silence: whatever is there is taken at once, as long as that is quick. */
  async function adoptAll(): Promise<void> {
    const since = performance.now();
    while (!isStopping() && performance.now() - since < times.adoptForMs) {
      const askedAt = performance.now();
      const lease = await slots.adopt(asterisk, owner, holder);
      if (lease === null) return;
      log.warn({ app: lease.app }, 'Slot adopted');
      // Its own, when the lease ran out behind a slow database: the session of the former epoch is over.
      const before = sessions.get(lease.slotId);
      if (before !== undefined) drop(before, 'its lease had run out');
      open(lease, askedAt);
    }
  }

  function isStopping(): boolean {
    return stopping;
  }

  function open(lease: Lease, askedAt: number): SlotSession {
    log.info({ app: lease.app, epoch: lease.epoch }, 'Slot taken');
    held.add(lease);
    renewedAt.set(lease.slotId, askedAt);
    const session = options.openSession(lease, () => isFresh(lease));
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
  }

  async function stop(): Promise<void> {
    stopping = true;
    options.onChange();
    const deadline = performance.now() + options.drainSeconds * 1_000;
    await stopTicking();
    for (const session of sessions.values()) await keep(session).catch(() => undefined);
    if (await isAnotherAlive()) await handOver();
    schedule(); // What nobody has taken over is held on to and followed.
    await until(deadline, areAllOver);
    await stopTicking();
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

  /**
   * Lets the leases go at once; the sockets stay open, and answered calls are sent on, until the adopter has the
   * application or the time is over.
   */
  async function handOver(): Promise<void> {
    const deadline = performance.now() + times.handoverMs;
    for (const session of [...sessions.values()]) {
      if ((await openCallsOf(session)) === 0) continue;
      await slots.letGo(session.lease).catch((error: unknown) => log.warn({ error }, 'Slot not let go'));
      log.info({ app: session.lease.app }, 'Slot handed over');
    }
    await until(deadline, areAllOver);
  }

  /** Whether every slot has been taken over or has no open call any more. */
  async function areAllOver(): Promise<boolean> {
    const busy = [...sessions.values()].filter((session) => session.state() !== 'replaced');
    const open = await Promise.all(busy.map(openCallsOf));
    return open.every((count) => count === 0);
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
