import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook } from '@dialgate/client';

/** Somebody who is told of calls. */
export interface Told {
  readonly url: string;
  /** What they have taken with 2xx: `<call id> <type> <sequence>`, each with the webhook-ids under which it came. */
  readonly taken: Map<string, Set<string>>;
  /** With which what comes is checked; to be set before anything does. */
  secret: string;
  /** After `close`, at the same address. */
  readonly open: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @param decide what is answered to the delivery with this webhook-id: a status; what is taken is taken then. */
export async function openTold(decide: (id: string) => Promise<number>): Promise<Told> {
  const taken = new Map<string, Set<string>>();
  let server: Server;
  let port = 0;

  function take(id: string, body: string, headers: Parameters<typeof verifyWebhook>[0]['headers']): void {
    const { type, data } = verifyWebhook({ body, headers, secret: told.secret });
    if (!('call_id' in data)) return;
    const entry = `${data.call_id} ${type} ${String(data.sequence)}`;
    taken.set(entry, (taken.get(entry) ?? new Set()).add(id));
  }

  const told: Told = {
    taken,
    secret: '',
    open: async () => {
      server = createServer((req, res) => {
        let body = '';
        req.on('error', () => undefined);
        req.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        req.on('end', () => {
          const id = String(req.headers['webhook-id']);
          void decide(id).then((status) => {
            if (status === 204) take(id, body, req.headers);
            if (!res.destroyed) res.writeHead(status).end();
          });
        });
      });
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      ({ port } = server.address() as AddressInfo);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    get url() {
      return `http://127.0.0.1:${String(port)}/`;
    },
  };
  await told.open();
  return told;
}
