import type { RequestHandler, Router } from 'express';
import type { Audit } from '../audit/audit.js';
import { recordRefusal, recordRefusals } from '../audit/record-refusals.js';
import type { RequireScope } from '../auth/require-user.js';
import { numberIn, shapeProblems, type AskNumber } from '../calls/asked-number.js';
import type { CheckCall } from '../calls/check-call.js';
import { jsonBody } from '../middleware/body.js';
import { httpStatusOf, pathOf, problemView } from '../middleware/errors.js';
import { exactRouter } from '../middleware/exact-router.js';
import { localsOf, userOf } from '../middleware/locals.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { callRequest } from '../schemas/create-call.js';
import { valid } from '../schemas/valid.js';

/** Whether a call would be accepted, for those who ask before they call. */
export function createCheckRoutes(deps: {
  readonly requireScope: RequireScope;
  /** Stand behind `requireScope`: a check counts as a request for a call, or numbers could be tried without end. */
  readonly rateLimit: readonly RequestHandler[];
  readonly checkCall: CheckCall;
  readonly askNumber: AskNumber;
  readonly audit: Audit;
}): Router {
  const { requireScope, rateLimit, checkCall, askNumber, audit } = deps;
  const routes = exactRouter();

  routes
    .route('/calls/check')
    .post(requireScope('calls:create'), ...rateLimit, ...jsonBody(), async (req, res) => {
      const number = await askNumber(numberIn(req.body), 'body.phone_number');
      const { phone_number: text, ...options } = valid(callRequest, req.body, 'body', shapeProblems(number));
      const { id: userId, ownLimits, suspensionLiftedAt } = userOf(res);
      const asker = { userId, ownLimits, suspensionLiftedAt, idempotencyKey: null };
      const wanted = { route: 'POST /calls', number: { ...number, text }, options, body: 'body', ...asker };
      const { call, inTheWay } = await checkCall(wanted);
      // Who asks before they call tries what pays without being refused: an admin shall see that all the same.
      if (inTheWay !== null) recordRefusal(audit, req, inTheWay, text, { checked: true });
      const { verdict } = number;
      res.set('Cache-Control', 'no-store').json({
        acceptable: inTheWay === null,
        phone_number: call.phoneNumber,
        number: verdict.verdict === 'allowed' ? verdict.number : null,
        country: verdict.verdict === 'allowed' ? verdict.country : null,
        not_before: call.notBefore?.toISOString() ?? null,
        status: inTheWay === null ? 202 : httpStatusOf(inTheWay.code),
        problem: inTheWay === null ? null : problemView(inTheWay, pathOf(req), localsOf(res).requestId),
        retry_after: inTheWay?.details.retryAfterSeconds ?? null,
      });
    })
    .all(onlyMethods('POST'));

  routes.use(recordRefusals(audit));
  return routes;
}
