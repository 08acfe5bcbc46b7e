import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type Postgres } from './postgres.js';
import { startRedis, type Redis, type RedisOptions } from './redis.js';

const QUIETLY = { dir: tmpdir(), ephemeral: true, log: () => undefined, searchPath: process.env.PATH };

/** A Redis of one test's own, which may be filled, frozen or told anything; it is gone when it is stopped. */
export function startThrowawayRedis({ settings }: Pick<RedisOptions, 'settings'> = {}): Promise<Redis> {
  return startRedis({ ...QUIETLY, cache: join(homedir(), '.cache', 'dialgate'), settings });
}

/** The same of PostgreSQL. */
export function startThrowawayPostgres(): Promise<Postgres> {
  return startPostgres(QUIETLY);
}
