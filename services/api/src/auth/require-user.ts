import { API_KEY_MARK } from '@dialgate/accounts';
import type { Tokens as StoredTokens } from '@dialgate/database';
import { DialgateError, scopesOfRole, type Scope } from '@dialgate/domain';
import type { Request, RequestHandler } from 'express';
import { clientAddress } from '../middleware/client-address.js';
import { localsOf, type Bearer } from '../middleware/locals.js';
import type { CheckApiKey } from './api-keys.js';
import type { TokenClaims, Tokens } from './tokens.js';

export type Authenticate = (req: Request) => Promise<Bearer | null>;

export interface Authentication extends Authenticate {
  /**
   * Whom a token or an API key belongs to that was shown before, as they are now; null when it is no good any more. For what
   * goes on longer than a request.
   *
   * @throws DialgateError `database_unavailable`, `overloaded`
   */
  readonly again: (shown: ShownBefore, address: string | undefined) => Promise<Bearer | null>;
}

/** What is kept of a credential: enough to ask about it, and nothing to show it with. */
export type ShownBefore = { readonly token: TokenClaims } | { readonly keyPrefix: string };

/**
 * Finds out who sends a request, by the token of a login or by an API key. The token says who it was issued to; whether it
 * was ended before its time, and whether that user may still do anything, is asked of the database for every request, so
 * that a logout, a new password and a switched-off user count at once, on every instance. Requests that come together share
 * the question.
 *
 * @returns the bearer, or null without a token.
 * @throws DialgateError `unauthorized` for a token that is no good: the same, whatever is wrong with it;
 *   `database_unavailable`, `overloaded`
 */
export function createAuthentication(deps: {
  readonly tokens: Pick<Tokens, 'claimsOf'>;
  readonly stored: Pick<StoredTokens, 'findBearer'>;
  readonly checkApiKey: CheckApiKey;
}): Authentication {
  const { tokens, stored, checkApiKey } = deps;

  async function byClaims(claims: TokenClaims | null): Promise<Bearer | null> {
    const found = claims === null ? null : await stored.findBearer(claims);
    if (claims === null || found === null) return null;
    const { user, revoked } = found;
    if (revoked || user.disabled || user.tokenVersion !== claims.version) return null;
    return { user, scopes: scopesOfRole(user.role), token: claims, key: null };
  }

  const authenticate = async (req: Request): Promise<Bearer | null> => {
    const { authorization } = req.headers;
    if (authorization === undefined) return null;
    const token = bearerToken(authorization);
    const byKey = token.startsWith(API_KEY_MARK);
    const bearer = byKey ? await checkApiKey(token, clientAddress(req)) : await byClaims(tokens.claimsOf(token));
    if (bearer === null) throw invalidToken();
    return bearer;
  };
  return Object.assign(authenticate, {
    again: (shown: ShownBefore, address: string | undefined) => {
      if ('keyPrefix' in shown) return checkApiKey.again(shown.keyPrefix, address);
      return byClaims(shown.token.expiresAt.getTime() > Date.now() ? shown.token : null);
    },
  });
}

/** Lets nobody through but users, and only those who may do this. The scope can be read from the handler. */
export type RequireScope = (scope: Scope) => RequestHandler & { readonly scope: Scope };

export function requireScope(authenticate: Authenticate): RequireScope {
  const handler = (scope: Scope): RequestHandler => {
    return async (req, res, next) => {
      const { scopes } = await admit(authenticate, req, localsOf(res));
      if (!scopes.includes(scope)) {
        throw new DialgateError('forbidden', `This needs the scope ${scope}.`, { neededScope: scope });
      }
      next();
    };
  };
  return (scope) => Object.assign(handler(scope), { scope });
}

/** Lets nobody through but users who have logged in, whatever they may do. */
export function requireLogin(authenticate: Authenticate): RequestHandler {
  return async (req, res, next) => {
    const { token } = await admit(authenticate, req, localsOf(res));
    if (token === null) throw new DialgateError('forbidden', 'An API key is revoked, not logged out.');
    next();
  };
}

async function admit(authenticate: Authenticate, req: Request, locals: ReturnType<typeof localsOf>): Promise<Bearer> {
  const bearer = await authenticate(req);
  if (bearer === null) throw new DialgateError('unauthorized', 'An access token is needed.');
  locals.user = bearer.user;
  locals.bearer = bearer;
  return bearer;
}

/** Whose calls a request may see and end: with the scope `admin` everybody's (null), else the user's own. */
export function whoseCalls({ user, scopes }: Pick<Bearer, 'user' | 'scopes'>): string | null {
  return scopes.includes('admin') ? null : user.id;
}

/** RFC 6750 §2.1; the scheme's case does not matter. */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

const TOKEN_MAX_LENGTH = 4_096;

function bearerToken(header: string): string {
  const token = header.length > TOKEN_MAX_LENGTH ? undefined : BEARER.exec(header)?.[1];
  if (token === undefined) throw invalidToken();
  return token;
}

function invalidToken(): DialgateError {
  return new DialgateError('unauthorized', 'The access token is not valid.');
}
