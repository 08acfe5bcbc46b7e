import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** How a connection of a PostgreSQL that is not up yet ends. */
export type Waking = 'reset' | 'starting up' | 'silent';

/**
 * A PostgreSQL that wakes up: the first connections end as told, one after the other; those that follow reach the real one.
 */
export async function wakingPostgres(
  url: string,
  ends: Waking[],
): Promise<{ readonly url: string; readonly left: () => number; readonly close: () => void }> {
  const target = new URL(url);
  const left = [...ends];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const end = left.shift();
    if (end === 'silent') return;
    if (end === 'reset') socket.resetAndDestroy();
    else if (end === 'starting up') socket.once('data', () => socket.end(STARTING_UP));
    else through(socket, target);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const waking = new URL(url);
  waking.host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url: waking.href,
    left: () => left.length,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const STARTING_UP = errorResponse('57P03', 'the database system is starting up');

function errorResponse(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

function through(socket: Socket, { hostname, port }: URL): void {
  const real = connect(Number(port), hostname);
  real.on('error', () => socket.destroy());
  socket.on('close', () => real.destroy());
  socket.pipe(real).pipe(socket);
}
