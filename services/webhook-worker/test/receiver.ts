import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Somebody who listens on loopback and remembers what came. */
export interface Receiver {
  readonly port: number;
  readonly url: string;
  readonly received: Received[];
  /** Connections, whether or not anything came over them. */
  readonly connections: () => number;
  /** What it answers from now on. */
  answer: (req: IncomingMessage, res: ServerResponse) => void;
  readonly close: () => Promise<void>;
}

export async function openReceiver(host = '127.0.0.1', port = 0): Promise<Receiver> {
  let connections = 0;
  const received: Received[] = [];
  const server = createServer((req, res) => {
    let body = '';
    req.on('error', () => undefined);
    req.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    req.on('end', () => {
      received.push({ path: req.url ?? '', headers: req.headers, body });
      receiver.answer(req, res);
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const { port: taken } = server.address() as AddressInfo;
  const receiver: Receiver = {
    port: taken,
    url: `http://127.0.0.1:${taken}/hook`,
    received,
    connections: () => connections,
    answer: (_req, res) => void res.writeHead(204).end(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
