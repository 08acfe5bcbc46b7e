import type { Webhooks } from '@dialgate/database';
import type { Router } from 'express';
import type { Audit } from '../audit/audit.js';
import type { RequireScope } from '../auth/require-user.js';
import { exactRouter } from '../middleware/exact-router.js';
import { bearerOf } from '../middleware/locals.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { newSecret, OVERLAP_HOURS } from './webhooks.js';

/**
 * The secret that signs what goes to the `webhook_url`s of a user's calls. One for all of them: a receiver that a call names has
 * made no endpoint, and could be given none of its own.
 */
export function createCallWebhookRoutes(deps: {
  readonly requireScope: RequireScope;
  readonly webhooks: Pick<Webhooks, 'rotateCallSecret'>;
  readonly audit: Audit;
}): Router {
  const { requireScope, webhooks, audit } = deps;
  const routes = exactRouter();

  routes
    .route('/webhook-secret')
    .post(requireScope('webhooks:manage'), async (req, res) => {
      const { id, username } = bearerOf(res).user;
      const secret = newSecret();
      const until = await webhooks.rotateCallSecret(id, secret, OVERLAP_HOURS);
      audit.record(req, 'call_webhook_secret_rotated', { subject: { kind: 'user', id: username } });
      res
        .set('Cache-Control', 'no-store')
        .json({ username, secret, previous_secret_until: until?.toISOString() ?? null });
    })
    .all(onlyMethods('POST'));

  return routes;
}
