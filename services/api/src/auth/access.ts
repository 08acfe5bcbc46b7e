import type { Database } from '@dialgate/database';
import type { Logger } from '@dialgate/service-kit';
import type { Audit } from '../audit/audit.js';
import type { Config } from '../config.js';
import type { RateLimits } from '../limits/rate-limits.js';
import { createApiKeyCheck } from './api-keys.js';
import { createLogIn } from './log-in.js';
import { createLoginGuard } from './login-guard.js';
import { createPasswordCheck } from './passwords.js';
import { createAuthentication } from './require-user.js';
import { signingKey } from './secret-key.js';
import { createTokens } from './tokens.js';

/** Who may come in: by the token of a login, or by a key. */
export function createAccess(deps: {
  readonly auth: Config['auth'];
  readonly database: Pick<Database, 'users' | 'tokens' | 'keys'>;
  readonly limits: RateLimits;
  readonly audit: Audit;
  readonly log: Logger;
}) {
  const { auth, database, limits, audit, log } = deps;
  const tokens = createTokens({
    key: signingKey(auth.secretKey),
    previous: auth.previousSecretKeys.map(signingKey),
    expiresInSeconds: auth.tokenLifetimeSeconds,
  });
  const authenticate = createAuthentication({
    tokens,
    stored: database.tokens,
    checkApiKey: createApiKeyCheck({ keys: database.keys, log }),
  });
  const logIn = createLogIn({
    checkPassword: createPasswordCheck(database.users),
    guard: auth.loginRateLimit === 0 ? null : createLoginGuard({ limits, limit: auth.loginRateLimit, log }),
    log,
    audit,
  });
  return { tokens, authenticate, logIn };
}
