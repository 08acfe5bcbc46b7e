import { DialgateError, scopesOfRole } from '@dialgate/domain';
import type { ErrorRequestHandler, Response, Router } from 'express';
import type { Audit } from '../audit/audit.js';
import type { LogIn } from '../auth/log-in.js';
import type { LoginQuota } from '../auth/login-counts.js';
import type { Tokens } from '../auth/tokens.js';
import { loginBody } from '../middleware/body.js';
import { exactRouter } from '../middleware/exact-router.js';
import { localsOf } from '../middleware/locals.js';
import { UnsupportedGrantType } from '../middleware/oauth-errors.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { login } from '../schemas/login.js';
import { valid } from '../schemas/valid.js';

/** Logins, as an OAuth 2 password grant (RFC 6749 §4.3), with its words for what is wrong. */
export function createTokenRoutes(deps: {
  readonly logIn: LogIn;
  readonly tokens: Tokens;
  readonly audit: Audit;
  /** How many wrong logins are free, for the headers. */
  readonly loginRateLimit: number;
}): Router {
  const { logIn, tokens, audit, loginRateLimit } = deps;
  const routes = exactRouter();

  routes
    .route('/token')
    .post(...loginBody(), async (req, res) => {
      res.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
      const { grant_type: grantType = '', username, password } = valid(login, req.body);
      if (grantType !== '' && grantType !== 'password') {
        throw new UnsupportedGrantType();
      }
      const { user, quota } = await logIn(req, username, password);
      if (quota !== null) setQuotaHeaders(res, quota);
      if (user === null) {
        res.set('WWW-Authenticate', 'Bearer realm="dialgate"');
        throw new DialgateError('invalid_credentials', 'The username or the password is wrong.');
      }
      localsOf(res).user = user;
      audit.record(req, 'token_issued', { detail: { expires_in: tokens.expiresInSeconds } });
      res.json({
        access_token: tokens.issue(user),
        token_type: 'bearer',
        expires_in: tokens.expiresInSeconds,
        scope: scopesOfRole(user.role).join(' '), // Not always what was asked for, so it has to be said: RFC 6749 §3.3.
      });
    })
    .all(onlyMethods('POST'));
  routes.use('/token', withQuota(loginRateLimit));

  return routes;
}

/** Whoever is locked out has nothing left until then. */
function withQuota(limit: number): ErrorRequestHandler {
  return (error, _req, res, next) => {
    if (error instanceof DialgateError && error.code === 'too_many_requests') {
      setQuotaHeaders(res, { limit, remaining: 0, resetSeconds: error.details.retryAfterSeconds ?? 1 });
    }
    next(error);
  };
}

/** draft-ietf-httpapi-ratelimit-headers-08: so many wrong logins a minute at most, so many left. */
function setQuotaHeaders(res: Response, { limit, remaining, resetSeconds }: LoginQuota): void {
  res.setHeader('RateLimit-Policy', `"login"; q=${limit}; w=60`);
  res.setHeader('RateLimit', `"login"; r=${remaining}; t=${resetSeconds}`);
}
