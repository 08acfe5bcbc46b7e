import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { addressesIn, OutOfPatienceError, readRedisUrl, waitFor, type RedisHost } from '@dialgate/service-kit';
import { LocalStackError } from './errors.js';

/** What is behind a URL: what we expect, something else for good, or nothing that answers yet. `why` is one plain line. */
export type Answer = { readonly is: 'right' } | { readonly is: 'wrong' | 'away'; readonly why: string };
export type Probe = (url: string) => Promise<Answer>;

interface Address extends RedisHost {
  readonly tls: boolean;
}

/** How long one question may take, in milliseconds; then it is asked again. */
const WITHIN_MS = 30_000;

/**
 * Waits until the server that was given answers: it may be waking up just as well as one of ours.
 *
 * @param given the variable that names it, and what it should be.
 * @param patience `say` hears every 10 s that it is waited for; `limitMs` is ten minutes by default.
 * @throws LocalStackError
 */
export async function requireServer(
  url: string,
  probe: Probe,
  given: { readonly variable: string; readonly server: string },
  patience: { readonly say: (line: string) => void; readonly limitMs?: number | undefined },
): Promise<void> {
  const { variable, server } = given;
  try {
    await waitFor({
      ...patience,
      what: `${server} as given by ${variable}`,
      ask: async () => {
        const answer = await probe(url);
        if (answer.is === 'right') return { got: true };
        if (answer.is === 'away') return { notYet: answer.why };
        throw new LocalStackError(`${variable} is set, but no ${server} answers there (${answer.why}).`);
      },
    });
  } catch (error) {
    if (!(error instanceof OutOfPatienceError)) throw error;
    throw new LocalStackError(`${variable} is set, but no ${server} answers there: ${error.message}.`);
  }
}

/**
 * Asks whether the server would encrypt. PostgreSQL answers that before it wants to know who we are, so no driver is needed to
 * learn that one is there; a wrong password or database is told by the migration, which comes next.
 */
export const probePostgres: Probe = async (url) => {
  const addresses = addressesIn(url);
  if (typeof addresses === 'string') return { is: 'wrong', why: `it ${addresses}` };
  let answer: Answer = { is: 'wrong', why: 'it is not a URL' };
  for (const one of addresses.urls) {
    const where = addressIn(one, 5432);
    if (where === null) continue;
    answer = await ask(where, Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), (reply) => reply === 'S' || reply === 'N');
    if (answer.is === 'right') break;
  }
  return answer;
};

/** Asks one server, or sentinels or nodes in turn until one answers. */
export const probeRedis: Probe = async (url) => {
  let hosts: readonly RedisHost[];
  let tls: boolean;
  try {
    ({ hosts, tls } = readRedisUrl(url));
  } catch (error) {
    return { is: 'wrong', why: `it ${error instanceof Error ? error.message : 'is not a URL'}` };
  }
  let last: Answer = { is: 'wrong', why: 'it names no host' };
  for (const host of hosts) {
    last = await ping({ ...host, tls });
    if (last.is === 'right') break;
  }
  return last;
};

/**
 * Sends PING. One that is still loading its data is waited for; any other reply in Redis's own words will do: one that
 * wants a password is a Redis too.
 */
const ping = (where: Address): Promise<Answer> =>
  ask(where, Buffer.from('PING\r\n'), (reply) =>
    reply.startsWith('-LOADING') ? 'loading' : /^(\+PONG|-NOAUTH|-DENIED|-NOPERM)/.test(reply),
  );

async function ask(
  { host, port, tls }: Address,
  question: Buffer,
  fits: (reply: string) => boolean | 'loading',
): Promise<Answer> {
  const name = `${host}:${String(port)}`;

  return new Promise((resolve) => {
    const socket: Socket = tls
      ? connectTls({ host, port, servername: host, rejectUnauthorized: false })
      : connectTcp({ host, port });
    const end = (answer: Answer): void => {
      socket.destroy();
      resolve(answer);
    };
    const away = (why: string): void => end({ is: 'away', why: `${name} ${why}` });
    socket.setTimeout(WITHIN_MS, () => away('does not answer'));
    socket.once('error', (error: NodeJS.ErrnoException) => away(`says ${error.code ?? error.message}`));
    socket.once('data', (data) => {
      const fitting = fits(data.toString('latin1').trim());
      if (fitting === 'loading') away('is loading its data');
      else end(fitting ? { is: 'right' } : { is: 'wrong', why: `something else answers at ${name}` });
    });
    socket.once('close', () => away('hung up'));
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(question));
  });
}

function addressIn(url: string, defaultPort: number): Address | null {
  if (!URL.canParse(url)) return null;
  const { hostname, port } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: port === '' ? defaultPort : Number(port),
    tls: false,
  };
}
