import { parseArgs } from 'node:util';
import { USERNAME, type UserRole } from '@dialgate/database';

/** What the command line asks for. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'list'; readonly json: boolean }
  | { readonly name: 'create'; readonly username: string; readonly role: UserRole; readonly passwordFrom: PasswordFrom }
  | { readonly name: 'set-password'; readonly username: string; readonly passwordFrom: PasswordFrom }
  | { readonly name: 'set-role'; readonly username: string; readonly role: UserRole }
  | { readonly name: 'disable' | 'enable'; readonly username: string };

/** Standard input's first line, or else USER_PASSWORD or a prompt. Never an argument: every user of a machine sees those. */
export type PasswordFrom = 'stdin' | 'environment-or-prompt';

/** The command line is wrong. Its message is for a person; nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Usage:
  user create <name> [--role operator|admin] [--password-stdin]
  user set-password <name> [--password-stdin]
  user set-role <name> operator|admin
  user disable <name>
  user enable <name>
  user list [--json]

A password is asked for on the terminal, or taken from the first line of standard input
(--password-stdin) or from USER_PASSWORD. The database is DATABASE_URL.

Exit codes: 0 done, 1 not done (a message says why), 2 not understood.
`;

const ROLES: readonly UserRole[] = ['operator', 'admin'];

/** @throws UsageError */
export function readArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  const [name, ...rest] = positionals;
  if (values.help === true || name === 'help') return { name: 'help' };
  const passwordFrom: PasswordFrom = values['password-stdin'] === true ? 'stdin' : 'environment-or-prompt';

  /** Refuses what the command has no use for: it may have been meant for another. */
  const takes = (words: number, ...flags: string[]): void => {
    if (rest.length > words) throw new UsageError(`Too many words after ${name ?? ''}.`);
    const stray = Object.keys(values).find((flag) => !flags.includes(flag));
    if (stray !== undefined) throw new UsageError(`${name ?? ''} takes no --${stray}.`);
  };

  switch (name) {
    case 'list':
      takes(0, 'json');
      return { name, json: values.json === true };
    case 'create':
      takes(1, 'role', 'password-stdin');
      return { name, username: usernameOf(rest[0]), role: roleOf(values.role ?? 'operator'), passwordFrom };
    case 'set-password':
      takes(1, 'password-stdin');
      return { name, username: usernameOf(rest[0]), passwordFrom };
    case 'set-role':
      takes(2);
      return { name, username: usernameOf(rest[0]), role: roleOf(rest[1]) };
    case 'disable':
    case 'enable':
      takes(1);
      return { name, username: usernameOf(rest[0]) };
    case undefined:
      throw new UsageError('Say what to do.');
    default:
      throw new UsageError('There is no such command.');
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        role: { type: 'string' },
        'password-stdin': { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // Its own words would repeat what was typed, which may be a password.
    const unknown = (error as { code?: unknown }).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
    throw new UsageError(unknown ? 'There is no such option.' : 'An option is written wrongly.');
  }
}

function usernameOf(typed: string | undefined): string {
  if (typed === undefined) throw new UsageError('A username is missing.');
  const username = typed.trim().toLowerCase();
  if (!USERNAME.test(username)) throw new UsageError('A username is 3 to 64 of a-z, 0-9, dot, _, - and @.');
  return username;
}

function roleOf(typed: string | undefined): UserRole {
  const role = ROLES.find((known) => known === typed);
  if (role === undefined) throw new UsageError('A role is operator or admin.');
  return role;
}
