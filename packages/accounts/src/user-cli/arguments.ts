import { USER_ROLES, type UserPermissions, type UserRole } from '@dialgate/domain';
import { UsageError } from '../cli-errors.js';
import { parseWords, type Help } from '../command-line.js';
import { readKeyCommand, type KeyCommand } from './key-arguments.js';
import { LIMIT_FLAGS, LIMIT_OPTIONS, limitsOf, type LimitChanges } from './limit-arguments.js';
import { LISTS, ownLists } from './own-lists.js';
import { usernameOf } from './username.js';

/** What the command line asks for. */
export type Command =
  | KeyCommand
  | { readonly name: 'list'; readonly json: boolean }
  | { readonly name: 'create'; readonly username: string; readonly role: UserRole; readonly passwordFrom: PasswordFrom }
  | { readonly name: 'set-password'; readonly username: string; readonly passwordFrom: PasswordFrom }
  | { readonly name: 'set-role'; readonly username: string; readonly role: UserRole }
  | { readonly name: 'allow'; readonly username: string; readonly own: Partial<UserPermissions> }
  | { readonly name: 'disable' | 'enable' | 'lift' | 'show'; readonly username: string }
  | { readonly name: 'limit'; readonly username: string; readonly limits: LimitChanges };

/** Standard input's first line, or else USER_PASSWORD or a prompt. Never an argument: every user of a machine sees those. */
export type PasswordFrom = 'stdin' | 'environment-or-prompt';

const OPTIONS = {
  role: { type: 'string' },
  'password-stdin': { type: 'boolean' },
  json: { type: 'boolean' },
  name: { type: 'string' },
  scopes: { type: 'string' },
  expires: { type: 'string' },
  from: { type: 'string' },
  ...LIMIT_OPTIONS,
  contexts: { type: 'string' },
  extensions: { type: 'string' },
  priorities: { type: 'string' },
  'caller-ids': { type: 'string' },
  'webhook-hosts': { type: 'string' },
  default: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @throws UsageError */
export function readArguments(args: readonly string[]): Command | Help {
  const { values, positionals } = parseWords(args, OPTIONS);
  const ofKeys = positionals[0] === 'key';
  const [name, ...rest] = ofKeys ? [positionals.slice(0, 2).join(' '), ...positionals.slice(2)] : positionals;
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
    case 'allow':
      takes(1, ...Object.keys(LISTS), 'default');
      return { name, username: usernameOf(rest[0]), own: ownLists(values) };
    case 'show':
    case 'disable':
    case 'enable':
    case 'lift':
      takes(1);
      return { name, username: usernameOf(rest[0]) };
    case 'key create':
      takes(1, 'name', 'scopes', 'expires', 'from');
      return readKeyCommand(name, rest[0], values);
    case 'key list':
      takes(1, 'json');
      return readKeyCommand(name, rest[0], values);
    case 'key revoke':
      takes(1);
      return readKeyCommand(name, rest[0], values);
    case 'limit':
      takes(1, ...LIMIT_FLAGS);
      return { name, username: usernameOf(rest[0]), limits: limitsOf(values) };
    case undefined:
      throw new UsageError('Say what to do.');
    default:
      throw new UsageError('There is no such command.');
  }
}

function roleOf(typed: string | undefined): UserRole {
  const role = USER_ROLES.find((known) => known === typed);
  if (role === undefined) throw new UsageError('A role is operator or admin.');
  return role;
}
