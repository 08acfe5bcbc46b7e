import type { ApiKeys, ListedApiKey, Users } from '@dialgate/database';
import { scopesOfRole, type Scope } from '@dialgate/domain';
import { newApiKey } from './api-key.js';

/** What a key is called: anything that can be printed anywhere. */
export const KEY_NAME = /^[A-Za-z0-9][A-Za-z0-9 ._@:/+-]{0,99}$/;
export const KEY_NAME_RULE =
  'must be 1 to 100 letters, digits, spaces and . _ @ : / + -, beginning with a letter or a digit';

/** For how long a key may be good, in days. */
export const KEY_DAYS = { min: 1, max: 3_650 };

/** How many addresses and networks a key may have. */
export const MAX_NETWORKS = 50;

export interface WantedApiKey {
  readonly username: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Addresses and networks; empty for all. */
  readonly allowedFrom: readonly string[];
  /** Null: for ever. */
  readonly expiresInDays: number | null;
}

/** Why a key cannot be: a sentence about one of its fields. */
export interface KeyProblem {
  readonly field: 'username' | 'scopes';
  readonly problem: string;
}

/**
 * Makes a key for a user. No key gets a scope that its user's role has not; should the role get smaller later, the key
 * does too.
 *
 * @returns the key itself, which is kept nowhere and can never be shown again, and what lists show of it.
 */
export async function createApiKey(
  wanted: WantedApiKey,
  deps: { readonly keys: Pick<ApiKeys, 'create'>; readonly users: Pick<Users, 'findByUsername'> },
): Promise<{ readonly key: string; readonly listed: ListedApiKey } | KeyProblem> {
  const { username, ...rest } = wanted;
  const user = await deps.users.findByUsername(username);
  if (user === null) return { field: 'username', problem: 'is the name of nobody' };
  const allowed = scopesOfRole(user.role);
  const beyond = wanted.scopes.filter((scope) => !allowed.includes(scope));
  if (beyond.length > 0) {
    return { field: 'scopes', problem: `may not have ${beyond.join(', ')}: the user’s role is ${user.role}` };
  }
  const { key, prefix, secretHash } = newApiKey();
  return { key, listed: await deps.keys.create({ ...rest, userId: user.id, prefix, secretHash }) };
}

/** A key as lists show it, to people and to programs; its id is called by each in its own words. */
export function shownKey(key: ListedApiKey) {
  return {
    username: key.username,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    allowed_from: key.allowedFrom,
    created_at: key.createdAt,
    expires_at: key.expiresAt,
    last_used_at: key.lastUsedAt,
    revoked_at: key.revokedAt,
  };
}
