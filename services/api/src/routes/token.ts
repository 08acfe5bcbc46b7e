import { DialgateError, scopesOfRole, type ErrorCode } from '@dialgate/domain';
import { Router, type ErrorRequestHandler, type Response } from 'express';
import type { LogIn } from '../auth/log-in.js';
import type { LoginQuota } from '../auth/login-counts.js';
import type { Tokens } from '../auth/tokens.js';
import { loginBody } from '../middleware/body.js';
import { httpStatusOf } from '../middleware/errors.js';
import { localsOf } from '../middleware/locals.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { login } from '../schemas/login.js';
import { valid } from '../schemas/valid.js';

/** Logins, as an OAuth 2 password grant (RFC 6749 §4.3), with its words for what is wrong. */
export function createTokenRoutes(deps: {
  readonly logIn: LogIn;
  readonly tokens: Tokens;
  /** How many wrong logins are free, for the headers. */
  readonly loginRateLimit: number;
}): Router {
  const { logIn, tokens, loginRateLimit } = deps;
  const routes = Router();

  routes
    .route('/token')
    .post(...loginBody(), async (req, res) => {
      res.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
      const { grant_type: grantType = '', username, password } = valid(login, req.body);
      if (grantType !== '' && grantType !== 'password') {
        sendOauthError(res, 'unsupported_grant_type', 'invalid_request', 'The only grant type is password.');
        return;
      }
      const { user, quota } = await logIn(req, username, password);
      if (quota !== null) setQuotaHeaders(res, quota);
      if (user === null) {
        res.set('WWW-Authenticate', 'Bearer realm="dialgate"');
        sendOauthError(res, 'invalid_grant', 'invalid_credentials', 'The username or the password is wrong.');
        return;
      }
      localsOf(res).user = user;
      res.json({
        access_token: tokens.issue(user),
        token_type: 'bearer',
        expires_in: tokens.expiresInSeconds,
        scope: scopesOfRole(user.role).join(' '), // Not always what was asked for, so it has to be said: RFC 6749 §3.3.
      });
    })
    .all(onlyMethods('POST'));
  routes.use('/token', withQuota(loginRateLimit), inOauthWords);

  return routes;
}

/** Wrong fields in OAuth's words; everything else is said as everywhere. */
const inOauthWords: ErrorRequestHandler = (error, _req, res, next) => {
  if (error instanceof DialgateError && error.details.fields !== undefined) {
    const wrong = error.details.fields.map(({ field, problem }) => `${field} ${problem}`).join('; ');
    sendOauthError(res, 'invalid_request', 'invalid_request', wrong);
  } else next(error);
};

/** RFC 6749 §5.2, with our own code beside it. */
function sendOauthError(res: Response, error: string, code: ErrorCode, description: string): void {
  const { requestId } = localsOf(res);
  res.status(httpStatusOf(code)).json({ error, error_description: description, code, request_id: requestId });
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
