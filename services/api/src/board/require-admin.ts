import { createHmac, randomBytes } from 'node:crypto';
import type { User, Users } from '@dialgate/database';
import { DialgateError, scopesOfRole } from '@dialgate/domain';
import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import type { LogIn } from '../auth/log-in.js';
import type { Authenticate } from '../auth/require-user.js';
import { localsOf } from '../middleware/locals.js';
import type { RecordVisit } from './visits.js';

/** RFC 7617: the browser asks for a name and a password. */
const CHALLENGE = 'Basic realm="dialgate", charset="UTF-8"';

/** How many logins are remembered; there are few admins. */
const MAX_REMEMBERED = 100;

/**
 * Lets nobody through but admins, by name and password (HTTP Basic, which browsers send with every request) or by access
 * token. A password that was found right is not hashed again for each of a page's dozen requests: what it was compared
 * with is remembered, and the user is read each time, so that a changed password, a lost role and a disabled user count at
 * once.
 *
 * @throws DialgateError `unauthorized`, `invalid_credentials`, `forbidden`, `too_many_requests`, `database_unavailable`
 */
export function requireAdmin(deps: {
  readonly authenticate: Authenticate;
  readonly logIn: LogIn;
  readonly users: Pick<Users, 'findById'>;
  /** Hears of every admin who is let in. */
  readonly visited: RecordVisit;
}): RequestHandler {
  const { authenticate, logIn, users, visited } = deps;
  const key = randomBytes(32);
  const remembered = new Map<string, { readonly userId: string; readonly passwordHash: string }>();

  async function rememberedUser(login: string): Promise<User | null> {
    const known = remembered.get(login);
    if (known === undefined) return null;
    const user = await users.findById(known.userId);
    if (user !== null && !user.disabled && user.passwordHash === known.passwordHash) return user;
    remembered.delete(login);
    return null;
  }

  async function basicUser(req: Request, header: string): Promise<User> {
    // Passwords are not kept, not even in memory.
    const login = createHmac('sha256', key).update(header).digest('base64');
    const known = await rememberedUser(login);
    if (known !== null) return known;

    const given = credentialsOf(header);
    const user = given === null ? null : (await logIn(req, given.username, given.password)).user;
    if (user === null) throw new DialgateError('invalid_credentials', 'The username or the password is wrong.');
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(login, { userId: user.id, passwordHash: user.passwordHash });
    return user;
  }

  return async (req, res, next) => {
    res.set('Cache-Control', 'no-store');
    const header = req.headers.authorization;
    const isBasic = header !== undefined && BASIC.test(header);
    const bearer = isBasic ? withScopes(await basicUser(req, header)) : await authenticate(req);
    if (bearer === null) throw new DialgateError('unauthorized', 'Username and password of an admin are needed.');
    localsOf(res).user = bearer.user;
    // A browser keeps the password of whoever is refused with 403, and never asks for another.
    if (isBasic && !bearer.scopes.includes('admin'))
      throw new DialgateError('unauthorized', 'Only admins may look here.');
    if (!bearer.scopes.includes('admin')) throw new DialgateError('forbidden', 'Only admins may look here.');
    visited(req, bearer.user);
    next();
  };
}

function withScopes(user: User) {
  return { user, scopes: scopesOfRole(user.role) };
}

/** Behind `requireAdmin`: makes browsers ask for a name and a password, where API routes ask for a token. */
export const askForPassword: ErrorRequestHandler = (error, _req, res, next) => {
  const code = error instanceof DialgateError ? error.code : null;
  if (code === 'unauthorized' || code === 'invalid_credentials') res.set('WWW-Authenticate', CHALLENGE);
  next(error);
};

const BASIC = /^basic /i;

const HEADER_MAX_LENGTH = 4_096;

/** The name and the password of a Basic header, or null when it is none. */
function credentialsOf(header: string): { username: string; password: string } | null {
  if (header.length > HEADER_MAX_LENGTH) return null;
  const text = Buffer.from(header.replace(BASIC, ''), 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 1 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
