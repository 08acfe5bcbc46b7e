import type { Database, Lease } from '@dialgate/database';
import type { Logger } from '@dialgate/logging';
import type { AriAccess, AriClient } from './ari/client.js';
import type { AriEvent } from './ari/events.js';
import { openEventStream, type StreamState } from './ari/event-stream.js';
import type { Reconcile, Reconciled } from './reconcile.js';

/** A held slot at work: its event socket, kept filtered and reconciled. */
export interface SlotSession {
  readonly lease: Lease;
  /** Whether its socket is open, filtered and reconciled, so that calls may be originated in it. */
  readonly ready: () => boolean;
  readonly state: () => StreamState;
  /** Closes the gate until the slot has been reconciled again. */
  readonly distrust: (why: string) => void;
  /** What the last reconciliation found, or null before the first. */
  readonly lastReconciled: () => Reconciled | null;
  /** Resolves when the channel has entered the application, or its socket was lost, or after 5 s. */
  readonly entering: (channel: string) => Promise<'entered' | 'never'>;
  readonly close: () => void;
}

const RECONCILE_EVERY_MS = 30_000;
const LOOK_AGAIN_MS = 2_100;
const RETRY_MS = 500;
const ENTER_WITHIN_MS = 5_000;

/** Opens a slot's application and keeps it in order until it is closed or taken over. */
export function openSlotSession(options: {
  readonly lease: Lease;
  readonly access: AriAccess;
  readonly ari: Pick<AriClient, 'filterEvents' | 'info'>;
  readonly slots: Pick<Database['slots'], 'report'>;
  readonly reconcile: Reconcile;
  readonly onEvent: (event: AriEvent) => void;
  /** Called whenever `ready()` may have changed. */
  readonly onChange: () => void;
  readonly log: Logger;
}): SlotSession {
  const { lease, ari, slots, reconcile, log } = options;
  let ready = false;
  let closed = false;
  let last: Reconciled | null = null;
  let timer: NodeJS.Timeout | undefined;
  /** Counts the sockets, so that a reconciliation begun on an old one is not taken for the new one's. */
  let generation = 0;
  const waiting = new Map<string, (answer: 'entered' | 'never') => void>();

  const stream = openEventStream({
    access: options.access,
    app: lease.app,
    log,
    onEvent: (event) => {
      if (event.type === 'StasisStart') waiting.get(event.channel.id)?.('entered');
      options.onEvent(event);
    },
    onState: (state) => {
      generation++;
      setReady(false);
      // Channels that were entering died with the socket, or their event is lost; either way nobody will tell.
      for (const tell of [...waiting.values()]) tell('never');
      clearTimeout(timer);
      if (state === 'connected') void prepare(generation);
      report(state, null);
    },
  });

  return {
    lease,
    ready: () => ready,
    state: stream.state,
    distrust: (why) => {
      if (!ready) return;
      log.warn({ app: lease.app, why }, 'Slot distrusted');
      setReady(false);
      clearTimeout(timer);
      void prepare(generation);
    },
    lastReconciled: () => last,
    entering: (channel) =>
      new Promise((resolve) => {
        const giveUp = setTimeout(() => tell('never'), ENTER_WITHIN_MS).unref();
        function tell(answer: 'entered' | 'never'): void {
          clearTimeout(giveUp);
          waiting.delete(channel);
          resolve(answer);
        }
        waiting.set(channel, tell);
      }),
    close: () => {
      closed = true;
      clearTimeout(timer);
      setReady(false);
      stream.close();
    },
  };

  function setReady(next: boolean): void {
    if (ready === next) return;
    ready = next;
    options.onChange();
  }

  /** Filters and reconciles, again and again until it succeeds on this socket; then opens the gate. */
  async function prepare(mine: number): Promise<void> {
    try {
      const filtered = await ari.filterEvents(lease.app);
      if (filtered.kind !== 'ok') throw new Error(`the event filter was not taken: ${filtered.kind}`);
      last = await reconcile(lease);
      if (closed || mine !== generation) return;
      setReady(true);
      log.info({ app: lease.app, openCalls: last.openCalls }, 'Slot ready');
      void reportVersion();
      timer = setTimeout(() => void reconcileAgain(mine), last.lookAgain ? LOOK_AGAIN_MS : RECONCILE_EVERY_MS);
    } catch (error) {
      if (closed || mine !== generation) return;
      log.warn({ app: lease.app, error }, 'Slot not ready');
      timer = setTimeout(() => void prepare(mine), RETRY_MS);
    }
  }

  async function reconcileAgain(mine: number): Promise<void> {
    try {
      last = await reconcile(lease);
    } catch (error) {
      log.warn({ app: lease.app, error }, 'Reconciliation failed');
    }
    if (closed || mine !== generation) return;
    timer = setTimeout(() => void reconcileAgain(mine), last?.lookAgain === true ? LOOK_AGAIN_MS : RECONCILE_EVERY_MS);
  }

  async function reportVersion(): Promise<void> {
    const info = await ari.info();
    report(stream.state(), info.kind === 'ok' ? (info.body.system?.version ?? null) : null);
  }

  function report(state: StreamState, version: string | null): void {
    slots.report(lease, state, version).catch((error: unknown) => log.debug({ error }, 'Slot state not written down'));
  }
}
