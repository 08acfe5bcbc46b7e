import { randomBytes } from 'node:crypto';
import type { WebhookEndpoint, Webhooks } from '@dialgate/database';
import { ALL_CALL_EVENTS, DialgateError, type AuditDetail } from '@dialgate/domain';
import type { Request, Response, Router } from 'express';
import type { Audit } from '../audit/audit.js';
import { whoseCalls, type RequireScope } from '../auth/require-user.js';
import { jsonBody } from '../middleware/body.js';
import { exactRouter } from '../middleware/exact-router.js';
import { bearerOf } from '../middleware/locals.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { isUuid } from '../schemas/call-id.js';
import { invalidFields, valid } from '../schemas/valid.js';
import { urlProblems, webhookPatch, webhookRequest } from '../schemas/webhook.js';
import { webhookView } from './webhook-view.js';

/** How long deliveries are signed with the secret before a rotation as well, in hours. */
export const OVERLAP_HOURS = 24;

/** What stands in a path as a webhook's id, and whose it must be: a user's own, for admins anybody's. */
export function askedWebhook(req: Request, res: Response): [id: string, owner: string | null] {
  const id = req.params.webhook_id;
  if (!isUuid(id)) throw noSuchWebhook();
  return [id, whoseCalls(bearerOf(res))];
}

export function noSuchWebhook(): DialgateError {
  return new DialgateError('webhook_not_found', 'There is no such webhook endpoint.');
}

/** @throws DialgateError `webhook_of_calls` for one that stands for the `webhook_url`s of calls. */
export function ofItsOwn(endpoint: WebhookEndpoint): WebhookEndpoint {
  if (!endpoint.perCall) return endpoint;
  throw new DialgateError('webhook_of_calls', 'The endpoint stands for the webhook_url of calls at one host.');
}

export function found<Thing>(thing: Thing | null): Thing {
  if (thing === null) throw noSuchWebhook();
  return thing;
}

/** Where a user's calls are reported to. Others' endpoints do not exist for a user who is no admin. */
export function createWebhookRoutes(deps: {
  readonly requireScope: RequireScope;
  readonly webhooks: Pick<Webhooks, 'create' | 'list' | 'find' | 'change' | 'rotateSecret' | 'remove'>;
  readonly settings: { readonly perUser: number; readonly allowHttp: boolean };
  readonly audit: Audit;
}): Router {
  const { requireScope, webhooks, settings, audit } = deps;
  const toManage = requireScope('webhooks:manage');
  const routes = exactRouter();

  routes
    .route('/webhooks')
    .get(toManage, async (_req, res) => {
      const list = await webhooks.list(whoseCalls(bearerOf(res)));
      res.set('Cache-Control', 'no-store').json({ webhooks: list.map(webhookView) });
    })
    .post(toManage, ...jsonBody(), async (req, res) => {
      const { url, events = [ALL_CALL_EVENTS], description = null } = valid(webhookRequest, req.body);
      refuseBadUrl(url, settings.allowHttp);
      const secret = newSecret();
      const wanted = { userId: bearerOf(res).user.id, url, events, description, secret };
      const made = await webhooks.create(wanted, settings.perUser);
      if (made === null)
        throw new DialgateError('webhook_limit_reached', `${settings.perUser} endpoints are all one may have.`);
      audit.record(req, 'webhook_created', about(made));
      res.status(201).location(`${req.baseUrl}/webhooks/${made.id}`).set('Cache-Control', 'no-store');
      res.json({ ...webhookView(made), secret });
    })
    .all(onlyMethods('GET', 'POST'));

  routes
    .route('/webhooks/:webhook_id')
    .get(toManage, async (req, res) => {
      const endpoint = found(await webhooks.find(...askedWebhook(req, res)));
      res.set('Cache-Control', 'no-store').json(webhookView(endpoint));
    })
    .patch(toManage, ...jsonBody(), async (req, res) => {
      const change = valid(webhookPatch, req.body);
      refuseBadUrl(change.url, settings.allowHttp);
      if (change.url !== undefined || change.events !== undefined) {
        ofItsOwn(found(await webhooks.find(...askedWebhook(req, res))));
      }
      const changed = found(await webhooks.change(...askedWebhook(req, res), change));
      audit.record(req, 'webhook_changed', about(changed, { changed: Object.keys(change).join(' ') }));
      res.set('Cache-Control', 'no-store').json(webhookView(changed));
    })
    .delete(toManage, async (req, res) => {
      const removed = found(await webhooks.remove(...askedWebhook(req, res)));
      audit.record(req, 'webhook_deleted', about(removed));
      res.status(204).set('Cache-Control', 'no-store').end();
    })
    .all(onlyMethods('GET', 'PATCH', 'DELETE'));

  routes
    .route('/webhooks/:webhook_id/rotate-secret')
    .post(toManage, async (req, res) => {
      ofItsOwn(found(await webhooks.find(...askedWebhook(req, res))));
      const secret = newSecret();
      const rotated = found(await webhooks.rotateSecret(...askedWebhook(req, res), secret, OVERLAP_HOURS));
      audit.record(req, 'webhook_secret_rotated', about(rotated));
      res.set('Cache-Control', 'no-store').json({ ...webhookView(rotated), secret });
    })
    .all(onlyMethods('POST'));

  return routes;
}

/** Standard Webhooks 1.0.0: 24 to 64 bytes. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function refuseBadUrl(url: string | undefined, allowHttp: boolean): void {
  const problems = urlProblems(url, allowHttp);
  if (problems.length > 0) throw invalidFields(problems);
}

/** Of its address only the host: the rest may hold what lets one in there. */
function about({ id, username, url }: WebhookEndpoint, more: AuditDetail = {}) {
  return { subject: { kind: 'webhook', id } as const, detail: { user: username, host: new URL(url).host, ...more } };
}
