import type { AriEvent } from '../src/ari/events.js';
import type { EventStream, StreamState } from '../src/ari/event-stream.js';
import type { Network, Service } from './network.js';
import { between, chance, type Random } from './random.js';
import type { Scheduler, SimProcess } from './scheduler.js';
import type { Trace } from './trace.js';

/** How often an event meets something that TCP would not do to it. */
export interface EventNoise {
  readonly drop: number;
  readonly duplicate: number;
  readonly reorder: number;
}

/** One WebSocket. Its two ends learn of its death at different times. */
interface Socket {
  readonly app: string;
  readonly process: SimProcess;
  /** Whether Asterisk still believes in it. */
  believed: boolean;
  /** Nothing gets through any more. */
  cut: boolean;
  /** Its client knows. */
  noticed: boolean;
  /** Events arrive in the order they were sent. */
  lastArrivalAt: number;
  /** How much later than anything else they do. */
  lagMs: number;
  readonly onMessage: (event: AriEvent) => void;
  readonly onClose: () => void;
}

export interface EventSockets {
  /** What the worker opens in the place of a real event stream; reconnects like one. */
  readonly open: (
    process: SimProcess,
    options: {
      readonly app: string;
      readonly onEvent: (event: AriEvent) => void;
      readonly onState: (state: StreamState) => void;
      readonly mayConnect?: () => boolean;
    },
  ) => EventStream;
  /** Whether Asterisk believes that somebody listens to the application. */
  readonly hasSocket: (app: string) => boolean;
  readonly publish: (app: string, event: AriEvent) => void;
  /** Cuts the application's socket; its client notices so much later. */
  readonly cut: (app: string, clientNoticesMs: number, serverNoticesMs: number) => void;
  /** What is sent on the application's socket arrives so much later than other answers of Asterisk. */
  readonly lag: (app: string, ms: number) => void;
  /** Asterisk is gone, and all sockets with it. */
  readonly cutAll: () => void;
  /** A process died: its sockets are reset. */
  readonly died: (process: SimProcess) => void;
  readonly apps: () => string[];
  readonly dropNext: () => void;
  readonly heal: () => void;
}

/** Like the real one's: full jitter up to 0.1 s, 0.2 s … 5 s. */
const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 5_000;
const ASK_AGAIN_MS = 100;

