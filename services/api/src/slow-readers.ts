import type { Server, ServerResponse } from 'node:http';

/**
 * Ends the connections whose answer is not read in time, however much of it trickles through. Node has no limit for that: its
 * own ones hold for requests that come in.
 *
 * @param timeouts in milliseconds: how long an answer may take from the request's head on, and how often this is looked at.
 */
export function cutSlowReaders(
  server: Server,
  timeouts: { readonly answerTimeout: number; readonly connectionsCheckingInterval: number },
): { readonly stop: () => void } {
  /** When each request came, the oldest first. */
  const underWay = new Map<ServerResponse, number>();

  server.on('request', (_request, response) => {
    underWay.set(response, performance.now());
    response.once('close', () => underWay.delete(response));
  });

  const look = setInterval(() => {
    const latest = performance.now() - timeouts.answerTimeout;
    for (const [response, since] of underWay) {
      if (since > latest) return;
      if (isStream(response)) underWay.delete(response);
      else response.destroy();
    }
  }, timeouts.connectionsCheckingInterval);
  look.unref();

  return { stop: () => clearInterval(look) };
}

/** Answers without a given end. Whoever writes one looks after its reader. */
function isStream(response: ServerResponse): boolean {
  return /^text\/(event-stream|csv)/.test(String(response.getHeader('Content-Type')));
}
