import { Socket } from 'node:net';
import { inTime, type Addresses } from '@dialgate/service-kit';
import pg from 'pg';
import { requireAddresses, requireWanted } from './addresses.js';

/** How long a server's machine may take to accept a connection, in milliseconds: its kernel does, however busy it is. */
const REACH_WITHIN_MS = 4_000;

/**
 * How long a connection may take to come up, in milliseconds, whoever still waits for it: four round
 * trips of a server that is slow.
 */
const CONNECT_WITHIN_MS = 10_000;

/** So much longer than anybody waits for it an answer may take, in milliseconds, before its connection is given up. */
const LATE_MS = 3_000;

/** So many may wait for a connection, those included who have been turned away lately: memory stays bounded. */
const MOST_WAITING = 5_000;

/** How long one waits, in milliseconds. */
interface Waits {
  /** For a connection, new or out of the pool. */
  readonly connectMs: number;
  /** For an answer, the connection included. */
  readonly answerMs: number;
}

type Callback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (error?: Error | boolean) => void,
) => void;

/**
 * A pool whose connections and statements may take longer than anybody waits for them. pg's own gives up a connection together
 * with the request that asked for it, or for an answer on it: on a machine so slow that connecting, or the first answer on a new
 * connection, takes longer than requests may wait, none would ever be served. Here the request is turned away in time, and the
 * connection is there for the next. Transactions lose theirs as with pg's own pool.
 *
 * It follows the database to another of its addresses. A connection on which anything failed is not given out again: a statement
 * may still run on it, and the server may be a primary that was demoted.
 */
export function openPatientPool(url: string, config: pg.PoolConfig, { connectMs, answerMs }: Waits): pg.Pool {
  const addresses = requireAddresses(url);
  const PooledClient = followingClient(addresses);
  const pool = new pg.Pool({
    ...config,
    Client: PooledClient as unknown as new () => pg.ClientBase,
    query_timeout: answerMs,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    min: 1, // One stays while nobody asks: the next request need not wait for a new one.
  });
  // The end of a connection that nobody uses is no failure: there is another for the next. Unheard it would be this process's end.
  pool.on('error', () => undefined);
  const connectOnce = pool.connect.bind(pool) as () => Promise<pg.PoolClient>;
  const query = pool.query.bind(pool);
  // Never longer than for the answer: what nobody waits for any more is not sent.
  const waitMs = Math.min(connectMs, answerMs);

  /** Each address once; a connection to a server that has been left is given up. */
  async function connect(): Promise<pg.PoolClient> {
    for (let tries = 1; ; tries++) {
      try {
        const client = (await connectOnce()) as pg.PoolClient & Followed;
        if (!client.isLeft()) return giveBackWhole(client);
        client.release(true);
        tries--;
      } catch (error) {
        if (tries >= addresses.urls.length) throw error;
      }
    }
  }

  async function connectInTime(): Promise<pg.PoolClient> {
    if (pool.waitingCount >= MOST_WAITING) throw new Error('too many wait for a connection');
    const coming = connect();
    try {
      return await orError(coming, waitMs, 'timeout exceeded when trying to connect');
    } catch (error) {
      coming.then(
        (client) => client.release(), // For the next who asks.
        () => undefined,
      );
      throw error;
    }
  }

  function connectPatiently(callback?: Callback): Promise<pg.PoolClient> | undefined {
    // One that is idle is had at once.
    const coming = pool.idleCount > pool.waitingCount ? connect() : connectInTime();
    if (callback === undefined) return coming;
    coming.then(
      (client) => callback(undefined, client, client.release.bind(client)),
      (error: unknown) => callback(error as Error, undefined, () => undefined),
    );
    return undefined;
  }

  /** What comes late frees its connection, and only that. */
  function queryPatiently(statement: pg.QueryConfig): Promise<pg.QueryResult> {
    const patient = { ...statement, query_timeout: answerMs + LATE_MS };
    return orError(query(patient), answerMs, 'timeout exceeded when waiting for an answer');
  }

  return Object.assign(pool, { connect: connectPatiently, query: queryPatiently });
}

/** What the pool asks of its connections. */
interface Followed {
  /** Whether its server turned out not to be the database any more. */
  readonly isLeft: () => boolean;
  /** Whether anything failed on it. */
  readonly hasFailed: () => boolean;
}

/** A released connection on which something failed, or that is still in a transaction, is closed. */
function giveBackWhole(client: pg.PoolClient & Followed): pg.PoolClient {
  const release = client.release.bind(client);
  client.release = (error) => release(error ?? (client.hasFailed() || client.getTransactionStatus() !== 'I'));
  return client;
}

