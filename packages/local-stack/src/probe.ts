import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Whether the thing behind a URL speaks the protocol that we expect: null if so, else one plain line why not. */
export type Probe = (url: string) => Promise<string | null>;

const WITHIN_MS = 5_000;

/**
 * Asks whether the server would encrypt. PostgreSQL answers that before it wants to know who we are, so no driver is needed to
 * learn that one is there; a wrong password or database is told by the migration, which comes next.
 */
export const probePostgres: Probe = (url) =>
  ask(url, 5432, Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), (reply) => reply === 'S' || reply === 'N');

/** Sends PING. Any reply in Redis's own words will do: one that wants a password is a Redis too. */
export const probeRedis: Probe = (url) =>
  ask(url, 6379, Buffer.from('PING\r\n'), (reply) => /^(\+PONG|-NOAUTH|-DENIED|-NOPERM|-LOADING)/.test(reply));

async function ask(
  url: string,
  defaultPort: number,
  question: Buffer,
  fits: (reply: string) => boolean,
): Promise<string | null> {
  const where = addressIn(url, defaultPort);
  if (where === null) return 'it is not a URL';
  const { host, port, tls } = where;

  return new Promise((resolve) => {
    const socket: Socket = tls
      ? connectTls({ host, port, servername: host, rejectUnauthorized: false })
      : connectTcp({ host, port });
    const end = (why: string | null): void => {
      socket.destroy();
      resolve(why);
    };
    socket.setTimeout(WITHIN_MS, () => end(`${host}:${String(port)} does not answer`));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(`${host}:${String(port)}: ${error.code ?? error.message}`),
    );
    socket.once('data', (data) => {
      end(fits(data.toString('latin1').trim()) ? null : `something else answers at ${host}:${String(port)}`);
    });
    socket.once('close', () => end(`${host}:${String(port)} hung up`));
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(question));
  });
}

function addressIn(url: string, defaultPort: number): { host: string; port: number; tls: boolean } | null {
  if (!URL.canParse(url)) return null;
  const { hostname, port, protocol } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: port === '' ? defaultPort : Number(port),
    tls: protocol === 'rediss:',
  };
}
