import { eventReceived, webSocketConnected, type Logger } from '@dialgate/service-kit';
import { WebSocket, type RawData } from 'ws';
import type { AriAccess } from './client.js';
import { parseAriEvent, type AriEvent } from './events.js';

/**
 * How an event socket stands. `replaced`: another process opened the same application and has its events now; this stream
 * is over for good and must not fight.
 */
export type StreamState = 'connecting' | 'connected' | 'unauthorized' | 'unreachable' | 'replaced' | 'closed';

export interface EventStream {
  readonly state: () => StreamState;
  /**
   * Waits until everything has been heard that Asterisk had sent by now: its answer to a ping comes behind that (RFC 6455
   * §5.5.3). A socket that does not answer within 20 s is closed.
   *
   * @returns false when the socket is not open, or was closed before the answer came.
   */
  readonly receivedAll: () => Promise<boolean>;
  readonly close: () => void;
}

/** A peer that fell silent is found dead at the third ping: after nine seconds at most. */
const PING_MS = 3_000;

/**
 * A peer is dead that said nothing over so many pings. They are counted instead of timed: after a pause of this process the
 * next ping falls due before what waits in the socket is read, and a pause, however long, is one ping.
 */
const UNANSWERED_MAX = 2;

/** What Asterisk has sent may be that late; a socket that is later, or gives no pings back, is of no use. */
const HEARD_OUT_WITHIN_MS = 20_000;

const HANDSHAKE_MS = 5_000;

/** How soon permission to connect is asked for again. */
const ASK_AGAIN_MS = 100;

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 5_000;

export interface StreamOptions {
  readonly access: AriAccess;
  readonly app: string;
  readonly log: Logger;
  readonly onEvent: (event: AriEvent) => void;
  readonly onState: (state: StreamState) => void;
  /**
   * Asked before every reconnect: a process that was paused must not take the application back from whoever has it now.
   */
  readonly mayConnect: () => boolean;
  readonly pingMs?: number;
  readonly heardOutWithinMs?: number;
}

/**
 * Follows an application's events, for ever: reconnects with jittered backoff until it is closed or replaced. Asterisk
 * replays nothing, so whoever follows has to reconcile after every `connected`.
 */
export function openEventStream(options: StreamOptions): EventStream {
  const { access, app, onEvent, onState, pingMs = PING_MS } = options;
  const log = options.log.with({ app });
  let state: StreamState = 'connecting';
  let socket: WebSocket | undefined;
  let retry: NodeJS.Timeout | undefined;
  let failures = 0;
  let asked = 0;
  /** Who waits for the answer to which ping. */
  const waiting = new Map<number, (heard: boolean) => void>();
  connect();

  return {
    state: () => state,
    receivedAll: () => {
      const withDatabaseErrors = socket;
      if (state !== 'connected' || withDatabaseErrors === undefined) return Promise.resolve(false);
      const number = ++asked;
      withDatabaseErrors.ping(String(number));
      return new Promise((resolve) => {
        const giveUp = setTimeout(() => {
          log.warn({}, 'WebSocket to ARI gives no pings back');
          withDatabaseErrors.terminate();
        }, options.heardOutWithinMs ?? HEARD_OUT_WITHIN_MS);
        waiting.set(number, (heard) => {
          clearTimeout(giveUp);
          resolve(heard);
        });
      });
    },
    close: () => {
      if (state !== 'replaced') become('closed');
      clearTimeout(retry);
      socket?.close(1000);
      tell(false);
    },
  };

  /** @param upTo the last ping that was answered: an answer may stand for those before it, too. */
  function tell(heard: boolean, upTo = Infinity): void {
    for (const [number, resolve] of waiting) {
      if (number > upTo) continue;
      waiting.delete(number);
      resolve(heard);
    }
  }

  function over(): boolean {
    return state === 'replaced' || state === 'closed';
  }

  function become(next: StreamState): void {
    if (over() || next === state) return;
    state = next;
    onState(next);
  }

  function connect(): void {
    if (!options.mayConnect()) {
      retry = setTimeout(connect, ASK_AGAIN_MS);
      return;
    }
    const url = new URL(`${access.url}/events`.replace(/^http/, 'ws'));
    url.searchParams.set('app', app);
    const opened = new WebSocket(url, {
      auth: `${access.username}:${access.password}`,
      handshakeTimeout: HANDSHAKE_MS,
      perMessageDeflate: false,
    });
    socket = opened;
    let unanswered = 0;
    let heartbeat: NodeJS.Timeout | undefined;

    opened.on('open', () => {
      failures = 0;
      heartbeat = setInterval(() => {
        if (unanswered === UNANSWERED_MAX) opened.terminate();
        else opened.ping();
        unanswered++;
      }, pingMs);
      log.info({}, webSocketConnected(url.href)); // The login is a header and stands in no URL.
      become('connected');
    });
    opened.on('pong', (payload) => {
      unanswered = 0;
      // The heartbeat's pings carry nothing.
      tell(true, Number(payload.toString()) || 0);
    });
    opened.on('message', (data) => {
      unanswered = 0;
      hear(opened, data);
    });
    let refused = false;
    opened.on('unexpected-response', (_, response) => {
      refused = true;
      become(response.statusCode === 401 ? 'unauthorized' : 'unreachable');
      if (failures === 0) log.error({ status: response.statusCode }, 'ARI refused the WebSocket');
      opened.terminate();
    });
    opened.on('error', (error) => {
      if (failures === 0 && !over()) log.warn({ error }, 'WebSocket to ARI failed');
    });
    opened.on('close', (code) => {
      clearInterval(heartbeat);
      tell(false);
      if (over()) return;
      if (state === 'connected') log.warn({ code }, 'WebSocket to ARI closed');
      if (!refused) become('unreachable');
      retry = setTimeout(connect, backoffMs(failures++));
    });
  }

  function hear(from: WebSocket, data: RawData): void {
    let event: AriEvent | null;
    try {
      event = parseAriEvent((data as Buffer).toString('utf8'));
    } catch (error) {
      log.error({ error }, 'ARI event unreadable');
      return;
    }
    if (event === null || from !== socket) return;
    if (event.type !== 'ApplicationReplaced') {
      onEvent(event);
      return;
    }
    log.info({ type: event.type }, eventReceived(event.type));
    log.warn({}, 'ARI application taken over');
    become('replaced');
    from.close(1000);
  }
}

/** Full jitter: anything up to 0.1 s, 0.2 s, 0.4 s … 5 s, so that workers do not come back all at once. */
function backoffMs(failures: number): number {
  return Math.random() * Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 10)) + 20;
}
