import { type User, type Users } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import type { Request, RequestHandler } from 'express';
import { localsOf } from '../middleware/locals.js';
import type { Tokens } from './tokens.js';

export type Authenticate = (req: Request) => Promise<User | null>;

/**
 * Finds out who sends a request. The token says who it was issued to; whether that user may still do anything is asked of
 * the database for every request, so that a switched-off user's tokens stop working at once, on every instance. Requests that
 * come together share the question.
 *
 * @returns the user, or null without a token.
 * @throws DialgateError `unauthorized` for a token that is no good, `database_unavailable`
 */
export function createAuthentication(tokens: Tokens, users: Pick<Users, 'findById'>): Authenticate {
  return async (req) => {
    const token = bearerToken(req);
    if (token === null) return null;
    const userId = tokens.userOf(token);
    const user = userId === null ? null : await users.findById(userId);
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
