import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger, Part } from '@dialgate/service-kit';

/** All in milliseconds. A body here is small: who sends it slower than this does so on purpose. */
export const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  /** Longer than the 60 s for which common load balancers keep their connections. */
  keepAliveTimeout: 65_000,
  /** How often the first two are looked at; Node's own 30 s would make them last that much longer. */
  connectionsCheckingInterval: 2_000,
};

/** How long requests in flight may take when the service stops, in milliseconds. Longer than the slowest answer. */
const FINISH_WITHIN_MS = 4_000;

/** Serves the application over HTTP. Port 0 takes any free one; `port()` says which. */
export function createHttpServer(options: {
  readonly app: RequestListener;
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
  readonly timeouts?: typeof TIMEOUTS;
}): Part & { readonly port: () => number } {
  const { app, host, port, log, timeouts = TIMEOUTS } = options;
  const server = createServer(timeouts, app);

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
          resolve();
        });
      }),
    stopWithinMs: FINISH_WITHIN_MS + 1_000,
  };
}
