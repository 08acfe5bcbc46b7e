import type { ApiKeys, ListedApiKey, Users } from '@dialgate/database';
import { auditEntry } from '../audit-entry.js';
import { createApiKey, shownKey } from '../keys/create-api-key.js';
import type { KeyCommand } from './key-arguments.js';
import { NotDoneError } from '../cli-errors.js';
import { unknownUser, type Outcome } from './not-done.js';
import { asTable } from './table.js';

/** Does what was asked for. @throws NotDoneError, DialgateError `database_unavailable` */
export async function runKeyCommand(
  command: KeyCommand,
  deps: { readonly keys: ApiKeys; readonly users: Users },
): Promise<Outcome> {
  const { keys, users } = deps;
  switch (command.name) {
    case 'key create': {
      const made = await createApiKey(command.wanted, deps);
      if ('problem' in made) {
        if (made.field === 'username') throw unknownUser(command.wanted.username);
        throw new NotDoneError(`The key ${made.problem}.`);
      }
      const { id, username, prefix, scopes } = made.listed;
      const detail = { user: username, prefix, scopes: scopes.join(' ') };
      // The key stands alone on the last line: that is what a script takes.
      return {
        say: `${username} has the API key ${prefix}: ${scopes.join(', ')}. Nobody can show it again:\n${made.key}`,
        done: auditEntry('key_created', 'cli', { kind: 'key', id }, detail),
      };
    }
    case 'key list': {
      const { username, json } = command;
      if (username !== null && (await users.findByUsername(username)) === null) throw unknownUser(username);
      const list = await keys.list(username);
      return { say: json ? asJson(list) : tableOf(list) };
    }
    case 'key revoke': {
      const revoked = await keys.revoke({ prefix: command.prefix });
      if (revoked === null) throw new NotDoneError(`There is no API key ${command.prefix}.`);
      const { id, username, prefix } = revoked;
      return {
        say: `The API key ${prefix} of ${username} is revoked.`,
        done: auditEntry('key_revoked', 'cli', { kind: 'key', id }, { user: username, prefix }),
      };
    }
  }
}

function asJson(keys: readonly ListedApiKey[]): string {
  return JSON.stringify(
    keys.map((key) => ({ id: key.id, ...shownKey(key) })),
    null,
    2,
  );
}

function tableOf(keys: readonly ListedApiKey[]): string {
  return asTable([
    ['PREFIX', 'USER', 'NAME', 'SCOPES', 'FROM', 'CREATED', 'EXPIRES', 'LAST USED', 'REVOKED'],
    ...keys.map((key) => [
      key.prefix,
      key.username,
      key.name,
      key.scopes.join(','),
      key.allowedFrom.join(',') || 'anywhere',
      dayOf(key.createdAt),
      dayOf(key.expiresAt),
      dayOf(key.lastUsedAt),
      dayOf(key.revokedAt),
    ]),
  ]);
}

function dayOf(time: Date | null): string {
  return time === null ? '-' : time.toISOString().slice(0, 10);
}
