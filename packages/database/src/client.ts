import { PrismaPg } from '@prisma/adapter-pg';
import { DialgateError } from '@dialgate/domain';
import { Prisma, PrismaClient } from './generated/prisma/client.js';

export { Prisma };
export type Client = PrismaClient;

export interface DatabaseOptions {
  readonly url: string;
  /** How many connections to keep at most. */
  readonly poolSize: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** How long to wait for a connection, new or out of the pool, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** How long a statement may take before it counts as the database's failure, in milliseconds. */
  readonly queryTimeoutMs: number;
}

export function openClient(options: DatabaseOptions): Client {
  const adapter = new PrismaPg({
    connectionString: options.url,
    max: options.poolSize,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs,
    query_timeout: options.queryTimeoutMs,
    statement_timeout: options.queryTimeoutMs,
    keepAlive: true,
  });
  return new PrismaClient({ adapter, log: [] });
}

/**
 * Runs a piece of work and says in our words when the database could not be reached, was too slow or too busy.
 *
 * @throws DialgateError `database_unavailable`; everything else as it came.
 */
export async function asking<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  if (!isUnavailability(error)) return error;
  return new DialgateError('database_unavailable', 'The database cannot be reached just now.', {
    cause: new Error(codeOf(error) ?? 'no connection'),
    retryAfterSeconds: 2,
  });
}

/** PostgreSQL's classes 08 (connection), 53 (resources), 57P0x (shutdown), and a statement that ran out of time. */
const UNAVAILABLE_SQLSTATE = /^(08...|53...|57P0.|57014|25006)$/;

/** Prisma's own numbers for: no connection, time out, connection closed, pool exhausted, transaction not started. */
const UNAVAILABLE_PRISMA = new Set([
  'P1000',
  'P1001',
  'P1002',
  'P1003',
  'P1008',
  'P1010',
  'P1011',
  'P1017',
  'P2024',
  'P2028',
  'P2037',
]);

function isUnavailability(error: unknown): boolean {
  if (error instanceof DialgateError) return false;
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    const sqlstate = sqlstateOf(error);
    if (sqlstate !== null) return UNAVAILABLE_SQLSTATE.test(sqlstate);
    return UNAVAILABLE_PRISMA.has(error.code) || error.code.startsWith('E');
  }
  if (error instanceof Prisma.PrismaClientUnknownRequestError) return true;
  // What the driver throws by itself: ECONNREFUSED, ECONNRESET, a connection ended in mid-query, a timeout.
  const code = codeOf(error);
  return code === null ? isPlainError(error) : !/^P\d/.test(code);
}

/** The driver reports time-outs and lost connections as plain errors without any code. */
function isPlainError(error: unknown): boolean {
  return error instanceof Error && Object.getPrototypeOf(error) === Error.prototype;
}

function sqlstateOf(error: InstanceType<typeof Prisma.PrismaClientKnownRequestError>): string | null {
  const meta = error.meta as { driverAdapterError?: { cause?: { originalCode?: unknown } } } | undefined;
  const code = meta?.driverAdapterError?.cause?.originalCode;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

function codeOf(error: unknown): string | null {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : null;
}

/** Whether two statements got into each other's way and the loser may simply be tried again. */
export function isDeadlock(error: unknown): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError &&
    (error.code === 'P2034' || ['40P01', '40001'].includes(sqlstateOf(error) ?? ''))
  );
}
