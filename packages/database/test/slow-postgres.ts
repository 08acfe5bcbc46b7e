import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A PostgreSQL on a slow machine: what it answers to whoever connects comes so much later; afterwards it is as quick as ever. */
export async function slowToConnect(
  url: string,
  delayMs: number,
): Promise<{ readonly url: string; readonly close: () => void }> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const real = connect(Number(target.port), target.hostname);
    for (const socket of [client, real]) sockets.add(socket.on('error', () => undefined));
    client.pipe(real);
    client.on('close', () => real.destroy());
    real.pause();
    setTimeout(() => real.pipe(client), delayMs);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const slow = new URL(url);
  slow.host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url: slow.href,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
