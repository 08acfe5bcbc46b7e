import { coalesce } from '@dialgate/service-kit';
import { withDatabaseErrors, type Client } from './client.js';
import { LOOK_UP_BATCH, USER, type User } from './users.js';

/** What a token says of itself, as far as the database is asked about it. */
export interface ShownToken {
  /** A UUID. */
  readonly id: string;
  readonly userId: string;
}

/** Whom a token was issued to, as they are now, and whether it was ended before its time. */
export interface Bearer {
  readonly user: User;
  readonly revoked: boolean;
}

export type Tokens = ReturnType<typeof createTokens>;

/** @param lookUps connections on which nothing else waits. */
export function createTokens(client: Client, lookUps: Client) {
  const lookUp = coalesce(
    (tokens: ShownToken[]) => withDatabaseErrors(() => findBearers(lookUps, tokens)),
    LOOK_UP_BATCH,
  );

  return {
    /**
     * Who shows this token: what was committed before the question is in the answer. Concurrent questions share a
     * statement, so that it may be asked for every request. Null when there is no such user.
     */
    findBearer: (token: ShownToken): Promise<Bearer | null> => lookUp(token),

    /** Ends a token, on every instance from the commit on. Ending it twice is the same. */
    revoke: (id: string, expiresAt: Date): Promise<void> =>
      withDatabaseErrors(async () => {
        await client.$executeRaw`
          INSERT INTO revoked_tokens (id, expires_at) VALUES (${id}::uuid, ${expiresAt}) ON CONFLICT DO NOTHING`;
      }),

    /** Drops what is known of revoked tokens that have expired since. Returns how many. */
    forgetExpired: (): Promise<number> =>
      withDatabaseErrors(
        // An hour more: tokens expire by the clock of an API machine, which may be behind.
        () => client.$executeRaw`DELETE FROM revoked_tokens WHERE expires_at < now() - interval '1 hour'`,
      ),
  };
}

interface Row extends User {
  /** Which of the tokens, from 1. */
  readonly asked: bigint;
  readonly revoked: boolean;
}

async function findBearers(client: Client, tokens: readonly ShownToken[]): Promise<(Bearer | null)[]> {
  const distinct = [...new Map(tokens.map((token) => [nameOf(token), token])).values()];
  // A scalar subquery looks into the index for each token. A join, too, until there are many: then it reads all of them.
  const rows = await client.$queryRaw<Row[]>`
    SELECT asked.n AS asked, ${USER},
      (SELECT true FROM revoked_tokens WHERE revoked_tokens.id = asked.token_id) IS NOT NULL AS revoked
    FROM unnest(${distinct.map(({ id }) => id)}::uuid[], ${distinct.map(({ userId }) => userId)}::uuid[])
      WITH ORDINALITY AS asked (token_id, user_id, n)
    JOIN users ON users.id = asked.user_id`;
  const found = new Map<string, Bearer>();
  for (const { asked, revoked, ...user } of rows) {
    const token = distinct[Number(asked) - 1];
    if (token !== undefined) found.set(nameOf(token), { user, revoked });
  }
  return tokens.map((token) => found.get(nameOf(token)) ?? null);
}

function nameOf({ id, userId }: ShownToken): string {
  return `${id} ${userId}`;
}
