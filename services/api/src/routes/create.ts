import type { FieldProblem } from '@dialgate/domain';
import type { OriginateProducer } from '@dialgate/redis';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { userOf } from '../auth/require-user.js';
import { acceptedView } from '../calls/call-view.js';
import type { CreateCall } from '../calls/create-call.js';
import { idempotencyKey } from '../calls/idempotency.js';
import { judgeNumber } from '../calls/judge-number.js';
import type { NumberPolicy } from '../calls/number-rules.js';
import { jsonBody } from '../middleware/body.js';
import { localsOf } from '../middleware/locals.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { callRequest, callOptions, type CallOptions } from '../schemas/create-call.js';
import { invalidFields, valid } from '../schemas/valid.js';

/** The two ways to ask for a call: the number in the path, or in the body. */
export function createRoutes(deps: {
  readonly requireUser: RequestHandler;
  /** Stands behind `requireUser`. */
  readonly rateLimit: readonly RequestHandler[];
  readonly createCall: CreateCall;
  readonly queue: Pick<OriginateProducer, 'ready'>;
  readonly numbers: NumberPolicy;
}): Router {
  const { requireUser, rateLimit, createCall, queue, numbers } = deps;
  const body = jsonBody();
  const routes = Router();

  async function accept(req: Request, res: Response, wanted: Wanted): Promise<void> {
    const call = await createCall({
      ...wanted,
      userId: userOf(res).id,
      idempotencyKey: idempotencyKey(req.headersDistinct['idempotency-key']),
    });
    localsOf(res).callId = call.id;
    if (!queue.ready()) res.setHeader('X-Queue', 'degraded');
    if (call.outcome === 'replayed') res.setHeader('Idempotency-Replayed', 'true');
    res.setHeader('Location', `/api/v2/status/${call.id}`);
    res.status(202).json(acceptedView(call));
  }

  routes
    .route('/interaction/:number')
    .post(requireUser, ...rateLimit, ...body, async (req, res) => {
      const phoneNumber = req.params.number;
      const options = valid(callOptions, req.body, 'body', await numberProblems(phoneNumber, 'path.number', numbers));
      await accept(req, res, { route: 'POST /interaction', phoneNumber, numberField: 'path.number', options });
    })
    .all(onlyMethods('POST'));

  routes
    .route('/calls')
    .post(requireUser, ...rateLimit, ...body, async (req, res) => {
      const wrong = await numberProblems(numberIn(req.body), 'body.phone_number', numbers);
      const { phone_number: phoneNumber, ...options } = valid(callRequest, req.body, 'body', wrong);
      await accept(req, res, { route: 'POST /calls', phoneNumber, numberField: 'body.phone_number', options });
    })
    .all(onlyMethods('POST'));

  return routes;
}

/**
 * For numbers that make more than one piece of a path, or none: said like any other wrong number. Stands behind all other
 * routes under /interaction.
 */
export function strayNumberRoutes(requireUser: RequestHandler): Router {
  const routes = Router();
  routes.post('/interaction{/*number}', requireUser, () => {
    throw invalidFields([{ field: 'path.number', problem: 'must be an international number such as +33123456789' }]);
  });
  return routes;
}

/** A number without the shape of one, as a wrong field; whether it may be called is asked later. */
async function numberProblems(number: string | null, field: string, policy: NumberPolicy): Promise<FieldProblem[]> {
  const judged = number === null ? null : await judgeNumber(number, policy);
  return judged?.verdict === 'malformed' ? [{ field, problem: judged.problem }] : [];
}

function numberIn(body: unknown): string | null {
  const number = (body as { phone_number?: unknown } | null | undefined)?.phone_number;
  return typeof number === 'string' ? number : null;
}

interface Wanted {
  readonly route: string;
  readonly phoneNumber: string;
  readonly numberField: string;
  readonly options: CallOptions;
}
