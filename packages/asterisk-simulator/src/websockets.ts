import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';

/** The parts of a `ws` socket that are used here. */
export interface WebSocketConnection {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** Cuts the connection without a goodbye: the other side sees 1006. */
  terminate(): void;
  ping(): void;
  /** Stops reading: a ping that arrives meanwhile gets no pong. */
  pause(): void;
  resume(): void;
  on(event: 'open' | 'pong', listener: () => void): this;
  on(event: 'message', listener: (data: Buffer) => void): this;
  on(event: 'close', listener: (code: number) => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
  on(event: 'unexpected-response', listener: (request: unknown, response: IncomingMessage) => void): this;
}

interface WebSocketServer {
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    opened: (connection: WebSocketConnection) => void,
  ): void;
}

interface WsModule {
  new (url: string, options?: { headers?: Record<string, string> }): WebSocketConnection;
  readonly WebSocketServer: new (options: { noServer: true; perMessageDeflate: false }) => WebSocketServer;
}

// `ws` brings no types of its own; the interfaces above are what is relied on, checked by the tests that use it.
const ws = createRequire(import.meta.url)('ws') as WsModule;

/** Turns an HTTP upgrade into a WebSocket. */
export function webSocketUpgrader(): WebSocketServer['handleUpgrade'] {
  const server = new ws.WebSocketServer({ noServer: true, perMessageDeflate: false });
  return (request, socket, head, opened) => server.handleUpgrade(request, socket, head, opened);
}

/** Opens a WebSocket as a client: what the tests read events with. */
export function openWebSocket(url: string, headers: Record<string, string> = {}): WebSocketConnection {
  return new ws(url, { headers });
}
