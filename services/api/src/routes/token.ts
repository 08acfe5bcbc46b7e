import { DialgateError, type ErrorCode } from '@dialgate/domain';
import { Router, type ErrorRequestHandler, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { CheckPassword } from '../auth/passwords.js';
import type { Tokens } from '../auth/tokens.js';
import { loginBody } from '../middleware/body.js';
import { httpStatusOf } from '../middleware/errors.js';
import { localsOf } from '../middleware/locals.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { login } from '../schemas/login.js';
import { valid } from '../schemas/valid.js';

/** Logins, as an OAuth 2 password grant (RFC 6749 §4.3), with its words for what is wrong. */
export function tokenRoutes(deps: {
  readonly checkPassword: CheckPassword;
  readonly tokens: Tokens;
  /** How many wrong logins one address may try in a minute; 0 sets no limit. */
  readonly loginRateLimit: number;
}): Router {
  const { checkPassword, tokens, loginRateLimit } = deps;
  const routes = Router();
  const limit = loginRateLimit === 0 ? [] : [loginLimit(loginRateLimit)];

  routes
    .route('/token')
    .post(...limit, ...loginBody(), async (req, res) => {
      res.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
      const { grant_type: grantType = '', username, password } = valid(login, req.body);
      if (grantType !== '' && grantType !== 'password') {
        sendOauthError(res, 'unsupported_grant_type', 'invalid_request', 'The only grant type is password.');
        return;
      }
      const user = await checkPassword(username, password);
      if (user === null) {
        res.set('WWW-Authenticate', 'Bearer realm="dialgate"');
        sendOauthError(res, 'invalid_grant', 'invalid_credentials', 'The username or the password is wrong.');
        return;
      }
      localsOf(res).user = user;
      res.json({ access_token: tokens.issue(user.id), token_type: 'bearer', expires_in: tokens.expiresInSeconds });
    })
    .all(onlyMethods('POST'));
  routes.use('/token', inOauthWords);

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

/**
 * Against guessing: only wrong logins count, so that a busy client with the right password is never locked out. IPv6
 * addresses count by their /56.
 */
function loginLimit(perMinute: number) {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_req, res) => res.statusCode < 400 || res.statusCode >= 500,
    // The header may come from anybody; TRUST_PROXY decides whether it counts.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: () => {
      throw new DialgateError('too_many_requests', 'Too many wrong logins from this address; try again in a minute.');
    },
  });
}
