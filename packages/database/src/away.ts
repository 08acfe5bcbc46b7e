import { DialgateError } from '@dialgate/domain';
import { connectTo } from './addresses.js';

/**
 * PostgreSQL's classes 08 (connection) and 53 (resources), 57P01 to 57P03 (going down, starting up), a standby not yet promoted.
 */
export const AWAY_SQLSTATE = /^(08...|53...|57P0[123]|25006)$/;

const AWAY_NETWORK: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** The database was not as expected, and asking again would not change it. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** The tables are not there, or not those of this version: the migrations have not been applied (yet). */
export class NoTablesError extends Error {
  override readonly name = 'NoTablesError';
}

/** Why PostgreSQL answers and writes nothing. */
export type WriteRefusal = 'disk_full' | 'read_only';

/** PostgreSQL wrote nothing, and would write nothing of others either. */
export class RefusedWriteError extends Error {
  override readonly name = 'RefusedWriteError';

  constructor(readonly refusal: WriteRefusal) {
    super(refusal);
  }
}

/** What this SQLSTATE says about writing; null when nothing. */
export function refusedWrite(sqlstate: string | null): Error | null {
  if (sqlstate === '53100') return new RefusedWriteError('disk_full');
  return sqlstate === '25006' ? new RefusedWriteError('read_only') : null;
}

/** Whether this `database_unavailable` means that PostgreSQL answers and writes nothing; null for all other errors. */
export function writeRefusal(error: unknown): WriteRefusal | null {
  return error instanceof DialgateError && error.cause instanceof RefusedWriteError ? error.cause.refusal : null;
}

/**
 * Why PostgreSQL could not be asked just now, in a few words, when that may pass by itself: it is starting, going down, out of
 * connections, or not to be reached. Null for what is wrong for good: a password, a missing database, missing tables, a statement.
 */
export function whyAway(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof DialgateError) {
    return error.code === 'database_unavailable' && !hasNoTables(error) ? error.message : null;
  }
  if (error instanceof MigrationError) return whyAway(error.cause);
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return isPlainError(error) ? error.message : null;
  return AWAY_SQLSTATE.test(code) || AWAY_NETWORK.has(code) ? error.message || code : null;
}

/** The driver reports a connection that broke off, and one that took too long, as plain errors without a code. */
export function isPlainError(error: unknown): boolean {
  return error instanceof Error && Object.getPrototypeOf(error) === Error.prototype;
}

/** Whether a `database_unavailable` means that the migrations have not been applied. */
export function hasNoTables(error: unknown): boolean {
  return error instanceof DialgateError && error.cause instanceof NoTablesError;
}

/**
 * Connects once and leaves.
 *
 * @param withinMs how long that may take.
 * @throws what PostgreSQL itself says, a wrong password or a missing database among it; see `whyAway`.
 */
export async function knock(url: string, withinMs: number): Promise<void> {
  const client = await connectTo(url, { connectionTimeoutMillis: withinMs });
  await client.end();
}
