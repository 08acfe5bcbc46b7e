import { PrismaPg } from '@prisma/adapter-pg';
import { DialgateError } from '@dialgate/domain';
import { AWAY_SQLSTATE, isPlainError, NoTablesError, refusedWrite } from './away.js';
import { Prisma, PrismaClient } from './generated/prisma/client.js';
import { WITHOUT_QUERY_COMPILER } from './no-query-compiler.js';
import { openPatientPool } from './patient-pool.js';

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
  /** How long an answer may take, its connection included, before that counts as the database's failure, in milliseconds. */
  readonly queryTimeoutMs: number;
}

export function openClient(options: DatabaseOptions): Client {
  const pool = openPatientPool(
    options.url,
    {
      max: options.poolSize,
      application_name: options.applicationName,
      statement_timeout: options.queryTimeoutMs,
      // A process that freezes inside a transaction must not hold its locks against everybody.
      idle_in_transaction_session_timeout: options.queryTimeoutMs,
      keepAlive: true,
    },
    { connectMs: options.connectTimeoutMs, answerMs: options.queryTimeoutMs },
  );
  const adapter = new PrismaPg(pool, { disposeExternalPool: true });
  const given: Prisma.PrismaClientOptions = {
    adapter,
    log: [],
    errorFormat: 'minimal', // Else a message quotes the lines of code about the call: of a bundle, hundreds of kilobytes.
    // A transaction is given up as early as a single statement would be.
    transactionOptions: { maxWait: options.connectTimeoutMs, timeout: options.queryTimeoutMs },
    ...WITHOUT_QUERY_COMPILER,
  };
  return new PrismaClient(given);
}

/**
 * Runs a piece of work and says in our words when the database could not be reached, was too slow or too busy. A piece
 * that loses a deadlock is run again: it has changed nothing.
 *
 * @throws DialgateError `database_unavailable`; everything else as it came.
 */
export async function withDatabaseErrors<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isDeadlock(error) || attempt === DEADLOCK_TRIES) throw translated(error);
    }
  }
}

const DEADLOCK_TRIES = 5;

function translated(error: unknown): unknown {
  if (isNoTables(error)) {
    return new DialgateError('database_unavailable', 'The database has no tables yet, or not those of this version.', {
      cause: new NoTablesError('the migrations have not been applied'),
      retryAfterSeconds: 2,
    });
  }
  if (!isUnavailability(error)) return error;
  const sqlstate = error instanceof Prisma.PrismaClientKnownRequestError ? sqlstateOf(error) : null;
  const isStatements = sqlstate !== null && !isAwaySqlstate(sqlstate);
  return new DialgateError('database_unavailable', 'The database cannot be reached just now.', {
    cause: isStatements
      ? new FailedStatementError(sqlstate)
      : (refusedWrite(sqlstate) ?? new Error(codeOf(error) ?? 'no connection')),
    retryAfterSeconds: 2,
  });
}

/**
 * PostgreSQL is there and could not carry out a statement that is in order: an internal or a disk's error, a transaction that
 * was ended, a deadlock lost again and again. The next try may succeed; or only that of other rows, when one is damaged.
 */
export class FailedStatementError extends Error {
  override readonly name = 'FailedStatementError';
}

/**
 * What is wrong with a statement or its values for good: classes 21 (cardinality), 22 (data), 23 (constraints), 42 (syntax, access),
 * P0 (raised).
 */
const WRONG_SQLSTATE = /^(21|22|23|42|P0)/;

function isAwaySqlstate(sqlstate: string): boolean {
  return AWAY_SQLSTATE.test(sqlstate) || UNAVAILABLE_SQLSTATE.test(sqlstate);
}

/** A statement that ran out of time, a database that was dropped under us, a password that was changed. */
const UNAVAILABLE_SQLSTATE = /^(57014|57P04|28...)$/;

/** Prisma's own numbers for: no connection, time out, connection closed, pool exhausted, transaction not started. */
const UNAVAILABLE_PRISMA = /^P(10(00|01|02|03|08|10|11|17)|20(24|28|37))$/;

/** What the driver adapter calls the same, for raw queries, which all have one number (P2010). */
const UNAVAILABLE_KIND = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
  'TlsConnectionError',
  'AuthenticationFailed',
  'DatabaseAccessDenied',
  'DatabaseDoesNotExist',
]);

/**
 * A table, a column or a function of ours that is not there, by PostgreSQL's number and by Prisma's: a service may be started before
 * the migrations.
 */
function isNoTables(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return ['42P01', '42703', '42883'].includes(sqlstateOf(error) ?? '') || ['P2021', 'P2022'].includes(error.code);
}

function isUnavailability(error: unknown): boolean {
  if (error instanceof DialgateError) return false;
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    const sqlstate = sqlstateOf(error);
    if (sqlstate !== null) return !WRONG_SQLSTATE.test(sqlstate);
    return (
      UNAVAILABLE_PRISMA.test(error.code) ||
      AWAY_SQLSTATE.test(error.code) || // Of our own pool: a server that takes no writes.
      error.code.startsWith('E') ||
      UNAVAILABLE_KIND.has(kindOf(error) ?? '')
    );
  }
  if (error instanceof Prisma.PrismaClientUnknownRequestError) return false;
  // What the driver throws by itself: ECONNREFUSED, ECONNRESET, a connection ended in mid-query, a timeout.
  const code = codeOf(error);
  return code === null ? isPlainError(error) : !/^P\d/.test(code);
}

type KnownError = InstanceType<typeof Prisma.PrismaClientKnownRequestError>;

function causeOf(error: KnownError): { originalCode?: unknown; kind?: unknown } | undefined {
  const meta = error.meta as
    | { driverAdapterError?: { cause?: { originalCode?: unknown; kind?: unknown } } }
    | undefined;
  return meta?.driverAdapterError?.cause;
}

function kindOf(error: KnownError): string | null {
  const kind = causeOf(error)?.kind;
  return typeof kind === 'string' ? kind : null;
}

function sqlstateOf(error: KnownError): string | null {
  const code = causeOf(error)?.originalCode;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

function codeOf(error: unknown): string | null {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : null;
}

/** Whether two statements got into each other's way and the loser may simply be tried again. */
function isDeadlock(error: unknown): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError &&
    (error.code === 'P2034' || ['40P01', '40001'].includes(sqlstateOf(error) ?? ''))
  );
}
