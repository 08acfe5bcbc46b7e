import type { Call } from '@dialgate/domain';
import { isFinal } from '@dialgate/domain';
import type { Calls, StreamTickets, Users } from '@dialgate/database';
import type { Request, RequestHandler, Response, Router } from 'express';
import { createAskedUser } from '../auth/asked-user.js';
import { requireScope, whoseCalls, type Authentication } from '../auth/require-user.js';
import { byTicket, createTicketOffice, mayStill, TICKET_LIFETIME_SECONDS } from '../auth/stream-tickets.js';
import { noSuchCall } from '../calls/hang-up-call.js';
import { clientAddress } from '../middleware/client-address.js';
import { exactRouter } from '../middleware/exact-router.js';
import { bearerOf, localsOf } from '../middleware/locals.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { validCallId } from '../schemas/call-id.js';
import { callStreamQuery, streamQuery, type StreamQuery } from '../schemas/stream-query.js';
import { TIMELINE_CURSOR } from '../schemas/timeline-query.js';
import { invalidFields, valid } from '../schemas/valid.js';
import type { Followed } from '../streams/feed.js';
import type { Streams } from '../streams/streams.js';

/** Entries of all calls that are gone through at most for one who comes back. */
export const RESUMES_WITHIN = 1_000_000n;

/** Timelines as they are written: of one call, of a user's calls, of all. */
export function createStreamRoutes(deps: {
  readonly authenticate: Authentication;
  readonly calls: Pick<Calls, 'find' | 'endOfTimeline' | 'timelineBetween'>;
  readonly users: Pick<Users, 'findByUsername'>;
  readonly tickets: StreamTickets;
  readonly streams: Pick<Streams, 'serve' | 'now'>;
}): Router {
  const { authenticate, calls, users, tickets, streams } = deps;
  const toStream = requireScope(byTicket(authenticate, tickets))('calls:read');
  const toRead = requireScope(authenticate)('calls:read');
  const askedUser = createAskedUser(users);
  const issueTicket = createTicketOffice(tickets);
  const routes = exactRouter();

  const ofCall: RequestHandler = async (req, res) => {
    const callId = validCallId(req.params.call_id);
    localsOf(res).callId = callId;
    const last = lastEventId(req, valid(callStreamQuery, req.query, 'query'));
    const call = await calls.find(callId, whoseCalls(bearerOf(res)));
    if (call === null) throw noSuchCall();
    const newest = await streams.now();
    if (last !== null && last > newest) throw unknownId();
    const over = await endedBefore(call, last ?? 0n);
    // EventSource comes back after everything but this.
    if (over && (await calls.timelineBetween(callId, last ?? 0n, newest, 1)).length === 0) res.status(204).end();
    else await serve(req, res, { callId }, last ?? 0n, over);
  };

  const ofUser: RequestHandler = async (req, res) => {
    const query = valid(streamQuery, req.query, 'query');
    const last = lastEventId(req, query);
    const userId = await askedUser(query.user, bearerOf(res));
    const newest = await streams.now();
    if (last !== null && last > newest) throw unknownId();
    if (last !== null && last < newest - RESUMES_WITHIN) throw invalidId('is too old: read the timelines of the calls');
    await serve(req, res, { userId }, last ?? newest, null);
  };

  const ticket: RequestHandler = async (_req, res) => {
    const made = await issueTicket(bearerOf(res));
    res.status(201).set('Cache-Control', 'no-store').json({ ticket: made, expires_in: TICKET_LIFETIME_SECONDS });
  };

  /** Whether the end of the call comes before what is asked for. */
  async function endedBefore({ id, status }: Call, last: bigint): Promise<boolean> {
    if (!isFinal(status)) return false;
    const end = await calls.endOfTimeline(id);
    return end === null || end <= last;
  }

  function serve(req: Request, res: Response, followed: Followed, after: bigint, over: boolean | null): Promise<void> {
    const bearer = bearerOf(res);
    const address = clientAddress(req);
    const mayStillRead = () => mayStill(authenticate, bearer, address);
    return streams.serve({ res, bearer, mayStillRead, followed, after, over });
  }

  const withoutHead = onlyMethods('GET');
  const stream = (handler: RequestHandler): RequestHandler => {
    return (req, res, next) => (req.method === 'HEAD' ? withoutHead(req, res, next) : handler(req, res, next));
  };
  routes.route('/calls/:call_id/stream').get(toStream, stream(ofCall)).all(onlyMethods('GET'));
  routes.route('/stream').get(toStream, stream(ofUser)).all(onlyMethods('GET'));
  routes.route('/stream/tickets').post(toRead, ticket).all(onlyMethods('POST'));

  return routes;
}

/** The header wins: a browser that comes back by itself sends it with the address that it began with. */
function lastEventId(req: Request, query: StreamQuery): bigint | null {
  const told = req.get('last-event-id') ?? query.last_event_id;
  if (told === undefined || told === '') return null;
  if (!TIMELINE_CURSOR.test(told)) throw invalidId('must be the id of an entry');
  return BigInt(told);
}

function unknownId() {
  return invalidId('is the id of no entry that there is');
}

function invalidId(problem: string) {
  return invalidFields([{ field: 'header.last-event-id', problem }]);
}
