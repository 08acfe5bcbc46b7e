import { withDatabaseErrors, type Client } from './client.js';

/** What a ticket was made with: it opens what that would, for as long as that is good. */
export type StreamCredential =
  | {
      readonly token: {
        /** `jti`, a UUID. */
        readonly id: string;
        readonly version: number;
        /** ISO 8601. */
        readonly expiresAt: string;
      };
    }
  | { readonly keyPrefix: string };

export interface StreamTicket {
  readonly userId: string;
  readonly credential: StreamCredential;
}

/** The most that a user may have which are good and unused. */
const OF_USER_MAX = 100;

export type StreamTickets = ReturnType<typeof createStreamTickets>;

export function createStreamTickets(client: Client) {
  return {
    /**
     * Keeps a ticket for so many seconds, and drops those that nobody used in time.
     *
     * @param hash sha256 of the ticket, hexadecimal.
     * @returns false when the user has a hundred already.
     */
    add: (hash: string, ticket: StreamTicket, expiresInSeconds: number): Promise<boolean> =>
      withDatabaseErrors(async () => {
        await client.$executeRaw`DELETE FROM stream_tickets WHERE expires_at < now()`;
        const added = await client.$executeRaw`
          INSERT INTO stream_tickets (hash, user_id, credential, expires_at)
          SELECT ${hash}, ${ticket.userId}::uuid, ${JSON.stringify(ticket.credential)}::jsonb,
            now() + ${expiresInSeconds}::int * interval '1 second'
          WHERE (SELECT count(*) FROM stream_tickets WHERE user_id = ${ticket.userId}::uuid) < ${OF_USER_MAX}`;
        return added > 0;
      }),

    /** Takes a ticket: whoever takes it first has it, on whichever instance. Null when there is none, or no longer. */
    take: (hash: string): Promise<StreamTicket | null> =>
      withDatabaseErrors(async () => {
        const [taken] = await client.$queryRaw<(StreamTicket & { readonly good: boolean })[]>`
          DELETE FROM stream_tickets WHERE hash = ${hash}
          RETURNING user_id AS "userId", credential, expires_at > now() AS good`;
        return taken?.good === true ? { userId: taken.userId, credential: taken.credential } : null;
      }),
  };
}
