import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { LocalStackError } from './errors.js';

/** Below what systems lend to outgoing connections (from 32768 on Linux, from 49152 elsewhere): nobody gets one by chance. */
const FIRST = 20_000;
const COUNT = 12_000;

/** Each process begins elsewhere, and asks for few. */
let next = (process.pid * 61) % COUNT;

/**
 * A TCP port of the loopback address that nobody uses at this moment, and that is likely to stay free until it is listened on,
 * also when that is later.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < COUNT; tries++) {
    const port = FIRST + next;
    next = (next + 1) % COUNT;
    if ((await whyCannotListen(port, '127.0.0.1')) === null) return port;
  }
  throw new LocalStackError('no TCP port of 127.0.0.1 is free');
}

/** A UDP port of the loopback address that nobody uses at this moment. */
export function freeUdpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

/** Why a server could not listen on this port of any address (such as EADDRINUSE, EACCES), or null when it could. */
export function whyPortIsTaken(port: number): Promise<string | null> {
  return whyCannotListen(port);
}

function whyCannotListen(port: number, host?: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}
