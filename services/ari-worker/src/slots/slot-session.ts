import type { Database, Lease } from '@dialgate/database';
import { CONNECTED_TO_ARI, type Logger } from '@dialgate/service-kit';
import type { AriClient } from '../ari/client.js';
import type { AriEvent } from '../ari/events.js';
import type { EventStream, StreamOptions, StreamState } from '../ari/event-stream.js';
import type { Arrival } from '../originate/originate-call.js';
import type { Reconcile, Reconciled } from '../reconcile/reconcile.js';

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
  /** Listens for a channel's entering the application. */
  readonly expect: (channel: string) => Arrival;
  readonly close: () => void;
}

export type OpenStream = (options: Omit<StreamOptions, 'access'>) => EventStream;

const RECONCILE_EVERY_MS = 30_000;
const LOOK_AGAIN_MS = 2_100;
const RETRY_MS = 500;

/** Opens a slot's application and keeps it in order until it is closed or taken over. */
export function openSlotSession(options: {
  readonly lease: Lease;
  readonly ari: Pick<AriClient, 'filterEvents' | 'info'>;
  readonly openStream: OpenStream;
  readonly slots: Pick<Database['slots'], 'report'>;
  readonly reconcile: Reconcile;
  /** Whether the lease is surely ours just now: only then may the application be opened again. */
  readonly leaseIsFresh: () => boolean;
  readonly onEvent: (event: AriEvent) => void;
  /** Called whenever `ready()` may have changed. */
  readonly onChange: () => void;
  readonly log: Logger;
}): SlotSession {
  const { lease, ari, slots, reconcile, log } = options;
  let ready = false;
  let open = true;
  let last: Reconciled | null = null;
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  /** Counts what makes an earlier reconciliation worthless: a new socket, or distrust. */
  let generation = 0;
  let filteredFor = -1;
  const arrivals = new Map<string, (entered: boolean) => void>();

  const stream = options.openStream({
    app: lease.app,
    log,
    mayConnect: options.leaseIsFresh,
    onEvent: (event) => {
      if (event.type === 'StasisStart') arrivals.get(event.channel.id)?.(true);
      options.onEvent(event);
    },
    onState: (state) => {
      // Channels that were entering died with the socket, or their event is lost; either way nobody will tell.
      for (const tell of [...arrivals.values()]) tell(false);
      startOver();
      report(state, null);
    },
  });

  return {
    lease,
    ready: () => ready,
    state: stream.state,
    distrust: (why) => {
      log.warn({ app: lease.app, why }, 'Slot distrusted');
      startOver();
    },
    lastReconciled: () => last,
    expect: (channel) => {
      let tell: (entered: boolean) => void = () => undefined;
      const entered = new Promise<boolean>((resolve) => (tell = resolve));
      arrivals.set(channel, tell);
      return {
        within: async (ms) => {
          const giveUp = setTimeout(() => tell(false), ms);
          try {
            return await entered;
          } finally {
            clearTimeout(giveUp);
          }
        },
        forget: () => arrivals.delete(channel),
      };
    },
    close: () => {
      open = false;
      clearTimeout(timer);
      setReady(false);
      stream.close();
    },
  };

  function isOpen(): boolean {
    return open;
  }

  function setReady(next: boolean): void {
    if (ready === next) return;
    ready = next;
    options.onChange();
  }

  function startOver(): void {
    generation++;
    setReady(false);
    schedule(0);
  }

  function schedule(ms: number): void {
    clearTimeout(timer);
    if (isOpen()) timer = setTimeout(() => void round(), ms);
  }

  /** One round at a time: filters if the socket is new, reconciles, opens the gate, and sees to the next. */
  async function round(): Promise<void> {
    if (running || !isOpen() || stream.state() !== 'connected') return;
    running = true;
    const mine = generation;
    let nextInMs = RETRY_MS;
    try {
      await filter(mine);
      last = await reconcile(lease, stream.receivedAll);
      nextInMs = last.lookAgain ? LOOK_AGAIN_MS : RECONCILE_EVERY_MS;
      if (mine === generation && isOpen() && !ready) {
        log.info({ app: lease.app, openCalls: last.openCalls }, 'Slot ready');
        setReady(true);
        void reportVersion();
      }
    } catch (error) {
      if (isOpen()) log.warn({ app: lease.app, error }, 'Slot not reconciled');
    } finally {
      running = false;
    }
    schedule(mine === generation ? nextInMs : 0);
  }

  async function filter(forGeneration: number): Promise<void> {
    if (filteredFor === forGeneration) return;
    const reply = await ari.filterEvents(lease.app);
    if (reply.kind !== 'ok') throw new Error(`the event filter was not taken: ${reply.kind}`);
    filteredFor = forGeneration;
    log.info({ app: lease.app }, CONNECTED_TO_ARI); // The socket is open, and a request was answered.
  }

  async function reportVersion(): Promise<void> {
    const info = await ari.info();
    report(stream.state(), info.kind === 'ok' ? (info.body.system?.version ?? null) : null);
  }

  function report(state: StreamState, version: string | null): void {
    slots.report(lease, state, version).catch((error: unknown) => log.debug({ error }, 'Slot state not written down'));
  }
}
