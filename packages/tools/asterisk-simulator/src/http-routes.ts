import type { AriRequest } from './http-request.js';
import type { Reply } from './replies.js';
import { refuse } from './replies.js';
import type { RequestKind } from './request-faults.js';

/** One thing that can be asked. `:id` stands for any one segment. */
export interface Route {
  readonly method: string;
  readonly path: readonly string[];
  readonly kind: RequestKind;
  readonly answer: (request: AriRequest, id: string) => Reply;
}

/** Where a request leads: what it asks, about which id ('' if none), and how it is carried out. */
export interface Destination {
  readonly kind: RequestKind;
  readonly id: string;
  readonly carryOut: (request: AriRequest) => Reply;
}

/** Finds the route of a method and path. Unknown paths lead to 404, known ones asked by another method to 405. */
export function createRouter(routes: readonly Route[]): (method: string, path: readonly string[]) => Destination {
  return (method, path) => {
    const id = path[1] ?? '';
    const known = routes.filter((route) => leadsTo(route, path));
    const route = known.find((candidate) => candidate.method === method);
    if (route !== undefined) {
      return { kind: route.kind, id, carryOut: (request) => route.answer(request, id) };
    }
    const reply = known.length === 0 ? NO_SUCH_RESOURCE : methodNotAllowed(known);
    return { kind: 'unknown', id, carryOut: () => reply };
  };
}

const NO_SUCH_RESOURCE = refuse(404, 'Resource not found');

function methodNotAllowed(known: readonly Route[]): Reply {
  const allowed = [...new Set(known.map(({ method }) => method)), 'OPTIONS'];
  return { ...refuse(405, 'Invalid method'), headers: { Allow: allowed.join(',') } };
}

function leadsTo(route: Route, path: readonly string[]): boolean {
  return (
    route.path.length === path.length &&
    route.path.every((segment, position) => segment === ':id' || segment === path[position])
  );
}
