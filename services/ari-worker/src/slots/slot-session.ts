import type { Database, Lease } from '@dialgate/database';
import type { Logger } from '@dialgate/service-kit';
import type { AriClient } from '../ari/client.js';
import type { AriEvent } from '../ari/events.js';
import type { EventStream, StreamOptions, StreamState } from '../ari/event-stream.js';
import type { Reconcile } from '../reconcile/reconcile.js';
import { createArrivals, type Arrival } from './arrivals.js';
import type { HeldSlot } from './held-slots.js';
import { checkAsterisk } from './identify-asterisk.js';
import { openSlotUpkeep, type SlotUpkeep } from './slot-upkeep.js';

/** A held slot at work: its lease, and its event socket, kept filtered and reconciled. */
export interface SlotSession extends HeldSlot, Pick<SlotUpkeep, 'mode' | 'connection' | 'lastReconciled' | 'close'> {
  /** Takes note that the lease was renewed by a request that left at that moment (`performance.now()`). */
  readonly renewed: (askedAt: number) => void;
  /** Whether the lease is surely ours just now. */
  readonly leaseIsFresh: () => boolean;
  /** Listens for a channel's entering the application. */
  readonly expect: (channelId: string) => Arrival;
}

export type OpenStream = (options: Omit<StreamOptions, 'access'>) => EventStream;

/** A lease that has just been taken. */
export interface TakenLease {
  readonly lease: Lease;
  /** When the request for it left, by `performance.now()`. */
  readonly askedAt: number;
  /** Called when calls may be originated in the slot, and when they may no more. */
  readonly onReadiness: () => void;
  /** Told that somebody else has taken the application. */
  readonly onReplaced: () => void;
}

/** Opens a slot's application and keeps it in order until it is closed or taken over. */
export function openSlotSession(
  options: TakenLease & {
    readonly ari: Pick<AriClient, 'filterEvents' | 'applications' | 'info'>;
    readonly openStream: OpenStream;
    readonly slots: Pick<Database['slots'], 'identify' | 'report' | 'times'>;
    readonly reconcile: Reconcile;
    readonly onEvent: (event: AriEvent, sentSince: number) => void;
    readonly log: Logger;
  },
): SlotSession {
  const { lease, ari, slots, log } = options;
  const { app } = lease;
  const arrivals = createArrivals();
  let renewedAt = options.askedAt;

  const upkeep = openSlotUpkeep({
    lease,
    ari,
    openStream,
    reconcile: options.reconcile,
    checkAsterisk: () => checkAsterisk({ lease, ari, slots, log }),
    onReadiness,
    log,
  });
  return {
    ...upkeep,
    lease,
    requireReconcile: (why) => {
      log.warn({ app, why }, 'Slot invalidated');
      upkeep.invalidate();
    },
    renewed: (askedAt) => {
      renewedAt = askedAt;
    },
    leaseIsFresh,
    expect: arrivals.expect,
  };

  function leaseIsFresh(): boolean {
    return performance.now() - renewedAt < slots.times.believeMs;
  }

  function openStream(onState: (state: StreamState) => void): EventStream {
    return options.openStream({
      app,
      log,
      mayConnect: leaseIsFresh,
      onEvent: (event, sentSince) => {
        if (event.type === 'StasisStart') arrivals.entered(event.channel.id);
        options.onEvent(event, sentSince);
      },
      onState: (state) => {
        arrivals.socketLost();
        onState(state);
        report(state);
        if (state === 'replaced') options.onReplaced();
      },
    });
  }

  function onReadiness(ready: boolean): void {
    if (ready) log.info({ app, openCalls: upkeep.lastReconciled()?.openCalls }, 'Slot ready');
    options.onReadiness();
  }

  function report(state: StreamState): void {
    slots.report(lease, state).catch((error: unknown) => log.debug({ error }, 'Slot state not written down'));
  }
}
