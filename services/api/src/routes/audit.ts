import type { AuditTrail } from '@dialgate/database';
import type { Router } from 'express';
import { auditView, positionOf } from '../audit/audit-view.js';
import type { RequireScope } from '../auth/require-user.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { exactRouter } from '../middleware/exact-router.js';
import { AUDIT_PAGE, auditQuery } from '../schemas/audit-query.js';
import { validPosition } from '../schemas/page.js';
import { valid } from '../schemas/valid.js';

/** Who did what, from where: for admins. */
export function createAuditRoutes(deps: {
  readonly requireScope: RequireScope;
  readonly trail: Pick<AuditTrail, 'read'>;
}): Router {
  const { requireScope, trail } = deps;
  const routes = exactRouter();

  routes
    .route('/audit')
    .get(requireScope('admin'), async (req, res) => {
      const { event = null, user = null, from, to, limit, cursor } = valid(auditQuery, req.query, 'query');
      const size = limit === undefined ? AUDIT_PAGE.default : Number(limit);
      const page = { event, user, from: timeOf(from), to: timeOf(to), before: validPosition(cursor, positionOf) };
      const entries = await trail.read({ ...page, limit: size + 1 });
      res.set('Cache-Control', 'no-store').json(auditView(entries, size));
    })
    .all(onlyMethods('GET'));

  return routes;
}

function timeOf(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}
