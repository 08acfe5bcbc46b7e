import { WebSocket, type RawData } from 'ws';
import type { Logger } from '@dialgate/service-kit';
import type { AriAccess } from './client.js';

export type EventSocket = ReturnType<typeof openEventSocket>;

/** A peer that fell silent is found dead at the third ping: after nine seconds at most. */
const PING_MS = 3_000;

/**
 * A peer is dead that said nothing over so many pings. They are counted instead of timed: after a pause of this process the
 * next ping falls due before what waits in the socket is read, and a pause, however long, is one ping.
 */
const UNANSWERED_MAX = 2;

/** What Asterisk has sent may be that late; a socket that is later, or gives no pings back, is of no use. */
const RECEIVED_WITHIN_MS = 20_000;

const HANDSHAKE_MS = 5_000;

export interface SocketLimits {
  readonly pingMs?: number;
  readonly receivedWithinMs?: number;
}

/** One WebSocket to an ARI application, from its opening to its end. */
export function openEventSocket(
  options: SocketLimits & {
    readonly access: AriAccess;
    readonly app: string;
    readonly log: Logger;
    readonly onOpen: (url: string) => void;
    /** @param sentSince the message was sent after this moment of our clock (`performance.now()`), whatever it says itself. */
    readonly onMessage: (text: string, sentSince: number) => void;
    /** An HTTP status came instead, with Asterisk's own JSON or somebody's page. The end follows. */
    readonly onRefused: (status: number | undefined, isJson: boolean) => void;
    readonly onError: (error: Error) => void;
    /** Once, whatever has ended it. */
    readonly onEnd: (code: number) => void;
  },
) {
  const { log, pingMs = PING_MS, receivedWithinMs = RECEIVED_WITHIN_MS } = options;
  const pings = createPings();
  const socket = connect(options);
  let unanswered = 0;
  let heartbeat: NodeJS.Timeout | undefined;

  socket.on('open', () => {
    heartbeat = setInterval(() => {
      if (unanswered === UNANSWERED_MAX) socket.terminate();
      else socket.ping(pings.next());
      unanswered++;
    }, pingMs);
    options.onOpen(socket.url);
  });
  socket.on('pong', (payload) => {
    unanswered = 0;
    pings.answered(Number(payload.toString()) || 0);
  });
  socket.on('message', (data: RawData) => {
    unanswered = 0;
    options.onMessage((data as Buffer).toString('utf8'), pings.answeredSince());
  });
  socket.on('unexpected-response', (_, response) => {
    options.onRefused(response.statusCode, /^application\/json\b/.test(response.headers['content-type'] ?? ''));
    socket.terminate();
  });
  socket.on('error', options.onError);
  socket.on('close', (code) => {
    clearInterval(heartbeat);
    pings.giveUp();
    options.onEnd(code);
  });

  return {
    receivedAll: (): Promise<boolean> =>
      new Promise((resolve) => {
        const giveUp = setTimeout(() => {
          log.warn({}, 'WebSocket to ARI gives no pings back');
          socket.terminate();
        }, receivedWithinMs);
        const number = pings.next((received) => {
          clearTimeout(giveUp);
          resolve(received);
        });
        socket.ping(number);
      }),
    close: (): void => {
      socket.close(1000);
      pings.giveUp();
    },
  };
}

/** The pings of a socket. The answer to one comes behind all that Asterisk sent before it (RFC 6455 §5.5.3). */
function createPings() {
  let asked = 0;
  let answeredSince = performance.now();
  /** Those that were not answered yet: when they were sent, and who waits for the answer. */
  const waiting = new Map<number, { readonly sentAt: number; readonly onAnswer: (answered: boolean) => void }>();

  return {
    /** @returns what the ping is to carry. */
    next: (onAnswer: (answered: boolean) => void = () => undefined): string => {
      waiting.set(++asked, { sentAt: performance.now(), onAnswer });
      return String(asked);
    },
    /** When the last ping was sent that was answered; at first, when the socket was asked for. What comes now was sent since. */
    answeredSince: () => answeredSince,
    /** An answer may stand for earlier pings, too. */
    answered: (upTo: number): void => {
      for (const [number, { sentAt, onAnswer }] of waiting) {
        if (number > upTo) continue;
        waiting.delete(number);
        answeredSince = sentAt;
        onAnswer(true);
      }
    },
    giveUp: (): void => {
      for (const { onAnswer } of waiting.values()) onAnswer(false);
      waiting.clear();
    },
  };
}

function connect({ access, app }: { readonly access: AriAccess; readonly app: string }): WebSocket {
  const url = new URL(`${access.url}/events`.replace(/^http/, 'ws'));
  url.searchParams.set('app', app);
  const auth = `${access.username}:${access.password}`; // A header: it stands in no URL.
  return new WebSocket(url, { auth, ca: access.ca, handshakeTimeout: HANDSHAKE_MS, perMessageDeflate: false });
}
