import pg from 'pg';

/** How long a connection may take to come up, in milliseconds, whoever still waits for it. */
const CONNECT_WITHIN_MS = 5_000;

type Callback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (error?: Error | boolean) => void,
) => void;

/**
 * A pool whose connections may take longer to come up than anybody waits for one. pg's own gives up a connection together with
 * the request that asked for it: on a machine so slow that connecting takes longer than requests may wait, none would ever
 * come up. Here the request is turned away in time, and the connection is there for the next.
 *
 * @param waitMs how long one may wait for a connection, new or out of the pool, in milliseconds.
 */
export function patientPool(config: pg.PoolConfig, waitMs: number): pg.Pool {
  const pool = new pg.Pool({
    ...config,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    min: 1, // One stays while nobody asks: the next request need not wait for a new one.
  });
  const connect = pool.connect.bind(pool) as {
    (): Promise<pg.PoolClient>;
    (callback: Callback): void;
  };

  async function inTime(): Promise<pg.PoolClient> {
    const coming = connect();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      // After a pause of this process the timer falls due before what waits in the socket is read: that comes first.
      const giveUp = (): void => reject(new Error('timeout exceeded when trying to connect'));
      timer = setTimeout(() => setImmediate(giveUp), waitMs);
    });
    try {
      return await Promise.race([coming, late]);
    } catch (error) {
      coming.then(
        (client) => client.release(), // For the next who asks.
        () => undefined,
      );
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  function connectPatiently(callback?: Callback): Promise<pg.PoolClient> | undefined {
    // One that is idle is had at once.
    const atOnce = pool.idleCount > pool.waitingCount;
    if (callback === undefined) return atOnce ? connect() : inTime();
    if (atOnce) connect(callback);
    else
      inTime().then(
        (client) => callback(undefined, client, client.release.bind(client)),
        (error: unknown) => callback(error as Error, undefined, () => undefined),
      );
    return undefined;
  }

  return Object.assign(pool, { connect: connectPatiently });
}
