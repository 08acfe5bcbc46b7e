import { type User, type Users } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import type { Request, RequestHandler, Response } from 'express';
import { localsOf } from '../middleware/locals.js';
import type { Tokens } from './tokens.js';

/** How long a user found in the database is believed, in milliseconds: this long a switched-off user goes on at most. */
const BELIEVED_MS = 2_000;

/** More than this many users at once are forgotten and looked up again. */
const MAX_KNOWN = 10_000;

export type Authenticate = (req: Request) => Promise<User | null>;

/**
 * Finds out who sends a request. The token says who it was issued to; whether that user may still do anything is asked of
 * the database, so that a switched-off user's tokens stop working within two seconds.
 *
 * @returns the user, or null without a token.
 * @throws DialgateError `unauthorized` for a token that is no good, `database_unavailable`
 */
export function openAuthentication(tokens: Tokens, users: Pick<Users, 'findById'>): Authenticate {
  const known = new Map<string, { readonly user: Promise<User | null>; readonly until: number }>();

  function findUser(id: string): Promise<User | null> {
    const now = performance.now();
    const found = known.get(id);
    if (found !== undefined && found.until > now) return found.user;
    if (known.size >= MAX_KNOWN) known.clear();
    const user = users.findById(id);
    known.set(id, { user, until: now + BELIEVED_MS });
    user.catch(() => known.delete(id)); // A database that is back is asked at once.
    return user;
  }

  return async (req) => {
    const token = bearerToken(req);
    if (token === null) return null;
    const userId = tokens.userOf(token);
    const user = userId === null ? null : await findUser(userId);
    if (user === null || user.disabled) throw new DialgateError('unauthorized', 'The access token is not valid.');
    return user;
  };
}

/** Lets nobody through but users. */
export function requireUser(authenticate: Authenticate): RequestHandler {
  return async (req, res, next) => {
    const user = await authenticate(req);
    if (user === null) throw new DialgateError('unauthorized', 'An access token is needed.');
    localsOf(res).user = user;
    next();
  };
}

/** The user whom `requireUser` let through. */
export function userOf(res: Response): User {
  const { user } = localsOf(res);
  if (user === undefined) throw new Error('the route does not require a user');
  return user;
}

/** Whose calls a user may see and end: an admin everybody's (null), others their own. */
export function scopeOf(user: User): string | null {
  return user.role === 'admin' ? null : user.id;
}

/** RFC 6750 §2.1; the scheme's case does not matter. */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

const TOKEN_MAX_LENGTH = 4_096;

function bearerToken(req: Request): string | null {
  const header = req.headers.authorization;
  if (header === undefined) return null;
  const token = header.length > TOKEN_MAX_LENGTH ? undefined : BEARER.exec(header)?.[1];
  if (token === undefined) throw new DialgateError('unauthorized', 'The Authorization header holds no bearer token.');
  return token;
}
