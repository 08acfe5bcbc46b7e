import type { WebhookEndpoint, Webhooks } from '@dialgate/database';
import { DialgateError, TEST_EVENT } from '@dialgate/domain';
import type { Request, Response, Router } from 'express';
import type { Audit } from '../audit/audit.js';
import type { RequireScope } from '../auth/require-user.js';
import { jsonBody } from '../middleware/body.js';
import { exactRouter } from '../middleware/exact-router.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { isUuid } from '../schemas/call-id.js';
import { validPosition } from '../schemas/page.js';
import { valid } from '../schemas/valid.js';
import { LOG_PAGE, logQuery, replayRequest } from '../schemas/webhook.js';
import { deliveriesView, deliveryPositionOf } from './webhook-view.js';
import { askedWebhook, found, noSuchWebhook, ofItsOwn } from './webhooks.js';

/** What was sent to an endpoint, and sending again. */
export function createWebhookDeliveryRoutes(deps: {
  readonly requireScope: RequireScope;
  readonly webhooks: Pick<Webhooks, 'find' | 'deliveries' | 'addTest' | 'replay' | 'replaySince'>;
  readonly audit: Audit;
}): Router {
  const { requireScope, webhooks, audit } = deps;
  const toManage = requireScope('webhooks:manage');
  const routes = exactRouter();

  /** One that is switched off would keep what is asked for until it is switched on again. */
  async function enabledWebhook(req: Request, res: Response): Promise<WebhookEndpoint> {
    const endpoint = found(await webhooks.find(...askedWebhook(req, res)));
    if (endpoint.disabledAt !== null)
      throw new DialgateError('webhook_disabled', 'The endpoint is switched off; switch it on first.');
    return endpoint;
  }

  routes
    .route('/webhooks/:webhook_id/deliveries')
    .get(toManage, async (req, res) => {
      const { limit, cursor } = valid(logQuery, req.query, 'query');
      const size = limit === undefined ? LOG_PAGE.default : Number(limit);
      const before = validPosition(cursor, deliveryPositionOf);
      const { id } = found(await webhooks.find(...askedWebhook(req, res)));
      res.set('Cache-Control', 'no-store').json(deliveriesView(await webhooks.deliveries(id, before, size + 1), size));
    })
    .all(onlyMethods('GET'));

  routes
    .route('/webhooks/:webhook_id/test')
    .post(toManage, async (req, res) => {
      const { id } = ofItsOwn(await enabledWebhook(req, res));
      res
        .status(202)
        .set('Cache-Control', 'no-store')
        .json({ delivery_id: await webhooks.addTest(id, TEST_EVENT) });
    })
    .all(onlyMethods('POST'));

  routes
    .route('/webhooks/:webhook_id/replay')
    .post(toManage, ...jsonBody(), async (req, res) => {
      const { since } = valid(replayRequest, req.body);
      const { id } = await enabledWebhook(req, res);
      const replayed = await webhooks.replaySince(id, new Date(since));
      audit.record(req, 'webhook_replayed', { subject: { kind: 'webhook', id }, detail: { since, replayed } });
      res.status(202).set('Cache-Control', 'no-store').json({ replayed });
    })
    .all(onlyMethods('POST'));

  routes
    .route('/webhooks/:webhook_id/deliveries/:delivery_id/replay')
    .post(toManage, async (req, res) => {
      const { id } = await enabledWebhook(req, res);
      const deliveryId = req.params.delivery_id;
      if (!isUuid(deliveryId) || !(await webhooks.replay(id, deliveryId))) throw noSuchWebhook();
      audit.record(req, 'webhook_replayed', { subject: { kind: 'webhook', id }, detail: { delivery: deliveryId } });
      res.status(202).set('Cache-Control', 'no-store').json({ delivery_id: deliveryId });
    })
    .all(onlyMethods('POST'));

  return routes;
}
