import { hasNoTables } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import { ConfigError } from '@dialgate/service-kit';

/** The command line is wrong. Its message is for a person; nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was asked for cannot be done. Its message is for a person. */
export class NotDoneError extends Error {
  override readonly name: string = 'NotDoneError';
}

/** What to tell a person on the command line. @param usage what follows when the command line was wrong. */
export function messageOf(error: unknown, usage: string): string {
  if (error instanceof UsageError) return `${error.message}\n\n${usage}`;
  if (error instanceof NotDoneError || error instanceof ConfigError) return error.message;
  if (hasNoTables(error)) return 'The database has no tables yet; apply the migrations first.';
  if (error instanceof DialgateError && error.code === 'database_unavailable') {
    return 'The database cannot be reached. Is DATABASE_URL right, and is PostgreSQL up?';
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
