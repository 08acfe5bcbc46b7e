import { DialgateError } from '@dialgate/domain';
import type { Router, Request } from 'express';
import type { Authenticate } from '../auth/require-user.js';
import type { HealthCheck } from '../health/check-health.js';
import { healthView, type Status } from '../health/health-view.js';
import { databaseReasons, judgeHealth } from '../health/judge-health.js';
import type { HealthReason } from '../health/reasons.js';
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
      const now = new Date();
      const view = healthView(found, now, isAdmin);
      if (seen?.status !== view.status) seen = { status: view.status, since: now };
      res.set('Cache-Control', 'no-store').json({ ...view, since: seen.since.toISOString() });
    })
    .all(onlyMethods('GET'));

  // Says only that the process runs: whoever restarts it because of others makes things worse.
  routes
    .route('/health/live')
    .get((_req, res) => void res.json({ status: 'ok' }))
    .all(onlyMethods('GET'));

  // Whether this instance can accept calls: a load balancer that took it out for more would have nobody left to accept any.
  routes
    .route('/health/ready')
    .get(async (_req, res) => {
      const reasons = databaseReasons(await health.checkDatabase());
      if (reasons.length > 0) throw refusal('database_unavailable', reasons);
      res.set('Cache-Control', 'no-store').json({ status: 'ok' });
    })
    .all(onlyMethods('GET'));

  // Whether a call posted now would leave, too.
  routes
    .route('/health/strict')
    .get(async (req, res) => {
      const [found, isAdmin] = await Promise.all([health.check(), isFromAdmin(req, authenticate)]);
      const reasons = judgeHealth(found, isAdmin);
      if (reasons.some(({ stops }) => stops === 'accepting')) throw refusal('database_unavailable', reasons);
      if (reasons.some(({ stops }) => stops === 'leaving')) throw refusal('calls_would_wait', reasons);
      res.set('Cache-Control', 'no-store').json({ status: 'ok' });
    })
    .all(onlyMethods('GET'));

  return routes;
}

/** Says all that is wrong: what stops calls often comes from what does not by itself. */
function refusal(code: 'database_unavailable' | 'calls_would_wait', reasons: readonly HealthReason[]): DialgateError {
  return new DialgateError(code, reasons.map(({ problem }) => problem).join(' '), { reasons });
}

/** Health is always told: a token that is no good, or that cannot be checked now, only hides the details. */
async function isFromAdmin(req: Request, authenticate: Authenticate): Promise<boolean> {
  const bearer = await authenticate(req).catch((error: unknown) => {
    if (error instanceof DialgateError) return null;
    throw error;
  });
  return bearer?.scopes.includes('admin') === true;
}
