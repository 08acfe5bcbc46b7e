import type { Lease } from '@dialgate/database';
import type { Logger } from '@dialgate/service-kit';
import { retryWhileDatabaseIsDown } from '../events/retry-while-database-is-down.js';
import { createAdoption } from './adopt-slots.js';
import { NO_ARRIVAL, type Arrival } from './arrivals.js';
import { handOverSlots, untilAllOver } from './drain-slots.js';
import { createSlotLeases, type SlotParts } from './slot-leases.js';
import type { SlotSession } from './slot-session.js';

/** The slot in which new calls are made. */
export interface OriginatingSlot {
  /** Its lease, or null while nothing may be originated: its socket is not ready, or the lease may have run out. */
  readonly lease: () => Lease | null;
  /** Tells the slot that its socket must have been lost: it is not ready until it has been reconciled. */
  readonly requireReconcile: (why: string) => void;
  /** Listens for a channel's arrival. To be asked before the channel is made: its event may overtake the answer. */
  readonly expect: (channelId: string) => Arrival;
}

/** How often a worker that cannot begin, because the database is away or has no tables yet, says so. */
const SAY_WAITING_EVERY_MS = 30_000;

/** The slots of one worker: one in which it originates, and those of workers that are gone, until their calls are over. */
export function createWorkerSlots(parts: SlotParts & { readonly drainSeconds: number }) {
  const { slots, breaker, held, log } = parts;
  const sayReadiness = (): void => onReadiness(originatingLease() !== null && breaker.takes());
  const leases = createSlotLeases(parts, sayReadiness);
  const adoption = createAdoption(slots.times, leases.adoptOne);
  let onReadiness: (ready: boolean) => void = () => undefined;
  let own: SlotSession | undefined;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();

  const originating: OriginatingSlot = {
    lease: originatingLease,
    requireReconcile: (why) => ownIfHeld()?.requireReconcile(why),
    expect: (channelId) => ownIfHeld()?.expect(channelId) ?? NO_ARRIVAL,
  };
  return {
    originating,
    /** @param listener is told whether calls can be originated, whenever that may have changed. */
    start: async (listener: (ready: boolean) => void): Promise<void> => {
      onReadiness = listener;
      breaker.onChange(sayReadiness);
      own = await sayingThatWeWait(() => retryWhileDatabaseIsDown(leases.takeOwn), log);
      schedule();
    },
    stop,
  };

  function originatingLease(): Lease | null {
    const session = ownIfHeld();
    return !stopping && session?.mode() === 'ready' && session.leaseIsFresh() ? session.lease : null;
  }

  function ownIfHeld(): SlotSession | undefined {
    return own?.mode() === 'closed' ? undefined : own;
  }

  function schedule(): void {
    timer = setTimeout(() => {
      ticking = tick().finally(schedule);
    }, slots.times.renewEveryMs);
  }

  async function stopTicking(): Promise<void> {
    clearTimeout(timer);
    await ticking;
    clearTimeout(timer);
  }

  async function tick(): Promise<void> {
    try {
      for (const session of held.all()) await leases.renew(session, stopping);
      adoption.leasesRenewed();
      if (stopping) return;
      own = ownIfHeld() ?? (await leases.takeOwn());
      await adoption.adoptAll(() => stopping);
      for (const session of held.all()) if (session !== own) await leases.giveBackIfEmpty(session);
    } catch (error) {
      adoption.renewalFailed();
      log.debug({ error }, 'Slots not renewed');
    } finally {
      sayReadiness();
    }
  }

  /** Hands the calls over to another worker, or follows them to their end when there is none; then gives all slots back. */
  async function stop(): Promise<void> {
    stopping = true;
    sayReadiness();
    const deadline = performance.now() + parts.drainSeconds * 1_000;
    await stopTicking();
    for (const session of held.all()) await leases.renew(session, stopping).catch(() => undefined);
    await handOverSlots(parts);
    schedule(); // What nobody has taken over is held on to and followed.
    await untilAllOver(parts, deadline);
    await stopTicking();
    for (const session of held.all()) await leases.giveBack(session);
  }
}

async function sayingThatWeWait<Result>(work: () => Promise<Result>, log: Logger): Promise<Result> {
  const since = performance.now();
  const saying = setInterval(() => {
    log.warn({ seconds: Math.round((performance.now() - since) / 1_000) }, 'Worker waits for PostgreSQL');
  }, SAY_WAITING_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(saying);
  }
}
