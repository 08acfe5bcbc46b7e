import { isApiKey, isWithin, prefixOf } from '@dialgate/accounts';
import type { ApiKeys, ShownApiKey } from '@dialgate/database';
import { scopesOfKey } from '@dialgate/domain';
import type { Logger } from '@dialgate/service-kit';
import type { Bearer } from '../middleware/locals.js';

export interface CheckApiKey {
  (key: string, address: string | undefined): Promise<Bearer | null>;
  /** For a key that was shown before, by its prefix: whether it is good still. */
  readonly again: (prefix: string, address: string | undefined) => Promise<Bearer | null>;
}

/**
 * Finds out whose API key this is: one look-up, shared by the requests that come together, tells key and user as they are
 * now. Null for a key that is no good, for whatever reason.
 *
 * That it was used is noted behind the request's back, and at most once a minute.
 *
 * @throws DialgateError `database_unavailable`, `overloaded`
 */
export function createApiKeyCheck(deps: {
  readonly keys: Pick<ApiKeys, 'findByPrefix' | 'noteUse'>;
  readonly log: Logger;
}): CheckApiKey {
  const { keys, log } = deps;
  const noting = new Set<string>();

  function noteUse(id: string): void {
    if (noting.has(id)) return;
    noting.add(id);
    void keys
      .noteUse(id)
      .catch((error: unknown) => log.warn({ keyId: id, error }, 'Use of key not noted')) // The next use is.
      .finally(() => noting.delete(id));
  }

  const check = async (key: string, address: string | undefined): Promise<Bearer | null> => {
    const prefix = prefixOf(key);
    const found = prefix === null ? null : await keys.findByPrefix(prefix);
    if (prefix === null || found === null || !isApiKey(key, found.secretHash) || !isGood(found, address)) return null;
    if (!found.usedLately) noteUse(found.id);
    return bearerBy(found, prefix);
  };
  return Object.assign(check, {
    again: async (prefix: string, address: string | undefined) => {
      const found = await keys.findByPrefix(prefix);
      return found !== null && isGood(found, address) ? bearerBy(found, prefix) : null;
    },
  });
}

function bearerBy({ id, user, scopes }: ShownApiKey, prefix: string): Bearer {
  return { user, scopes: scopesOfKey(user.role, scopes), token: null, key: { id, prefix } };
}

function isGood({ expired, revoked, user, allowedFrom }: ShownApiKey, address: string | undefined): boolean {
  if (expired || revoked || user.disabled) return false;
  return allowedFrom.length === 0 || isWithin(address, allowedFrom);
}
