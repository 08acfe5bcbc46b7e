import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger, Part } from '@dialgate/service-kit';
import { cutSlowReaders } from './slow-readers.js';

/** All in milliseconds. A body here is small: who sends it slower than this does so on purpose. */
export const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  /** Longer than the 60 s for which common load balancers keep their connections. */
  keepAliveTimeout: 65_000,
  /** How often the first two are looked at; Node's own 30 s would make them last that much longer. */
  connectionsCheckingInterval: 2_000,
  /** How long nothing may move on a connection that has a request under way: nobody reads its answer then. */
  idleTimeout: 30_000,
  /** How long a whole answer may take to be read. A stream of events has no end, and is held by the one above only. */
  answerTimeout: 60_000,
};

/** Request line and headers together, in bytes; more is 431. */
const HEADERS_MAX_BYTES = 16_384;

/** How long requests in flight may take when the service stops, in milliseconds. Longer than the slowest answer. */
const FINISH_WITHIN_MS = 4_000;

/** How often it is said that connections were turned away, in milliseconds. */
const SAY_TURNED_AWAY_EVERY_MS = 60_000;

/** Serves the application over HTTP. Port 0 takes any free one; `port()` says which. */
export function createHttpServer(options: {
  readonly app: RequestListener;
  readonly host: string;
  readonly port: number;
  /** Connections beyond these are closed as they come. */
  readonly maxConnections: number;
  readonly log: Logger;
  readonly timeouts?: typeof TIMEOUTS;
}): Part & { readonly port: () => number } {
  const { app, host, port, log, timeouts = TIMEOUTS } = options;
  const server = createServer({ ...timeouts, maxHeaderSize: HEADERS_MAX_BYTES }, app);
  server.maxConnections = options.maxConnections;
  server.timeout = timeouts.idleTimeout;
  // Node drops what goes beyond its count without a word: X-Forwarded-For of the proxy, behind two thousand of a client's.
  server.maxHeadersCount = 0;
  sayWhenTurnedAway(server, log);
  const slowReaders = cutSlowReaders(server, timeouts);

  return {
    name: 'http',
    port: () => (server.address() as AddressInfo).port,
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          log.info({ host, port: (server.address() as AddressInfo).port }, 'HTTP server listening');
          resolve();
        });
      }),
    // Accepts nothing new, lets requests in flight finish, then cuts what is left.
    stop: () =>
      new Promise((resolve) => {
        const closeIdle = setInterval(() => server.closeIdleConnections(), 50);
        const cut = setTimeout(() => server.closeAllConnections(), FINISH_WITHIN_MS);
        server.close(() => {
          clearInterval(closeIdle);
          clearTimeout(cut);
          slowReaders.stop();
          resolve();
        });
      }),
    stopWithinMs: FINISH_WITHIN_MS + 1_000,
  };
}

function sayWhenTurnedAway(server: Server, log: Logger): void {
  let turnedAway = 0;
  let sayAt = 0;
  server.on('drop', () => {
    turnedAway += 1;
    if (performance.now() < sayAt) return;
    log.warn({ limit: server.maxConnections, connections: turnedAway }, 'Connections turned away');
    turnedAway = 0;
    sayAt = performance.now() + SAY_TURNED_AWAY_EVERY_MS;
  });
}
