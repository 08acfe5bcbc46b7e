import { inTime } from '@dialgate/service-kit';
import pg from 'pg';

/** How long a connection may take to come up, in milliseconds, whoever still waits for it. */
const CONNECT_WITHIN_MS = 5_000;

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
 */
export function openPatientPool(config: pg.PoolConfig, { connectMs, answerMs }: Waits): pg.Pool {
  const pool = new pg.Pool({
    ...config,
    query_timeout: answerMs,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    min: 1, // One stays while nobody asks: the next request need not wait for a new one.
  });
  const connect = pool.connect.bind(pool) as {
    (): Promise<pg.PoolClient>;
    (callback: Callback): void;
  };
  const query = pool.query.bind(pool);
  // Never longer than for the answer: what nobody waits for any more is not sent.
  const waitMs = Math.min(connectMs, answerMs);

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
    const atOnce = pool.idleCount > pool.waitingCount;
    if (callback === undefined) return atOnce ? connect() : connectInTime();
    if (atOnce) connect(callback);
    else
      connectInTime().then(
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
