import type { OriginateProducer } from '@dialgate/redis';
import type { Request, RequestHandler, Response, Router } from 'express';
import { acceptedView } from '@dialgate/domain';
import type { Audit } from '../audit/audit.js';
import { recordRefusals } from '../audit/record-refusals.js';
import type { RequireScope } from '../auth/require-user.js';
import { numberIn, shapeProblems, type AskNumber } from '../calls/asked-number.js';
import type { CreateCall } from '../calls/create-call.js';
import type { AskedNumber, WantedCall } from '../calls/judge-call.js';
import { idempotencyKey } from '../calls/idempotency.js';
import { jsonBody } from '../middleware/body.js';
import { forwardedPrefix } from '../middleware/client-address.js';
import { localsOf, userOf } from '../middleware/locals.js';
import { exactRouter } from '../middleware/exact-router.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { API_BASE } from '../paths.js';
import { callRequest, callOptions } from '../schemas/create-call.js';
import { invalidFields, valid } from '../schemas/valid.js';

/** The two ways to ask for a call: the number in the path, or in the body. */
export function createIntakeRoutes(deps: {
  readonly requireScope: RequireScope;
  /** Stand behind `requireScope`: who is suspended, and who asks too often. */
  readonly rateLimit: readonly RequestHandler[];
  readonly createCall: CreateCall;
  readonly queue: Pick<OriginateProducer, 'ready'>;
  readonly askNumber: AskNumber;
  readonly audit: Audit;
}): Router {
  const { requireScope, rateLimit, createCall, queue, askNumber, audit } = deps;
  const body = jsonBody();
  const toCreate = requireScope('calls:create');
  const routes = exactRouter();

  function asked(res: Response, text: string, field: string): Promise<AskedNumber> {
    localsOf(res).askedNumber = text;
    return askNumber(text, field);
  }

  async function accept(req: Request, res: Response, wanted: Wanted): Promise<void> {
    const { id: userId, ownLimits, suspensionLiftedAt } = userOf(res);
    const call = await createCall({
      ...wanted,
      body: 'body',
      userId,
      ownLimits,
      suspensionLiftedAt,
      idempotencyKey: idempotencyKey(req.headersDistinct['idempotency-key']),
    });
    localsOf(res).callId = call.id;
    if (!queue.ready()) res.setHeader('X-Queue', 'degraded');
    if (call.outcome === 'replayed') res.setHeader('Idempotency-Replayed', 'true');
    res.setHeader('Location', `${forwardedPrefix(req)}${API_BASE}/status/${call.id}`);
    res.status(202).json(acceptedView(call));
  }

  routes
    .route('/interaction/:number')
    .post(toCreate, ...rateLimit, ...body, async (req, res) => {
      const number = await asked(res, req.params.number, 'path.number');
      const options = valid(callOptions, req.body, 'body', shapeProblems(number));
      await accept(req, res, { route: 'POST /interaction', number, options });
    })
    .all(onlyMethods('POST'));

  routes
    .route('/calls')
    .post(toCreate, ...rateLimit, ...body, async (req, res) => {
      const number = await asked(res, numberIn(req.body), 'body.phone_number');
      const { phone_number: text, ...options } = valid(callRequest, req.body, 'body', shapeProblems(number));
      await accept(req, res, { route: 'POST /calls', number: { ...number, text }, options });
    })
    .get((_req, _res, next) => next('router')) // Lists are read elsewhere.
    .all(onlyMethods('GET', 'POST'));

  routes.use(recordRefusals(audit));
  return routes;
}

/**
 * For numbers that make more than one piece of a path, or none: said like any other wrong number. Stands behind all other
 * routes under /interaction.
 */
export function createStrayNumberRoutes(requireScope: RequireScope): Router {
  const routes = exactRouter();
  routes.post('/interaction{/*number}{/}', requireScope('calls:create'), () => {
    throw invalidFields([{ field: 'path.number', problem: 'must be an international number such as +33123456789' }]);
  });
  return routes;
}

type Wanted = Pick<WantedCall, 'route' | 'number' | 'options'>;
