import type { Applications, EventFilter } from './applications.js';
import type { Calls } from './calls.js';
import { isObject, type AriRequest } from './http-request.js';
import type { Route } from './http-routes.js';
import type { Reply } from './replies.js';
import { ok, refuse } from './replies.js';

/** Everything below `/ari/applications`. */
export function applicationRoutes({ calls, applications }: { calls: Calls; applications: Applications }): Route[] {
  function get(name: string): Reply {
    const application = applications.find(name);
    return application === null ? NO_SUCH_APPLICATION : ok(application);
  }

  function setFilter({ body }: AriRequest, name: string): Reply {
    const filter = filterOf(body ?? {});
    if (applications.find(name) === null) return NO_SUCH_APPLICATION;
    if (filter === null) return refuse(400, 'Invalid event filter');
    return ok(applications.setFilter(name, filter));
  }

  function changeSubscription(
    { param }: AriRequest,
    name: string,
    change: Applications['subscribe'],
    notThere: string,
  ): Reply {
    const [scheme, id] = /^(\w+):(.+)$/s.exec(param('eventSource'))?.slice(1) ?? [];
    if (param('eventSource') === '') return refuse(400, 'Missing parameter eventSource');
    if (applications.find(name) === null) return NO_SUCH_APPLICATION;
    if (scheme !== 'channel' || id === undefined) return refuse(400, 'Invalid event source URI scheme');

    const channel = calls.find(id);
    if (channel === null || !change(name, channel)) return refuse(422, notThere);
    return ok(applications.find(name));
  }

  return [
    { method: 'GET', path: ['applications'], kind: 'list-applications', answer: () => ok(applications.list()) },
    { method: 'GET', path: ['applications', ':id'], kind: 'get-application', answer: (_, name) => get(name) },
    { method: 'PUT', path: ['applications', ':id', 'eventFilter'], kind: 'set-event-filter', answer: setFilter },
    {
      method: 'POST',
      path: ['applications', ':id', 'subscription'],
      kind: 'subscribe',
      answer: (request, name) =>
        changeSubscription(request, name, applications.subscribe, 'Event source does not exist'),
    },
    {
      method: 'DELETE',
      path: ['applications', ':id', 'subscription'],
      kind: 'unsubscribe',
      answer: (request, name) =>
        changeSubscription(request, name, applications.unsubscribe, 'Event source was not subscribed to'),
    },
  ];
}

const NO_SUCH_APPLICATION = refuse(404, 'Application not found');

/** The body with its two lists checked; null if one of them is no list of `{type}`. */
function filterOf({ allowed, disallowed }: Readonly<Record<string, unknown>>): EventFilter | null {
  if (!isListOfTypes(allowed) || !isListOfTypes(disallowed)) return null;
  return { ...(allowed === undefined ? {} : { allowed }), ...(disallowed === undefined ? {} : { disallowed }) };
}

function isListOfTypes(value: unknown): value is { type: string }[] | undefined {
  if (value === undefined) return true;
  return Array.isArray(value) && value.every((entry) => isObject(entry) && typeof entry.type === 'string');
}
