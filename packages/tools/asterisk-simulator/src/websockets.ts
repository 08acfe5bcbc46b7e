import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';

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

type HandleUpgrade = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  opened: (connection: WebSocketConnection) => void,
) => void;

/** Turns an HTTP upgrade into a WebSocket. */
export function webSocketUpgrader(): HandleUpgrade {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  return (request, socket, head, opened) => server.handleUpgrade(request, socket, head, opened);
}

/** Opens a WebSocket as a client: what the tests read events with. */
export function openWebSocket(url: string, headers: Record<string, string> = {}): WebSocketConnection {
  return new WebSocket(url, { headers });
}
