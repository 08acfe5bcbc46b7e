import { randomUUID } from 'node:crypto';
import { USERNAME, type User, type Users } from '@dialgate/database';
import { hashPassword, isPassword } from '@dialgate/passwords';

export type CheckPassword = (username: string, password: string) => Promise<User | null>;

/**
 * Finds the user with this name and password. Takes the same time and gives the same answer, null, whether the user does
 * not exist, is switched off or has another password: nobody can ask which names exist.
 */
export function openPasswordCheck(users: Pick<Users, 'findByUsername'>): CheckPassword {
  // A password nobody knows, to be compared with where there is no user.
  const nobodys = hashPassword(randomUUID());

  return async (username, password) => {
    const name = accountName(username);
    const user = name === null ? null : await users.findByUsername(name);
    const hash = user?.passwordHash.startsWith('$argon2id$') === true ? user.passwordHash : await nobodys;
    const matches = await isPassword(password, hash);
    return matches && user !== null && hash === user.passwordHash && !user.disabled ? user : null;
  };
}

/** A username as it would be stored, or null: anything else is nobody's and is not even looked up. */
export function accountName(typed: string): string | null {
  const name = typed.trim().toLowerCase();
  return USERNAME.test(name) ? name : null;
}
