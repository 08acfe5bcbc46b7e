import type { Calls } from '@dialgate/database';
import type { DialLimits } from '@dialgate/redis';
import type { RequestHandler, Router } from 'express';
import type { Audit } from '../audit/audit.js';
import { whoseCalls, type RequireScope } from '../auth/require-user.js';
import { statusViews } from '../calls/call-views.js';
import { queueView } from '../calls/queue-view.js';
import { noSuchCall, type HangUpCall } from '../calls/hang-up-call.js';
import { timelineView } from '../calls/timeline-view.js';
import { bearerOf, localsOf } from '../middleware/locals.js';
import { exactRouter } from '../middleware/exact-router.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { validCallId } from '../schemas/call-id.js';
import { TIMELINE_PAGE, timelineQuery } from '../schemas/timeline-query.js';
import { valid } from '../schemas/valid.js';

/** What became of a call, and the end of it. Others' calls do not exist for a user who is no admin. */
export function createCallRoutes(deps: {
  readonly requireScope: RequireScope;
  readonly calls: Pick<Calls, 'find' | 'timeline' | 'results' | 'orders' | 'queuePlace'>;
  readonly workerLimits: () => Promise<DialLimits | null>;
  readonly hangUpCall: HangUpCall;
  readonly audit: Audit;
}): Router {
  const { requireScope, calls, workerLimits, hangUpCall, audit } = deps;
  const routes = exactRouter();
  const toRead = requireScope('calls:read');
  const toCancel = requireScope('calls:cancel');

  const status: RequestHandler = async (req, res) => {
    const callId = validCallId(req.params.call_id);
    localsOf(res).callId = callId;
    const call = await calls.find(callId, whoseCalls(bearerOf(res)));
    if (call === null) throw noSuchCall();
    const [view] = await statusViews(calls, [call]);
    const place = call.status === 'pending' ? await calls.queuePlace(callId) : null;
    const queue = queueView(place, place === null ? null : await workerLimits());
    res.set('Cache-Control', 'no-store').json({ ...view, queue });
  };

  const hangUp: RequestHandler = async (req, res) => {
    const callId = validCallId(req.params.call_id);
    localsOf(res).callId = callId;
    const { call, isFirst } = await hangUpCall(callId, whoseCalls(bearerOf(res)));
    if (isFirst) audit.record(req, 'call_canceled', { subject: { kind: 'call', id: callId } });
    const [view] = await statusViews(calls, [call]);
    res.status(202).set('Cache-Control', 'no-store').json(view);
  };

  const timeline: RequestHandler = async (req, res) => {
    const callId = validCallId(req.params.call_id);
    localsOf(res).callId = callId;
    const { limit, cursor = '0' } = valid(timelineQuery, req.query, 'query');
    const own = whoseCalls(bearerOf(res));
    if ((await calls.find(callId, own)) === null) throw noSuchCall();
    const size = limit === undefined ? TIMELINE_PAGE.default : Number(limit);
    const entries = await calls.timeline(callId, cursor, size + 1);
    res.set('Cache-Control', 'no-store').json(timelineView(callId, entries, size, own === null));
  };

  for (const path of ['/status/:call_id', '/interaction/:call_id/status']) {
    routes.route(path).get(toRead, status).all(onlyMethods('GET'));
  }
  routes.route('/calls/:call_id').get(toRead, status).delete(toCancel, hangUp).all(onlyMethods('GET', 'DELETE'));
  routes.route('/calls/:call_id/events').get(toRead, timeline).all(onlyMethods('GET'));
  routes.route('/calls/:call_id/hangup').post(toCancel, hangUp).all(onlyMethods('POST'));

  return routes;
}
