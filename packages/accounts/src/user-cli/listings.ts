import type { ListedUser } from '@dialgate/database';
import type { AllowList, UserPermissions } from '@dialgate/domain';
import { LISTS } from './own-lists.js';
import { asTable } from './table.js';

/** All of it, for programs. */
export function asJson(users: readonly ListedUser[]): string {
  return JSON.stringify(
    users.map(({ username, role, disabled, createdAt, suspendedAt, suspendedReason, ownLimits, permissions }) => ({
      username,
      role,
      disabled,
      suspended_at: suspendedAt?.toISOString() ?? null,
      suspended_reason: suspendedReason,
      limits: ownLimits,
      created_at: createdAt.toISOString(),
      own: Object.fromEntries(ownOf(permissions)),
    })),
    null,
    2,
  );
}

/** A line for each, for people. */
export function tableOf(users: readonly ListedUser[]): string {
  return asTable([
    ['NAME', 'ROLE', 'STATE', 'CREATED', 'OWN'],
    ...users.map(({ username, role, disabled, suspended, createdAt, permissions }) => [
      username,
      role,
      stateOf(disabled, suspended),
      createdAt.toISOString().slice(0, 10),
      ownOf(permissions)
        .map(([list]) => list)
        .join(' '),
    ]),
  ]);
}

/** One user with the lists of their own, for people. */
export function described({ username, role, disabled, suspended, permissions }: ListedUser): string {
  const own = ownOf(permissions).map(
    ([list, entries]) => `  ${list}: ${entries.length === 0 ? 'none' : entries.join(', ')}`,
  );
  const about = `${username}: ${role}, ${stateOf(disabled, suspended)}`;
  return [about, ...(own.length === 0 ? ['  what this installation allows, and no lists of their own'] : own)].join(
    '\n',
  );
}

/** The lists of a user's own, by the names that they have on the command line. */
function ownOf(permissions: UserPermissions): [string, AllowList][] {
  return Object.entries(LISTS).flatMap(([option, list]) => {
    const entries = permissions[list];
    return entries === null ? [] : [[option, entries] satisfies [string, AllowList]];
  });
}

function stateOf(disabled: boolean, suspended: boolean): string {
  if (disabled) return 'disabled';
  return suspended ? 'suspended' : 'enabled';
}
