import { coalesce } from '@dialgate/service-kit';
import { USERNAME, type User, type Users } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import { isPassword, NOBODYS_HASH } from '@dialgate/accounts';

/**
 * A comparison keeps one of the four threads busy that name look-ups need as well, for 40 ms: two at once leave room, and who
 * comes when fifty wait is told to come back.
 */
const COMPARISONS = { maxBatch: 1, maxInFlight: 2, maxWaiting: 50 };

export type CheckPassword = (username: string, password: string) => Promise<User | null>;

/**
 * Finds the user with this name and password. Takes the same time and gives the same answer, null, whether the user does
 * not exist, is switched off or has another password: nobody can ask which names exist.
 *
 * @throws DialgateError `overloaded` when too many comparisons wait already.
 */
export function createPasswordCheck(users: Pick<Users, 'findByUsername'>): CheckPassword {
  const matching = coalesce(
    ([pair]: { password: string; hash: string }[]) =>
      Promise.all(pair === undefined ? [] : [isPassword(pair.password, pair.hash)]),
    {
      ...COMPARISONS,
      whenFull: () =>
        new DialgateError('overloaded', 'Too many people are logging in at once.', { retryAfterSeconds: 2 }),
    },
  );

  return async (username, password) => {
    const name = accountName(username);
    const user = name === null ? null : await users.findByUsername(name);
    const hash = user?.passwordHash.startsWith('$argon2id$') === true ? user.passwordHash : NOBODYS_HASH;
    const matches = await matching({ password, hash });
    return matches && hash === user?.passwordHash && !user.disabled ? user : null;
  };
}

/** A username as it would be stored, or null: anything else is nobody's and is not even looked up. */
function accountName(typed: string): string | null {
  const name = typed.trim().toLowerCase();
  return USERNAME.test(name) ? name : null;
}