/** Says that a server takes no writes. */
const READ_ONLY_SQLSTATE = '25006';

/**
 * The class of a pool's connections. They all go to the address where the last one was at home; when it cannot be reached, or is
 * not as wanted any more, the next ones go to the next.
 */
function followingClient({ urls, wanted }: Addresses) {
  const home = createHome(urls.length);

  return class FollowingClient extends pg.Client implements Followed {
    readonly #era = home.era();
    #failed = false;

    constructor(options?: pg.ClientConfig) {
      super({ ...options, connectionString: urls[home.at()] ?? urls[0], stream: openReachingSocket });
      // pg's pool listens while a connection is idle and while a statement is under way; in between nobody would, and the
      // end of a server would be the end of this process.
      this.on('error', () => (this.#failed = true));
      // Assigned, for the types of pg know these under many signatures. The pool uses both with and without callbacks.
      this.connect = this.#connectAsWanted(super.connect.bind(this)) as never;
      this.query = this.#queryWatched(super.query.bind(this)) as never;
    }

    isLeft(): boolean {
      return this.#era !== home.era();
    }

    hasFailed(): boolean {
      return this.#failed;
    }

    #connectAsWanted(connect: () => Promise<unknown>) {
      return (callback?: Listener): Promise<void> | undefined => {
        const connected = this.#asWanted(connect);
        if (callback === undefined) return connected;
        connected.then(() => callback(undefined), callback);
        return undefined;
      };
    }

    async #asWanted(connect: () => Promise<unknown>): Promise<void> {
      try {
        await connect();
        await requireWanted(this, wanted);
        home.arrived(this.#era);
      } catch (error) {
        home.refused(this.#era, error);
        await this.end().catch(() => undefined);
        throw error;
      }
    }

    #queryWatched(query: (...statement: unknown[]) => unknown) {
      return (text: unknown, values?: unknown, callback?: unknown): unknown => {
        const listener = [values, callback].find((one) => typeof one === 'function') as Listener | undefined;
        if (listener === undefined) {
          const asked = query(text, values);
          if (asked instanceof Promise) asked.catch((error: unknown) => this.#note(error));
          return asked;
        }
        return query(text, typeof values === 'function' ? undefined : values, (error: unknown, result: unknown) => {
          if (error) this.#note(error);
          listener(error, result);
        });
      };
    }

    #note(error: unknown): void {
      this.#failed = true;
      if ((error as { code?: unknown }).code === READ_ONLY_SQLSTATE) home.leave(this.#era);
    }
  };
}

/** Takes no new connection: class 28 (a password that was changed), class 53 (no room). Those that are open are as good as before. */
const TAKES_NO_NEW_SQLSTATE = /^(28|53)/;

/** At which of so many addresses the database is at home, and how often it has moved: connections of an earlier era are left. */
function createHome(addresses: number) {
  let at = 0;
  let era = 0;
  /** Whether there has been a connection since the last move. */
  let isThere = false;

  function leave(since: number): void {
    if (since !== era) return; // Another connection was first.
    era++;
    at = (at + 1) % addresses;
    isThere = false;
  }

  return {
    at: () => at,
    era: () => era,
    leave,
    arrived: (since: number): void => {
      isThere ||= since === era;
    },
    /** A connection could not be made: the database is elsewhere, unless it says itself that it only takes no new ones. */
    refused: (since: number, error: unknown): void => {
      const { code } = error as { code?: unknown };
      if (!(isThere && typeof code === 'string' && TAKES_NO_NEW_SQLSTATE.test(code))) leave(since);
    },
  };
}

/** Gives up early on a machine that is gone, so that the next address is tried; not on one that is slow. */
function openReachingSocket(): Socket {
  const socket = new Socket();
  const giveUp = setTimeout(() => socket.destroy(new Error('timeout when reaching the server')), REACH_WITHIN_MS);
  for (const told of ['connect', 'close']) socket.once(told, () => clearTimeout(giveUp));
  return socket;
}

type Listener = (error: unknown, result?: unknown) => void;

/** What was asked for, or an error when it takes longer. It is not called off by that. */
async function orError<Result extends object>(
  asked: Promise<Result>,
  waitMs: number,
  complaint: string,
): Promise<Result> {
  const answer = await inTime(asked, waitMs);
  if (answer === 'late') throw new Error(complaint);
  return answer;
}
