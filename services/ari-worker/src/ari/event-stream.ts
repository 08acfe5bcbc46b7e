import { eventReceived, webSocketConnected, type Logger } from '@dialgate/service-kit';
import type { AriAccess } from './client.js';
import { openEventSocket, type EventSocket, type SocketLimits } from './event-socket.js';
import { parseAriEvent, type AriEvent } from './events.js';

/**
 * How an event socket stands. `replaced`: another process opened the same application and has its events now; this stream
 * is over for good and must not fight. `no_ari_events`: ARI answers and has no such resource, because the module is not loaded.
 */
export type StreamState =
  | 'connecting'
  | 'connected'
  | 'unauthorized'
  | 'no_ari_events'
  | 'unreachable'
  | 'replaced'
  | 'closed';

export interface EventStream {
  readonly state: () => StreamState;
  /**
   * Waits until everything was received that Asterisk had sent by now: its answer to a ping comes behind that (RFC 6455
   * §5.5.3). A socket that does not answer within 20 s is closed.
   *
   * @returns false when the socket is not open, or was closed before the answer came.
   */
  readonly receivedAll: () => Promise<boolean>;
  readonly close: () => void;
}

/** How soon permission to connect is asked for again. */
const ASK_AGAIN_MS = 100;

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 5_000;

export interface StreamOptions extends SocketLimits {
  readonly access: AriAccess;
  readonly app: string;
  readonly log: Logger;
  /** @param sentSince the event was sent after this moment of our clock (`performance.now()`), whatever its stamp says. */
  readonly onEvent: (event: AriEvent, sentSince: number) => void;
  readonly onState: (state: StreamState) => void;
  /**
   * Asked before every reconnect: a process that was paused must not take the application back from whoever has it now.
   */
  readonly mayConnect: () => boolean;
}

/**
 * Follows an application's events, for ever: reconnects with jittered backoff until it is closed or replaced. Asterisk
 * replays nothing, so whoever follows has to reconcile after every `connected`.
 */
export function openEventStream(options: StreamOptions): EventStream {
  const { app, onEvent, onState } = options;
  const log = options.log.with({ app });
  let state: StreamState = 'connecting';
  let socket: EventSocket | undefined;
  let retry: NodeJS.Timeout | undefined;
  let failures = 0;
  connect();

  return {
    state: () => state,
    receivedAll: () => (state === 'connected' && socket !== undefined ? socket.receivedAll() : Promise.resolve(false)),
    close: () => {
      if (state !== 'replaced') become('closed');
      clearTimeout(retry);
      socket?.close();
    },
  };

  function isOver(): boolean {
    return state === 'replaced' || state === 'closed';
  }

  function become(next: StreamState): void {
    if (isOver() || next === state) return;
    state = next;
    onState(next);
  }

  function connect(): void {
    if (!options.mayConnect()) {
      retry = setTimeout(connect, ASK_AGAIN_MS);
      return;
    }
    let refused = false;
    socket = openEventSocket({
      ...options,
      log,
      onOpen: (url) => {
        failures = 0;
        log.info({}, webSocketConnected(url));
        become('connected');
      },
      onMessage: receive,
      onRefused: (status, isJson) => {
        refused = true;
        become(stateOfRefusal(status, isJson));
        if (failures === 0) log.error({ status }, 'ARI refused the WebSocket');
      },
      onError: (error) => {
        if (failures === 0 && !isOver()) log.warn({ error }, 'WebSocket to ARI failed');
      },
      onEnd: (code) => {
        if (isOver()) return;
        if (state === 'connected') log.warn({ code }, 'WebSocket to ARI closed');
        if (!refused) become('unreachable');
        retry = setTimeout(connect, backoffMs(failures++));
      },
    });
  }

  function receive(text: string, sentSince: number): void {
    let event: AriEvent | null;
    try {
      event = parseAriEvent(text);
    } catch (error) {
      log.error({ error }, 'ARI event unreadable');
      return;
    }
    if (event === null) return;
    if (event.type !== 'ApplicationReplaced') {
      onEvent(event, sentSince);
      return;
    }
    log.info({ type: event.type }, eventReceived(event.type));
    log.warn({}, 'ARI application taken over');
    become('replaced');
    socket?.close();
  }
}

/** While it starts, Asterisk answers 404 with a page; later ARI says by JSON what it does not have. */
function stateOfRefusal(status: number | undefined, isJson: boolean): StreamState {
  if (status === 401) return 'unauthorized';
  return status === 404 && isJson ? 'no_ari_events' : 'unreachable';
}

/** Full jitter: anything up to 0.1 s, 0.2 s, 0.4 s … 5 s, so that workers do not come back all at once. */
function backoffMs(failures: number): number {
  return Math.random() * Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 10)) + 20;
}
