import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface FreezingProxy {
  /** The same database, by way of the proxy. */
  readonly url: string;
  /** From now on nothing comes back and what is sent is kept: a server that was stopped with SIGSTOP. */
  readonly freeze: () => void;
  /** Freezes with the next message to the server that holds this text, which is kept with all that follows. */
  readonly freezeAt: (text: string) => void;
  readonly isFrozen: () => boolean;
  /** Delivers what was kept, even of those who have hung up meanwhile, as the operating system would. */
  readonly thaw: () => void;
  readonly close: () => void;
}

/** Stands in front of PostgreSQL and can freeze. */
export async function freezingProxy(databaseUrl: string): Promise<FreezingProxy> {
  const target = new URL(databaseUrl);
  let frozen = false;
  let trigger: string | null = null;
  let kept: (() => void)[] = [];
  const sockets = new Set<Socket>();
  const whenThawed = (act: () => void) => (frozen ? void kept.push(act) : act());

  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (chunk) => {
      if (trigger !== null && chunk.includes(trigger)) frozen = true;
      whenThawed(() => upstream.write(chunk));
    });
    client.on('close', () => whenThawed(() => upstream.end()));
    upstream.on('data', (chunk) => whenThawed(() => client.write(chunk)));
    upstream.on('close', () => whenThawed(() => client.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    freeze: () => (frozen = true),
    freezeAt: (text) => (trigger = text),
    isFrozen: () => frozen,
    thaw: () => {
      frozen = false;
      trigger = null;
      const acts = kept;
      kept = [];
      for (const act of acts) act();
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
