import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

interface SlowPostgres {
  readonly url: string;
  readonly close: () => void;
}

/** A PostgreSQL on a slow machine: what it answers to whoever connects comes so much later; afterwards it is as quick as ever. */
export function slowToConnect(url: string, delayMs: number): Promise<SlowPostgres> {
  return relayTo(url, (client, real) => {
    real.pause();
    setTimeout(() => real.pipe(client), delayMs);
  });
}

/** The same of the first statement on each connection: what belongs to connecting, and what comes after, is quick. */
export function slowToAnswer(url: string, delayMs: number): Promise<SlowPostgres> {
  return relayTo(url, (client, real) => {
    let answersAt = 0;
    client.on('data', (said) => {
      if (answersAt === 0 && said.includes('SELECT')) answersAt = performance.now() + delayMs;
    });
    real.on('data', (piece) => setTimeout(() => client.write(piece), Math.max(0, answersAt - performance.now())));
  });
}

/** A PostgreSQL that can say what it was asked. `asked`: how often so far statements held this text. */
export async function overheard(url: string): Promise<SlowPostgres & { readonly asked: (text: string) => number }> {
  const heard: string[][] = [];
  const relay = await relayTo(url, (client, real) => {
    real.pipe(client);
    const pieces: string[] = [];
    heard.push(pieces);
    client.on('data', (said) => pieces.push(said.toString('latin1')));
  });
  return { ...relay, asked: (text) => heard.reduce((sum, pieces) => sum + pieces.join('').split(text).length - 1, 0) };
}

async function relayTo(url: string, answer: (client: Socket, real: Socket) => void): Promise<SlowPostgres> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const real = connect(Number(target.port), target.hostname);
    for (const socket of [client, real]) sockets.add(socket.on('error', () => undefined));
    client.pipe(real);
    client.on('close', () => real.destroy());
    answer(client, real);
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
