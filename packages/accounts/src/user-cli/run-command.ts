import type { ApiKeys, ListedUser, Users } from '@dialgate/database';
import { hashPassword } from '../passwords/hash.js';
import { passwordWeakness } from '../passwords/weakness.js';
import { NotDoneError } from '../cli-errors.js';
import type { Command } from './arguments.js';
import { asJson, described, tableOf } from './listings.js';
import { unknownUser, type Outcome } from './not-done.js';
import { runKeyCommand } from './run-key-command.js';

/**
 * Does what was asked for.
 *
 * @param password gets the password from wherever it is to come from; only asked when it is needed.
 * @throws NotDoneError, NoPasswordError, DialgateError `database_unavailable`
 */
export async function runCommand(
  command: Command,
  deps: { readonly users: Users; readonly keys: ApiKeys; readonly password: () => Promise<string> },
): Promise<Outcome> {
  const { users } = deps;
  switch (command.name) {
    case 'list':
      return { say: command.json ? asJson(await users.list()) : tableOf(await users.list()) };
    case 'create': {
      const { username, role } = command;
      // Before anybody is asked for a password.
      if ((await users.findByUsername(username)) !== null) throw taken(username);
      const passwordHash = await newHash(username, await deps.password());
      if (!(await users.create({ username, passwordHash, role }))) throw taken(username);
      return { say: `The ${role} ${username} was created.` };
    }
    case 'set-password': {
      const { username } = command;
      if ((await users.findByUsername(username)) === null) throw unknownUser(username);
      const passwordHash = await newHash(username, await deps.password());
      assertFound(await users.setPassword(username, passwordHash), username);
      return { say: `${username} has a new password. Tokens issued before are void; API keys are as good as before.` };
    }
    case 'set-role': {
      const { username, role } = command;
      assertFound(await users.setRole(username, role), username);
      return withAdmins(users, `${username} is an ${role} now.`);
    }
    case 'allow':
      assertFound(await users.allow(command.username, command.own), command.username);
      return { say: described(await found(users, command.username)) };
    case 'show':
      return { say: described(await found(users, command.username)) };
    case 'disable':
      assertFound(await users.disable(command.username), command.username);
      return withAdmins(
        users,
        `${command.username} is switched off: no login, and no token or API key of theirs is good any more.`,
      );
    case 'enable':
      assertFound(await users.enable(command.username), command.username);
      return { say: `${command.username} is switched on again, with their API keys. Old tokens stay void.` };
    case 'lift':
      assertFound(await users.lift(command.username), command.username);
      return { say: `${command.username} may place calls.` };
    case 'limit':
      assertFound(await users.setLimits(command.username, command.limits), command.username);
      return { say: `${command.username} has the limits that were named.` };
    case 'key create':
    case 'key list':
    case 'key revoke':
      return runKeyCommand(command, deps);
  }
}

async function newHash(username: string, password: string): Promise<string> {
  const weakness = passwordWeakness(password, username);
  if (weakness !== null) throw new NotDoneError(`The password is too weak: ${weakness}.`);
  return hashPassword(password);
}

/** Nobody is stopped from it, but nobody should do it unawares. */
async function withAdmins(users: Users, say: string): Promise<Outcome> {
  const admins = (await users.list()).filter(({ role, disabled }) => role === 'admin' && !disabled);
  return admins.length > 0 ? { say } : { say, warn: 'No admin is left who can log in.' };
}

function assertFound(found: boolean, username: string): void {
  if (!found) throw unknownUser(username);
}

function taken(username: string): NotDoneError {
  return new NotDoneError(`There is a user ${username} already.`);
}

async function found(users: Users, username: string): Promise<ListedUser> {
  const user = (await users.list()).find((one) => one.username === username);
  if (user === undefined) throw unknownUser(username);
  return user;
}
