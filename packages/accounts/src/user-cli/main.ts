/**
 * Users and their API keys on the command line. Reads DATABASE_URL and, for passwords,
 * USER_PASSWORD; says what it did on standard output, what went wrong on standard error.
 */
import { ConfigError, databaseUrl, loadConfig } from '@dialgate/service-kit';
import { hasNoTables, openDatabase, type AuditTrail, type WaitingEntry } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import Joi from 'joi';
import { readArguments, type Command } from './arguments.js';
import { askPassword, NoPasswordError, readPassword } from './ask-password.js';
import { entryOf } from './entry-of.js';
import { NotDoneError } from './not-done.js';
import { runCommand } from './run-command.js';
import { USAGE, UsageError } from './usage.js';

try {
  const command = readArguments(process.argv.slice(2));
  if (command.name === 'help') process.stdout.write(USAGE);
  else await run(command);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function run(command: Exclude<Command, { name: 'help' }>): Promise<void> {
  const config = loadConfig(
    Joi.object<{ DATABASE_URL: string; USER_PASSWORD?: string }>({
      DATABASE_URL: databaseUrl(),
      USER_PASSWORD: Joi.string(),
    }),
    process.env,
  );

  const password = (): Promise<string> => {
    if ('passwordFrom' in command && command.passwordFrom === 'stdin') return readPassword(process.stdin);
    if (config.USER_PASSWORD !== undefined) return Promise.resolve(config.USER_PASSWORD);
    return askPassword(process.stdin, process.stderr, 'passwordFrom' in command ? command.username : '');
  };

  const database = openDatabase({ url: config.DATABASE_URL, applicationName: 'dialgate-user' });
  try {
    const { say, warn, done } = await runCommand(command, { users: database.users, keys: database.keys, password });
    process.stdout.write(`${say}\n`);
    await record(done ?? entryOf(command), database.audit);
    if (warn !== undefined) process.stderr.write(`Warning: ${warn}\n`);
  } finally {
    await database.close();
    process.stdin.destroy(); // Else a standard input that nobody closes keeps the process.
  }
}

/** Behind the answer: what was asked for is done, whether it can be written down or not. */
async function record(done: WaitingEntry | null, trail: AuditTrail): Promise<void> {
  if (done === null) return;
  try {
    await trail.write([done]);
  } catch (error) {
    process.stderr.write(`Warning: this is not in the audit trail. ${messageOf(error)}\n`);
  }
}

function messageOf(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${USAGE}`;
  if (error instanceof NotDoneError || error instanceof NoPasswordError || error instanceof ConfigError) {
    return error.message;
  }
  if (hasNoTables(error)) return 'The database has no tables yet; apply the migrations first.';
  if (error instanceof DialgateError && error.code === 'database_unavailable') {
    return 'The database cannot be reached. Is DATABASE_URL right, and is PostgreSQL up?';
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
