import { randomUUID } from 'node:crypto';
import type { User, Users } from '@dialgate/database';
import { hashPassword, isPassword } from '@dialgate/passwords';

/** Usernames as they may be stored; anything else is nobody's and is not even looked up. */
const USERNAME = /^[a-z0-9._@-]{3,64}$/;

export type CheckPassword = (username: string, password: string) => Promise<User | null>;

/**
 * Finds the user with this name and password. Takes the same time and gives the same answer, null, whether the user does
 * not exist, is switched off or has another password: nobody can ask which names exist.
 */
export function openPasswordCheck(users: Pick<Users, 'findByUsername'>): CheckPassword {
  // A password nobody knows, to be compared with where there is no user.
  const nobodys = hashPassword(randomUUID());

  return async (username, password) => {
    const name = username.trim().toLowerCase();
    const user = USERNAME.test(name) ? await users.findByUsername(name) : null;
    const hash = user?.passwordHash.startsWith('$argon2id$') === true ? user.passwordHash : await nobodys;
    const matches = await isPassword(password, hash);
    return matches && user !== null && hash === user.passwordHash && !user.disabled ? user : null;
  };
}