export function openEventSockets(options: {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly network: Network;
  readonly trace: Trace;
  readonly asterisk: Service;
  readonly noise: EventNoise;
  /** Called when an event has reached a worker, before that reads it. */
  readonly onDelivered: (process: SimProcess, event: AriEvent) => void;
  readonly onStep: () => void;
}): EventSockets {
  const { scheduler, random, network, trace, asterisk } = options;
  const sockets = new Map<string, Socket>();
  let noise = options.noise;
  let dropsDue = 0;

  function forget(socket: Socket): void {
    socket.believed = false;
    if (sockets.get(socket.app) === socket) sockets.delete(socket.app);
  }

  function arrivalAt(socket: Socket): number {
    return Math.max(scheduler.now() + network.latencyMs() + socket.lagMs, socket.lastArrivalAt);
  }

  function deliver(socket: Socket, event: AriEvent): void {
    let at = arrivalAt(socket);
    if (event.type !== 'ApplicationReplaced') {
      if (dropsDue > 0 || chance(random, noise.drop)) {
        dropsDue = Math.max(0, dropsDue - 1);
        if (trace.on) trace.say(`event lost: ${saidEvent(event)}`);
        return;
      }
      if (chance(random, noise.duplicate)) arrive(socket, event, at + between(random, 0, 2_000));
      if (chance(random, noise.reorder)) at += between(random, 1, 1_500);
      else socket.lastArrivalAt = at;
    }
    arrive(socket, event, at);
  }

  function arrive(socket: Socket, event: AriEvent, at: number): void {
    scheduler.after(at - scheduler.now(), socket.process, () => {
      if (socket.cut) {
        if (trace.on) trace.say(`event lost with its socket: ${saidEvent(event)}`);
        return;
      }
      if (trace.on) trace.say(`${socket.process.name} hears ${saidEvent(event)}`);
      options.onDelivered(socket.process, event);
      options.onStep();
      socket.onMessage(event);
    });
  }

  function publish(app: string, event: AriEvent): void {
    const socket = sockets.get(app);
    if (socket === undefined) {
      if (trace.on) trace.say(`event that nobody hears: ${saidEvent(event)}`);
      return;
    }
    deliver(socket, event);
  }

  /** Its client learns once that a socket is gone, however often it is cut. */
  function notice(socket: Socket): void {
    if (socket.noticed) return;
    socket.noticed = true;
    socket.onClose();
  }

  function cut(socket: Socket, clientNoticesMs: number, serverNoticesMs: number): void {
    socket.cut = true;
    scheduler.after(serverNoticesMs, null, () => forget(socket));
    scheduler.after(clientNoticesMs, socket.process, () => notice(socket));
  }

  return {
    open: (process, { app, onEvent, onState, mayConnect = () => true }) => {
      let state: StreamState = 'connecting';
      let mine: Socket | null = null;
      let failures = 0;
      const waiting = new Set<(heard: boolean) => void>();
      connect();
      return {
        state: () => state,
        receivedAll: () => {
          const socket = mine;
          if (state !== 'connected' || socket === null) return Promise.resolve(false);
          return new Promise((resolve) => {
            waiting.add(resolve);
            scheduler.after(network.latencyMs(), null, () => {
              if (socket.cut) return;
              scheduler.after(arrivalAt(socket) - scheduler.now(), process, () => {
                if (!socket.cut && waiting.delete(resolve)) resolve(true);
              });
            });
          });
        },
        close: () => {
          if (state !== 'replaced') become('closed');
          leave();
          heardNoMore();
        },
      };

      function heardNoMore(): void {
        for (const resolve of waiting) resolve(false);
        waiting.clear();
      }

      function over(): boolean {
        return state === 'replaced' || state === 'closed';
      }

      function become(next: StreamState): void {
        if (over() || next === state) return;
        state = next;
        if (trace.on) trace.say(`${process.name} socket of ${app}: ${next}`);
        onState(next);
      }

      function leave(): void {
        const socket = mine;
        if (socket !== null) scheduler.after(network.latencyMs(), null, () => forget(socket));
      }

      function lost(): void {
        heardNoMore();
        if (over()) return;
        become('unreachable');
        const backoffMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures++, 10));
        scheduler.after(random() * backoffMs + 20, process, connect);
      }

      function connect(): void {
        if (over()) return;
        if (!mayConnect()) {
          scheduler.after(ASK_AGAIN_MS, process, connect);
          return;
        }
        scheduler.after(network.latencyMs(), null, () => {
          if (process.state === 'dead') return;
          if (asterisk.away) {
            scheduler.after(network.latencyMs(), process, lost);
            return;
          }
          const socket: Socket = {
            app,
            process,
            believed: true,
            cut: false,
            noticed: false,
            lastArrivalAt: scheduler.now() + network.latencyMs(),
            lagMs: 0,
            onMessage: (event) => {
              if (mine !== socket) return;
              if (event.type !== 'ApplicationReplaced') {
                onEvent(event);
                return;
              }
              become('replaced');
              leave();
            },
            onClose: () => {
              if (mine === socket) lost();
            },
          };
          const before = sockets.get(app);
          if (before !== undefined) {
            deliver(before, { type: 'ApplicationReplaced', application: app });
            before.believed = false;
          }
          sockets.set(app, socket);
          scheduler.after(socket.lastArrivalAt - scheduler.now(), process, () => {
            mine = socket;
            failures = 0;
            if (over()) leave();
            else if (socket.cut) {
              socket.noticed = true;
              lost();
            } else become('connected');
          });
        });
      }
    },
    hasSocket: (app) => sockets.has(app),
    publish,
    cut: (app, clientNoticesMs, serverNoticesMs) => {
      const socket = sockets.get(app);
      if (socket !== undefined) cut(socket, clientNoticesMs, serverNoticesMs);
    },
    lag: (app, ms) => {
      const socket = sockets.get(app);
      if (socket !== undefined) socket.lagMs = ms;
    },
    cutAll: () => {
      for (const socket of [...sockets.values()]) {
        forget(socket);
        // What was sent before the end may still be on its way.
        scheduler.after(
          Math.max(0, socket.lastArrivalAt - scheduler.now()) + network.latencyMs(),
          socket.process,
          () => {
            socket.cut = true;
            notice(socket);
          },
        );
      }
    },
    died: (process) => {
      for (const socket of [...sockets.values()]) {
        if (socket.process === process) scheduler.after(network.latencyMs(), null, () => forget(socket));
      }
    },
    apps: () => [...sockets.keys()],
    dropNext: () => dropsDue++,
    heal: () => {
      dropsDue = 0;
      noise = { drop: 0, duplicate: 0, reorder: 0 };
      for (const socket of sockets.values()) socket.lagMs = 0;
    },
  };
}

function saidEvent(event: AriEvent): string {
  if (event.type === 'ApplicationReplaced') return `${event.type} ${event.application}`;
  const channel = event.type === 'Dial' ? event.peer : event.channel;
  const more =
    event.type === 'Dial'
      ? ` '${event.dialstatus}'`
      : event.type === 'ChannelDestroyed'
        ? ` cause ${event.cause}${event.tech_cause === undefined ? '' : `/${event.tech_cause}`}`
        : event.type === 'ChannelHangupRequest'
          ? ` cause ${event.cause ?? 0}${event.soft === true ? ' soft' : ''}`
          : '';
  return `${event.type}${more} (${channel.state}) of ${channel.id.slice(-6)}`;
}
