import type { User } from '@dialgate/database';
import type { Request } from 'express';
import type { LoginEnd, LoginQuota } from './login-counts.js';
import type { LoginGuard } from './login-guard.js';
import type { CheckPassword } from './passwords.js';

export interface LoginAnswer {
  /** Null when the name or the password is wrong. */
  readonly user: User | null;
  /** Null where logins are not limited. */
  readonly quota: LoginQuota | null;
}

export type LogIn = (req: Request, username: string, password: string) => Promise<LoginAnswer>;

/**
 * Checks a name and a password that came with a request, and counts the wrong ones.
 *
 * @param guard null sets no limit.
 * @throws DialgateError `too_many_requests`, `database_unavailable`
 */
export function createLogIn(deps: { readonly checkPassword: CheckPassword; readonly guard: LoginGuard | null }): LogIn {
  const { checkPassword, guard } = deps;
  if (guard === null) {
    return async (_req, username, password) => ({ user: await checkPassword(username, password), quota: null });
  }

  return async (req, username, password) => {
    const login = await guard.begin({ username, address: req.ip });
    let how: LoginEnd = 'undecided'; // A database that is away says nothing about the password.
    try {
      const user = await checkPassword(username, password);
      how = user === null ? 'wrong' : 'right';
      return { user, quota: await login.end(how) };
    } catch (error) {
      if (how === 'undecided') await login.end(how);
      throw error;
    }
  };
}
