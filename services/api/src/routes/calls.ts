import type { Calls } from '@dialgate/database';
import type { RequestHandler, Router } from 'express';
import type { Audit } from '../audit/audit.js';
import { whoseCalls, type RequireScope } from '../auth/require-user.js';
import { statusView } from '../calls/call-view.js';
import { noSuchCall, type HangUpCall } from '../calls/hang-up-call.js';
import { bearerOf, localsOf } from '../middleware/locals.js';
import { exactRouter } from '../middleware/exact-router.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { validCallId } from '../schemas/call-id.js';

/** What became of a call, and the end of it. Others' calls do not exist for a user who is no admin. */
export function createCallRoutes(deps: {
  readonly requireScope: RequireScope;
  readonly calls: Pick<Calls, 'find'>;
  readonly hangUpCall: HangUpCall;
  readonly audit: Audit;
}): Router {
  const { requireScope, calls, hangUpCall, audit } = deps;
  const routes = exactRouter();
  const toRead = requireScope('calls:read');
  const toCancel = requireScope('calls:cancel');

  const status: RequestHandler = async (req, res) => {
    const callId = validCallId(req.params.call_id);
    localsOf(res).callId = callId;
    const call = await calls.find(callId, whoseCalls(bearerOf(res)));
    if (call === null) throw noSuchCall();
    res.set('Cache-Control', 'no-store').json(statusView(call));
  };

  const hangUp: RequestHandler = async (req, res) => {
    const callId = validCallId(req.params.call_id);
    localsOf(res).callId = callId;
    const { call, isFirst } = await hangUpCall(callId, whoseCalls(bearerOf(res)));
    if (isFirst) audit.record(req, 'call_canceled', { subject: { kind: 'call', id: callId } });
    res.status(202).set('Cache-Control', 'no-store').json(statusView(call));
  };

  for (const path of ['/status/:call_id', '/interaction/:call_id/status']) {
    routes.route(path).get(toRead, status).all(onlyMethods('GET'));
  }
  routes.route('/calls/:call_id').get(toRead, status).delete(toCancel, hangUp).all(onlyMethods('GET', 'DELETE'));
  routes.route('/calls/:call_id/hangup').post(toCancel, hangUp).all(onlyMethods('POST'));

  return routes;
}
