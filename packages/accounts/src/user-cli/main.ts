/**
 * Users and their API keys on the command line. Reads DATABASE_URL and, for passwords,
 * USER_PASSWORD; says what it did on standard output, what went wrong on standard error.
 */
import { databaseUrl, loadConfig } from '@dialgate/service-kit';
import { openDatabase } from '@dialgate/database';
import Joi from 'joi';
import { recordEntry } from '../audit-entry.js';
import { runCommandLine } from '../command-line.js';
import { readArguments, type Command } from './arguments.js';
import { askPassword, readPassword } from './ask-password.js';
import { entryOf } from './entry-of.js';
import { runCommand } from './run-command.js';
import { USAGE } from './usage.js';

await runCommandLine(USAGE, readArguments, run);

async function run(command: Command): Promise<void> {
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
    const entry = done ?? entryOf(command);
    if (entry !== null) await recordEntry(entry, database.audit, USAGE);
    if (warn !== undefined) process.stderr.write(`Warning: ${warn}\n`);
  } finally {
    await database.close();
    process.stdin.destroy(); // Else a standard input that nobody closes keeps the process.
  }
}
