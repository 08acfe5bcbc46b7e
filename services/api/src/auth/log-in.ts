import type { User } from '@dialgate/database';
import type { Logger } from '@dialgate/service-kit';
import type { Request } from 'express';
import type { Audit } from '../audit/audit.js';
import { clientAddress } from '../middleware/client-address.js';
import { lineBudget } from '../middleware/line-budget.js';
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
export function createLogIn(deps: {
  readonly checkPassword: CheckPassword;
  readonly guard: LoginGuard | null;
  readonly audit: Audit;
  readonly log: Logger;
}): LogIn {
  const { guard, audit, log } = deps;
  const mayWrite = lineBudget((logins) => log.warn({ logins }, 'Wrong logins unlogged'));

  async function checkPassword(req: Request, username: string, password: string): Promise<User | null> {
    const user = await deps.checkPassword(username, password);
    if (user === null) audit.record(req, 'login_failed', { actor: claimed(username) });
    else audit.record(req, 'login_succeeded', { actor: { id: user.id, name: user.username } });
    // The name is left out: people type passwords into the wrong field.
    if (user === null && mayWrite()) log.info({ address: clientAddress(req) }, 'Login was wrong');
    return user;
  }

  if (guard === null) {
    return async (req, username, password) => ({ user: await checkPassword(req, username, password), quota: null });
  }

  return async (req, username, password) => {
    const login = await guard.begin({ username, address: clientAddress(req) });
    let how: LoginEnd = 'undecided'; // A database that is away says nothing about the password.
    try {
      const user = await checkPassword(req, username, password);
      how = user === null ? 'wrong' : 'right';
      const quota = await login.end(how);
      if (user === null && quota.remaining === 0) {
        audit.record(req, 'login_locked', { actor: claimed(username), detail: { seconds: quota.resetSeconds } });
      }
      return { user, quota };
    } catch (error) {
      if (how === 'undecided') await login.end(how);
      throw error;
    }
  };
}

/** A name as it was typed, by nobody who is known. */
function claimed(username: string) {
  return { id: null, name: username.trim().toLowerCase() };
}
