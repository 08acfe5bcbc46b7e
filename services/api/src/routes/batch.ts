import type { OriginateProducer } from '@dialgate/redis';
import type { Logger } from '@dialgate/service-kit';
import type { Request, RequestHandler, Response, Router } from 'express';
import type { Audit } from '../audit/audit.js';
import { recordRefusal, recordRefusals } from '../audit/record-refusals.js';
import type { RequireScope } from '../auth/require-user.js';
import { acceptedView } from '@dialgate/domain';
import type { BatchResult, createCreateBatch } from '../calls/create-batch.js';
import { BATCH_LIMIT, jsonBody } from '../middleware/body.js';
import { asDialgateError, httpStatusOf, pathOf, problemView } from '../middleware/errors.js';
import { exactRouter } from '../middleware/exact-router.js';
import { localsOf, userOf } from '../middleware/locals.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { batchRequest } from '../schemas/create-call.js';
import { valid } from '../schemas/valid.js';

/** Many calls in one request, with a result for each. */
export function createBatchRoutes(deps: {
  readonly requireScope: RequireScope;
  /** Stand behind `requireScope`. */
  readonly mayCall: readonly RequestHandler[];
  readonly createBatch: ReturnType<typeof createCreateBatch>;
  readonly queue: Pick<OriginateProducer, 'ready'>;
  readonly audit: Audit;
  readonly log: Logger;
}): Router {
  const { requireScope, mayCall, createBatch, queue, audit, log } = deps;
  const routes = exactRouter();

  routes
    .route('/calls/batch')
    .post(requireScope('calls:create'), ...mayCall, ...jsonBody(BATCH_LIMIT), async (req, res) => {
      const { calls } = valid(batchRequest, req.body);
      const { id: userId, ownLimits, suspensionLiftedAt } = userOf(res);
      const results = await createBatch(calls, { userId, ownLimits, suspensionLiftedAt });
      const accepted = results.filter(({ outcome }) => outcome === 'accepted').length;
      const { requestId } = localsOf(res);
      log.info({ requestId, userId, accepted, refused: results.length - accepted }, 'Batch of calls answered');
      if (!queue.ready()) res.setHeader('X-Queue', 'degraded');
      res.set('Cache-Control', 'no-store').json({
        accepted,
        refused: results.length - accepted,
        results: results.map((result) => told(result, req, res)),
      });
    })
    .all(onlyMethods('POST'));

  // What refuses the batch as a whole.
  routes.use(recordRefusals(audit));
  return routes;

  /** A result as it would have been answered alone, written down where a refusal is. */
  function told(result: BatchResult, req: Request, res: Response): object {
    if (result.outcome === 'accepted') {
      const { call } = result;
      return {
        status: 202,
        call: acceptedView(call),
        replayed: call.outcome === 'replayed',
        problem: null,
        retry_after: null,
      };
    }
    const error = asDialgateError(result.error);
    const { requestId } = localsOf(res);
    if (error.code === 'internal') log.error({ requestId, error: error.details.cause }, 'Call of a batch failed');
    recordRefusal(audit, req, error, result.number);
    return {
      status: httpStatusOf(error.code),
      call: null,
      replayed: false,
      problem: problemView(error, pathOf(req), requestId),
      retry_after: error.details.retryAfterSeconds ?? null,
    };
  }
}
