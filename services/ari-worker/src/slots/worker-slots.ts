import type { Lease } from '@dialgate/database';
import type { Logger } from '@dialgate/service-kit';
import { retryWhileDatabaseIsDown } from '../events/retry-while-database-is-down.js';
import { createAdoption } from './adopt-slots.js';
import { NO_ARRIVAL, type Arrival } from './arrivals.js';
import { handOverSlots, untilAllOver } from './drain-slots.js';
import { createRounds } from './rounds.js';
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
  // Each at its own pace: an adoption, which takes several answers of the database, keeps no lease from being renewed.
  const renewals = createRounds(slots.times.renewEveryMs, renewAll);
  const lookingAfter = createRounds(slots.times.renewEveryMs, lookAfter);
  const leases = createSlotLeases(parts, { onReadiness: sayReadiness, renewSoon: renewals.soon });
  const adoption = createAdoption(slots.times, leases.adoptOne);
  const takeOwn = (): Promise<SlotSession> => adoption.takeOwn(leases.takeOwn);
  let onReadiness: (ready: boolean) => void = () => undefined;
  let own: SlotSession | undefined;
  let stopping = false;

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
      own = await sayingThatWeWait(() => retryWhileDatabaseIsDown(takeOwn), log);
      renewals.start();
      lookingAfter.start();
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

  async function renewAll(): Promise<void> {
    const renewed = await Promise.allSettled(held.all().map((session) => leases.renew(session, stopping)));
    const failed = renewed.find((one) => one.status === 'rejected');
    if (failed !== undefined) {
      adoption.renewalFailed();
      log.debug({ error: failed.reason as unknown }, 'Slots not renewed');
    } else if (renewed.length > 0 && adoption.leasesRenewed()) parts.restoreDials(); // Who holds nothing has not asked the database.
    sayReadiness();
  }

  /** Takes a new slot for one that was lost, adopts those of workers that are gone, gives back what is empty. */
  async function lookAfter(): Promise<void> {
    try {
      if (ownIfHeld() === undefined) {
        own = await takeOwn();
        parts.restoreDials(); // The database answers again, and who held nothing could not tell by renewals.
      }
      await adoption.adoptAll(() => stopping);
      for (const session of held.all()) if (session !== own) await leases.giveBackIfEmpty(session);
    } catch (error) {
      log.debug({ error }, 'Slots not looked after');
    } finally {
      sayReadiness();
    }
  }

  /** Hands the calls over to another worker, or follows them to their end when there is none; then gives all slots back. */
  async function stop(): Promise<void> {
    stopping = true;
    sayReadiness();
    const deadline = performance.now() + parts.drainSeconds * 1_000;
    await Promise.all([lookingAfter.stop(), renewals.stop()]);
    await renewAll(); // That they are closed now is written down.
    await handOverSlots(parts);
    renewals.start(); // What nobody has taken over is held on to and followed.
    await untilAllOver(parts, deadline);
    await renewals.stop();
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
