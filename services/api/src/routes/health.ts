import { DialgateError } from '@dialgate/domain';
import type { Router, Request } from 'express';
import type { Authenticate } from '../auth/require-user.js';
import type { HealthCheck } from '../health/check-health.js';
import { healthView, statusOf, type Status } from '../health/health-view.js';
import { exactRouter } from '../middleware/exact-router.js';
import { onlyMethods } from '../middleware/unmatched.js';

export function createHealthRoutes(deps: {
  readonly health: HealthCheck;
  readonly authenticate: Authenticate;
}): Router {
  const { health, authenticate } = deps;
  const routes = exactRouter();
  let seen: { status: Status; since: Date } | undefined;

  routes
    .route('/health')
    .get(async (req, res) => {
      const [found, isAdmin] = await Promise.all([health.check(), isFromAdmin(req, authenticate)]);
      const status = statusOf(found);
      if (seen?.status !== status) seen = { status, since: new Date() };
      res.set('Cache-Control', 'no-store').json(healthView(found, seen.since, isAdmin));
    })
    .all(onlyMethods('GET'));

  // Says only that the process runs: whoever restarts it because of others makes things worse.
  routes
    .route('/health/live')
    .get((_req, res) => void res.json({ status: 'ok' }))
    .all(onlyMethods('GET'));

  routes
    .route('/health/ready')
    .get(async (_req, res) => {
      if (!(await health.databaseAnswers()))
        throw new DialgateError('database_unavailable', 'PostgreSQL does not answer.');
      res.set('Cache-Control', 'no-store').json({ status: 'ok' });
    })
    .all(onlyMethods('GET'));

  return routes;
}

/** Health is always told: a token that is no good, or that cannot be checked now, only hides the details. */
async function isFromAdmin(req: Request, authenticate: Authenticate): Promise<boolean> {
  const bearer = await authenticate(req).catch((error: unknown) => {
    if (error instanceof DialgateError) return null;
    throw error;
  });
  return bearer?.scopes.includes('admin') === true;
}
