import type { Logger } from '@dialgate/logging';
import type { Request, RequestHandler } from 'express';
import { localsOf } from './locals.js';

/** Where the routes for clients hang. */
export const API_BASE = '/api/v2';

/**
 * One line per request, when it is answered or its client has gone. Names the route and not the path: paths hold phone
 * numbers. Probes are only seen at level debug.
 */
export function requestLog(log: Logger): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.once('close', () => {
      const { requestId, user, callId } = localsOf(res);
      const route = routeOf(req);
      const fields = {
        requestId,
        method: req.method,
        route,
        status: res.statusCode,
        durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
        ...(user === undefined ? {} : { userId: user.id }),
        ...(callId === undefined ? {} : { callId }),
      };
      if (!res.writableFinished) log.info(fields, 'Request aborted');
      else if (route.startsWith('/health')) log.debug(fields, 'Request answered');
      else log.info(fields, 'Request answered');
    });
    next();
  };
}

function routeOf(req: Request): string {
  const route = req.route as { path?: unknown } | undefined;
  if (typeof route?.path !== 'string') return '(none)';
  // An error has left the router, and with it `req.baseUrl`, behind.
  return req.originalUrl.startsWith(`${API_BASE}/`) ? API_BASE + route.path : route.path;
}
