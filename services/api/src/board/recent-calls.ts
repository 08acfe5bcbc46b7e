import type { Calls, Slots, Users } from '@dialgate/database';
import { isFinal, type CallStatus } from '@dialgate/domain';
import type { RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { exactRouter } from '../middleware/exact-router.js';
import { hashOf } from '../middleware/csp-hash.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { RECENT_CALLS_PATH } from '../paths.js';
import { recentCallsQuery } from '../schemas/recent-calls.js';
import { valid } from '../schemas/valid.js';
import { recentCallsPage, type RecentCalls } from './recent-calls-page.js';
import { askForPassword } from './require-admin.js';
import { STYLE } from './style.js';

const HOUR_MS = 3_600_000;

/** So many calls are shown at most, the newest. */
const SHOWN_AT_MOST = 200;

interface Sources {
  readonly calls: Pick<Calls, 'list' | 'outcomes' | 'backlog' | 'underWay'>;
  readonly users: Pick<Users, 'findById'>;
  readonly slots: Pick<Slots, 'names'>;
}

/**
 * A page for admins of what became of the calls of the last hour, from PostgreSQL. The board cannot show it: a job that is done
 * leaves the queue at once, for a kept one would swallow the next job of its call, which has the same id.
 */
export function createRecentCallsRoutes(deps: Sources & { readonly requireAdmin: RequestHandler }): Router {
  const routes = exactRouter();
  routes
    .route(RECENT_CALLS_PATH)
    .all(deps.requireAdmin)
    .get(onlyItsStyle, async (req, res) => {
      const { status = null } = valid(recentCallsQuery, req.query, 'query');
      res.type('html').send(recentCallsPage(await askFor(deps, status, new Date())));
    })
    .all(onlyMethods('GET'));
  routes.use(RECENT_CALLS_PATH, askForPassword);
  return routes;
}

/** The page has no script, loads nothing and sends nothing. */
const onlyItsStyle: RequestHandler = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    styleSrc: [hashOf(STYLE)],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
});

/**
 * One question after the other, each with a limit of its own: the connections are the calls'.
 *
 * @param status of the calls that are listed; null for any. Open ones are listed however old they are.
 */
async function askFor({ calls, users, slots }: Sources, status: CallStatus | null, now: Date): Promise<RecentCalls> {
  const since = new Date(now.getTime() - HOUR_MS);
  const counts = await calls.outcomes(since, null);
  const backlog = await calls.backlog();
  const underWay = await calls.underWay();
  const createdAfter = status !== null && !isFinal(status) ? undefined : since;
  const statuses = status === null ? undefined : [status];
  const page = await calls.list({ userId: null, createdAfter, statuses }, null, SHOWN_AT_MOST);

  const userIds = [...new Set(page.calls.map(({ userId }) => userId))];
  const found = await Promise.all(userIds.map((id) => users.findById(id))); // Shares one statement.
  const slotIds = [...new Set(page.calls.flatMap(({ claim }) => claim?.slotId ?? []))];
  return {
    now,
    status,
    counts,
    backlog,
    underWay,
    calls: page.calls,
    hasMore: page.next !== null,
    usernames: new Map(found.flatMap((user) => (user === null ? [] : [[user.id, user.username]]))),
    slots: await slots.names(slotIds),
  };
}
