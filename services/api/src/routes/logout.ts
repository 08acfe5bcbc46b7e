import type { Tokens } from '@dialgate/database';
import type { RequestHandler, Router } from 'express';
import type { Audit } from '../audit/audit.js';
import { bearerOf } from '../middleware/locals.js';
import { exactRouter } from '../middleware/exact-router.js';
import { onlyMethods } from '../middleware/unmatched.js';

/** The end of a token before its time: of the one that is sent, and of no other. */
export function createLogoutRoutes(deps: {
  readonly requireLogin: RequestHandler;
  readonly tokens: Pick<Tokens, 'revoke'>;
  readonly audit: Audit;
}): Router {
  const { requireLogin, tokens, audit } = deps;
  const routes = exactRouter();

  routes
    .route('/logout')
    .post(requireLogin, async (req, res) => {
      const { token } = bearerOf(res);
      if (token !== null) await tokens.revoke(token.id, token.expiresAt);
      audit.record(req, 'token_revoked');
      res.status(204).set('Cache-Control', 'no-store').end();
    })
    .all(onlyMethods('POST'));

  return routes;
}
