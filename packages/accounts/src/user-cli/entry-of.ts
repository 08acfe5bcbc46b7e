import type { WaitingEntry } from '@dialgate/database';
import type { UserPermissions } from '@dialgate/domain';
import { auditEntry } from '../audit-entry.js';
import type { Command } from './arguments.js';

/** What the audit trail says of a user's command that was carried out; null for one that changes no user. */
export function entryOf(command: Command): WaitingEntry | null {
  switch (command.name) {
    case 'list':
    case 'show':
    case 'key list':
    case 'key create':
    case 'key revoke':
      return null;
    case 'create':
      return auditEntry('user_created', 'cli', named(command), { role: command.role });
    case 'set-password':
      return auditEntry('user_password_changed', 'cli', named(command));
    case 'set-role':
      return auditEntry('user_role_changed', 'cli', named(command), { role: command.role });
    case 'disable':
      return auditEntry('user_disabled', 'cli', named(command));
    case 'lift':
      return auditEntry('user_suspension_lifted', 'cli', named(command));
    case 'limit':
      return auditEntry('user_limits_changed', 'cli', named(command), command.limits);
    case 'allow':
      return auditEntry('user_permissions_changed', 'cli', named(command), listsOf(command.own));
    case 'enable':
      return auditEntry('user_enabled', 'cli', named(command));
  }
}

function named({ username }: { readonly username: string }) {
  return { kind: 'user', id: username } as const;
}

/** How many entries each list that was given has; null for one that is the installation's again. No number stands in the trail. */
function listsOf(own: Partial<UserPermissions>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(own).map(([name, list]) => [name, list?.length ?? null]));
}
