import { createHash, randomBytes } from 'node:crypto';
import type { StreamCredential, StreamTickets } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import { clientAddress } from '../middleware/client-address.js';
import type { Bearer } from '../middleware/locals.js';
import { STREAM_TICKET } from '../schemas/stream-query.js';
import type { Authenticate, Authentication, ShownBefore } from './require-user.js';

/** How long a ticket may wait for its use: a browser opens its stream at once. */
export const TICKET_LIFETIME_SECONDS = 30;

/**
 * A ticket opens one stream, once, on any instance, as whoever it was made for: browsers cannot send a header with an EventSource,
 * and a token does not belong into an address.
 *
 * @throws DialgateError `too_many_requests`, `database_unavailable`
 */
export function createTicketOffice(tickets: Pick<StreamTickets, 'add'>) {
  return async (bearer: Bearer): Promise<string> => {
    const ticket = `dgs_${randomBytes(32).toString('base64url')}`;
    const kept = { userId: bearer.user.id, credential: credentialOf(bearer) };
    if (await tickets.add(hashOf(ticket), kept, TICKET_LIFETIME_SECONDS)) return ticket;
    throw new DialgateError('too_many_requests', 'Too many tickets wait for their use.', {
      retryAfterSeconds: TICKET_LIFETIME_SECONDS,
    });
  };
}

/** Finds out who opens a stream: by `?ticket=`, else as everywhere. @throws DialgateError `unauthorized` */
export function byTicket(authenticate: Authentication, tickets: Pick<StreamTickets, 'take'>): Authenticate {
  return async (req) => {
    const { ticket } = req.query;
    if (ticket === undefined) return authenticate(req);
    const taken = typeof ticket === 'string' && STREAM_TICKET.test(ticket) ? await tickets.take(hashOf(ticket)) : null;
    const bearer = taken === null ? null : await authenticate.again(shownWith(taken), clientAddress(req));
    if (bearer === null) throw new DialgateError('unauthorized', 'The ticket is not valid, or was used before.');
    return bearer;
  };
}

/** Whether what the bearer came in with is good still, and allows as much as then. */
export async function mayStill(
  { again }: Pick<Authentication, 'again'>,
  bearer: Bearer,
  address: string | undefined,
): Promise<boolean> {
  const now = await again(shownWith({ userId: bearer.user.id, credential: credentialOf(bearer) }), address);
  return now !== null && now.scopes.join() === bearer.scopes.join();
}

function credentialOf({ token, key }: Bearer): StreamCredential {
  if (key !== null) return { keyPrefix: key.prefix };
  if (token === null) throw new Error('a bearer with neither token nor key');
  return { token: { id: token.id, version: token.version, expiresAt: token.expiresAt.toISOString() } };
}

function shownWith(made: { readonly userId: string; readonly credential: StreamCredential }): ShownBefore {
  const { userId, credential } = made;
  if ('keyPrefix' in credential) return credential;
  const { token } = credential;
  return { token: { ...token, userId, expiresAt: new Date(token.expiresAt) } };
}

function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex');
}
