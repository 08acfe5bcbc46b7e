import type { Logger } from '@dialgate/service-kit';
import type { Request, RequestHandler } from 'express';
import { API_BASE, BOARD_PATH } from '../paths.js';
import { clientAddress } from './client-address.js';
import { lineBudget } from './line-budget.js';
import { localsOf } from './locals.js';

/**
 * One line per request, when it is answered or its client has gone. Names the route and not the path: paths hold phone
 * numbers. Probes, and what the board's page asks for by itself, are only seen at level debug. Of requests that nobody has
 * logged in for there are so many lines a minute, and a count of the rest.
 */
export function requestLog(log: Logger): RequestHandler {
  const mayWrite = lineBudget((requests) => log.warn({ requests }, 'Requests without user unlogged'));

  return (req, res, next) => {
    const startedAt = performance.now();
    const address = clientAddress(req);
    res.once('close', () => {
      const { requestId, user, bearer, callId } = localsOf(res);
      const route = routeOf(req);
      const isRoutineOne = res.writableFinished && isRoutine(route, res.statusCode);
      if (user === undefined && !isRoutineOne && !mayWrite()) return;
      const fields = {
        requestId,
        method: req.method,
        route,
        status: res.statusCode,
        durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
        address,
        ...(user === undefined ? {} : { userId: user.id }),
        ...(bearer?.key ? { keyId: bearer.key.id } : {}),
        ...(callId === undefined ? {} : { callId }),
      };
      if (!res.writableFinished) log.info(fields, 'Request aborted');
      else if (isRoutineOne) log.debug(fields, 'Request answered');
      else log.info(fields, 'Request answered');
    });
    next();
  };
}

function isRoutine(route: string, status: number): boolean {
  return route.startsWith('/health') || (route.startsWith(`${BOARD_PATH}/`) && status < 400);
}

const BOARD = new RegExp(`^${BOARD_PATH}(?:/(?:api|static)(?=/)|(?=[/?]|$))`);

function routeOf(req: Request): string {
  const board = BOARD.exec(req.originalUrl)?.[0];
  if (board !== undefined) return board; // Its routes are not ours.
  const route = req.route as { path?: unknown } | undefined;
  if (typeof route?.path !== 'string') return '(none)';
  // An error has left the router, and with it `req.baseUrl`, behind.
  return req.originalUrl.startsWith(`${API_BASE}/`) ? API_BASE + route.path : route.path;
}
