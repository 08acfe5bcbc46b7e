import { coalesce } from '@dialgate/service-kit';
import { v7 as uuidv7 } from 'uuid';
import { withDatabaseErrors, Prisma, type Client } from './client.js';
import { LOOK_UP_BATCH, USER, type User } from './users.js';

/** A key to be stored. packages/accounts makes it and knows its secret. */
export interface NewApiKey {
  readonly userId: string;
  readonly name: string;
  readonly prefix: string;
  /** sha256 of the whole key, hexadecimal. */
  readonly secretHash: string;
  readonly scopes: readonly string[];
  /** Addresses and networks; empty for all. */
  readonly allowedFrom: readonly string[];
  /** Whole days, counted from now by the database's clock; null: for ever. */
  readonly expiresInDays: number | null;
}

/** A key as lists show it: neither its secret nor the hash of it. */
export interface ListedApiKey {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly allowedFrom: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** What decides about a request that shows a key. */
export interface ShownApiKey {
  readonly id: string;
  readonly secretHash: string;
  readonly scopes: readonly string[];
  readonly allowedFrom: readonly string[];
  /** By the database's clock. */
  readonly expired: boolean;
  readonly revoked: boolean;
  /** Whether its use was noted within the last minute. */
  readonly usedLately: boolean;
  readonly user: User;
}

/** The most that a list holds; revoked ones are left out first, then the oldest. */
const LIST_MAX = 1_000;

export type ApiKeys = ReturnType<typeof createApiKeys>;

/** @param lookUps connections on which nothing else waits. */
export function createApiKeys(client: Client, lookUps: Client) {
  const lookUp = coalesce((prefixes: string[]) => withDatabaseErrors(() => findAll(lookUps, prefixes)), LOOK_UP_BATCH);

  return {
    /**
     * The key with this prefix and its user, as they are now. Concurrent questions share a statement, so that it may be
     * asked for every request.
     */
    findByPrefix: (prefix: string): Promise<ShownApiKey | null> => lookUp(prefix),

    create: (key: NewApiKey): Promise<ListedApiKey> =>
      withDatabaseErrors(async () => {
        const [created] = await client.$queryRaw<ListedApiKey[]>`
          WITH api_keys AS (
            INSERT INTO api_keys (id, user_id, name, prefix, secret_hash, scopes, allowed_from, expires_at)
            VALUES (${uuidv7()}::uuid, ${key.userId}::uuid, ${key.name}, ${key.prefix}, ${key.secretHash},
              ${key.scopes}::text[], ${key.allowedFrom}::text[], now() + ${key.expiresInDays}::int * interval '1 day')
            RETURNING *
          ) SELECT ${LISTED} FROM api_keys JOIN users ON users.id = api_keys.user_id`;
        if (created === undefined) throw new Error('the key was not stored');
        return created;
      }),

    /** All keys, or those of one user: good ones first, then the newest; 1,000 at most. */
    list: (username: string | null): Promise<ListedApiKey[]> =>
      withDatabaseErrors(
        () => client.$queryRaw<ListedApiKey[]>`
          SELECT ${LISTED} FROM api_keys JOIN users ON users.id = api_keys.user_id
          WHERE username = coalesce(${username}, username)
          ORDER BY revoked_at IS NOT NULL, api_keys.created_at DESC, api_keys.id DESC LIMIT ${LIST_MAX}`,
      ),

    /**
     * Ends a key, on every instance from the commit on. Ending it twice is the same.
     *
     * @returns the key, or null when there is none.
     */
    revoke: (which: { readonly id: string } | { readonly prefix: string }): Promise<ListedApiKey | null> =>
      withDatabaseErrors(async () => {
        const [revoked] = await client.$queryRaw<ListedApiKey[]>`
          WITH api_keys AS (
            UPDATE api_keys SET revoked_at = coalesce(revoked_at, now())
            WHERE ${'id' in which ? Prisma.sql`id = ${which.id}::uuid` : Prisma.sql`prefix = ${which.prefix}`}
            RETURNING *
          ) SELECT ${LISTED} FROM api_keys JOIN users ON users.id = api_keys.user_id`;
        return revoked ?? null;
      }),

    /** Notes that the key was used, unless that was noted within the last minute. */
    noteUse: (id: string): Promise<void> =>
      withDatabaseErrors(async () => {
        await client.$executeRaw`
          UPDATE api_keys SET last_used_at = now() WHERE id = ${id}::uuid AND NOT ${USED_LATELY}`;
      }),
  };
}

const LISTED = Prisma.sql`api_keys.id, username, name, prefix, scopes, allowed_from AS "allowedFrom",
  api_keys.created_at AS "createdAt", expires_at AS "expiresAt", last_used_at AS "lastUsedAt",
  revoked_at AS "revokedAt"`;

const USED_LATELY = Prisma.sql`coalesce(last_used_at > now() - interval '1 minute', false)`;

type Row = User & Omit<ShownApiKey, 'id' | 'user'> & { readonly keyId: string; readonly prefix: string };

async function findAll(client: Client, prefixes: readonly string[]): Promise<(ShownApiKey | null)[]> {
  const rows = await client.$queryRaw<Row[]>`
    SELECT api_keys.id AS "keyId", prefix, secret_hash AS "secretHash", scopes, allowed_from AS "allowedFrom",
      coalesce(expires_at <= now(), false) AS expired, revoked_at IS NOT NULL AS revoked,
      ${USED_LATELY} AS "usedLately", ${USER}
    FROM api_keys JOIN users ON users.id = api_keys.user_id
    WHERE prefix = ANY(${[...new Set(prefixes)]}::text[])`;
  const found = new Map(
    rows.map(({ keyId, prefix, secretHash, scopes, allowedFrom, expired, revoked, usedLately, ...user }) => [
      prefix,
      { id: keyId, secretHash, scopes, allowedFrom, expired, revoked, usedLately, user },
    ]),
  );
  return prefixes.map((prefix) => found.get(prefix) ?? null);
}
