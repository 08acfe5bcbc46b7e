import type { CallFilter, Calls, Users } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import type { Request, Response, Router } from 'express';
import { createAskedUser } from '../auth/asked-user.js';
import type { RequireScope } from '../auth/require-user.js';
import { statusViews } from '../calls/call-views.js';
import { callsAsCsv, CSV_HEAD } from '../calls/calls-as-csv.js';
import { outcomeView } from '../calls/outcome-view.js';
import { forwardedPrefix } from '../middleware/client-address.js';
import { drained } from '../middleware/drained.js';
import { exactRouter } from '../middleware/exact-router.js';
import { bearerOf } from '../middleware/locals.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { API_BASE } from '../paths.js';
import { CALLS_PAGE, callIdIn, callsQuery, cursorOf, filterOf, type CallsQuery } from '../schemas/list-calls.js';
import { validPosition } from '../schemas/page.js';
import { STATS_HOURS, statsQuery } from '../schemas/stats-query.js';
import { invalidFields, valid } from '../schemas/valid.js';

/** Files that are written at once; each keeps the database busy for as long as its reader reads. */
const FILES_AT_ONCE = 4;

const HOUR_MS = 3_600_000;

/** Lists of calls, as pages or as a file, and how many became what. */
export function createListRoutes(deps: {
  readonly requireScope: RequireScope;
  readonly calls: Pick<Calls, 'list' | 'outcomes' | 'backlog' | 'results' | 'orders'>;
  readonly users: Pick<Users, 'findByUsername'>;
}): Router {
  const { requireScope, calls, users } = deps;
  const toRead = requireScope('calls:read');
  const askedUser = createAskedUser(users);
  const routes = exactRouter();
  let files = 0;

  routes
    .route('/calls')
    .get(toRead, async (req, res) => {
      const query = valid(callsQuery, req.query, 'query');
      const filter = { ...filterOf(query), userId: await askedUser(query.user, bearerOf(res)) };
      res.vary('Accept');
      if (req.accepts(['application/json', 'text/csv']) === 'text/csv') return sendFile(res, filter);
      const limit = query.limit === undefined ? CALLS_PAGE.default : Number(query.limit);
      const page = await calls.list(filter, validPosition(query.cursor, callIdIn), limit);
      const next = page.next === null ? null : cursorOf(page.next);
      if (next !== null) res.setHeader('Link', `<${nextPage(req, query, next)}>; rel="next"`);
      res.set('Cache-Control', 'no-store').json({ data: await statusViews(calls, page.calls), next_cursor: next });
    })
    .all(onlyMethods('GET', 'POST'));

  routes
    .route('/calls/stats')
    .get(toRead, async (req, res) => {
      const { since, user } = valid(statsQuery, req.query, 'query');
      const now = new Date();
      const from = since === undefined ? new Date(now.getTime() - HOUR_MS) : new Date(since);
      if (from.getTime() < now.getTime() - (STATS_HOURS * HOUR_MS + 60_000)) {
        throw invalidFields([{ field: 'query.since', problem: `must be within the last ${STATS_HOURS} hours` }]);
      }
      const userId = await askedUser(user, bearerOf(res));
      const [counts, backlog] = await Promise.all([calls.outcomes(from, userId), calls.backlog()]);
      res.set('Cache-Control', 'no-store').json(outcomeView(from, counts, backlog, now));
    })
    .all(onlyMethods('GET'));

  return routes;

  /** All calls that fit, page by page, as fast as they are read. */
  async function sendFile(res: Response, filter: CallFilter): Promise<void> {
    if (files >= FILES_AT_ONCE) {
      throw new DialgateError('overloaded', 'Too many files are being written at once.', { retryAfterSeconds: 10 });
    }
    files += 1;
    try {
      let page = await calls.list(filter, null, CALLS_PAGE.max);
      res
        .set({ 'Cache-Control': 'no-store', 'Content-Disposition': 'attachment; filename="calls.csv"' })
        .type('text/csv');
      res.write(CSV_HEAD);
      for (;;) {
        if (page.calls.length > 0 && !res.write(callsAsCsv(page.calls))) await drained(res);
        if (page.next === null || res.destroyed) break;
        page = await calls.list(filter, page.next, CALLS_PAGE.max);
      }
      res.end();
    } finally {
      files -= 1;
    }
  }
}

function nextPage(req: Request, query: CallsQuery, next: string): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, string | string[]][]) {
    for (const one of [value].flat()) parameters.append(name, one);
  }
  parameters.set('cursor', next);
  return `${forwardedPrefix(req)}${API_BASE}/calls?${parameters.toString()}`;
}
