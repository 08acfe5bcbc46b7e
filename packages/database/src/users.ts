import { coalesce } from '@dialgate/service-kit';
import { DialgateError, type OwnLimits, type UserPermissions, type UserRole } from '@dialgate/domain';
import { v7 as uuidv7 } from 'uuid';
import { withDatabaseErrors, Prisma, type Client } from './client.js';
import { createBrakes, STANDING } from './user-brakes.js';

/** Somebody who may log in. */
export interface User {
  readonly id: string;
  readonly username: string;
  /** argon2id, encoded. */
  readonly passwordHash: string;
  readonly role: UserRole;
  readonly disabled: boolean;
  /** A token of an earlier version is void. */
  readonly tokenVersion: number;
  /** Places no calls until an admin lifts it; may read and end their own. */
  readonly suspended: boolean;
  /** When the last suspension was lifted. */
  readonly suspensionLiftedAt: Date | null;
  readonly ownLimits: OwnLimits;
}

/** A user as lists show them. */
export interface ListedUser extends Omit<User, 'passwordHash' | 'tokenVersion'> {
  readonly createdAt: Date;
  readonly suspendedAt: Date | null;
  readonly suspendedReason: string | null;
  readonly permissions: UserPermissions;
}

export type Users = ReturnType<typeof createUsers>;

/** Usernames as they are kept: 3 to 64 of these, lower case. */
export const USERNAME = /^[a-z0-9._@-]{3,64}$/;

/** Two at once, on two connections: one that is slow holds up no other. */
export const LOOK_UP_BATCH = {
  maxBatch: 500,
  maxInFlight: 2,
  maxWaiting: 5_000,
  whenFull: () => new DialgateError('overloaded', 'Too many requests are waiting at once.', { retryAfterSeconds: 2 }),
};

/** @param lookUps connections on which nothing else waits. */
export function createUsers(client: Client, lookUps: Client) {
  const lookUp = coalesce((ids: string[]) => withDatabaseErrors(() => findAll(lookUps, ids)), LOOK_UP_BATCH);

  /** @returns whether there is such a user. */
  const change = (username: string, assignment: Prisma.Sql): Promise<boolean> =>
    withDatabaseErrors(async () => {
      const changed = await client.$executeRaw`
        UPDATE users SET ${assignment}, updated_at = now() WHERE username = ${username}`;
      return changed > 0;
    });

  return {
    /** Usernames are lower case. */
    findByUsername: (username: string): Promise<User | null> =>
      withDatabaseErrors(async () => {
        const [user] = await client.$queryRaw<User[]>`SELECT ${USER} FROM users WHERE username = ${username}`;
        return user ?? null;
      }),

    /**
     * The user as they are now: what was committed before the question is in the answer. Concurrent questions share a
     * statement, so that it may be asked for every request.
     */
    findById: (id: string): Promise<User | null> => lookUp(id),

    /** All users, by name. */
    list: (): Promise<ListedUser[]> => withDatabaseErrors(() => listAll(client)),

    /** Creates the user unless the name is taken, which `false` says. */
    create: (user: Pick<User, 'username' | 'passwordHash' | 'role'>): Promise<boolean> =>
      withDatabaseErrors(async () => {
        const created = await client.$executeRaw`${insertion(user)} ON CONFLICT (username) DO NOTHING`;
        return created > 0;
      }),

    /**
     * Switches the user off: from the commit on no login, and no token and no API key of theirs is good. False without such
     * a user.
     */
    disable: (username: string): Promise<boolean> => change(username, Prisma.sql`disabled_at = now(), ${TOKENS_END}`),

    /** Switches the user on again; their API keys are good again, their old tokens are not. False without such a user. */
    enable: (username: string): Promise<boolean> => change(username, Prisma.sql`disabled_at = NULL`),

    /** Ends the tokens that were issued before; API keys stay. False without such a user. */
    setPassword: (username: string, passwordHash: string): Promise<boolean> =>
      change(username, Prisma.sql`password_hash = ${passwordHash}, ${TOKENS_END}`),

    /** False without such a user. Holds from the next request on. */
    setRole: (username: string, role: UserRole): Promise<boolean> =>
      change(username, Prisma.sql`role = ${role}::user_role`),

    ...createBrakes(client, change),

    /** Gives the user lists of their own in the place of the installation's; null takes one back. False without such a user. */
    allow: (username: string, own: Partial<UserPermissions>): Promise<boolean> =>
      change(
        username,
        Prisma.join(
          Object.entries(own).map(
            ([list, entries]) => Prisma.sql`${COLUMNS[list as keyof UserPermissions]} = ${entries}::text[]`,
          ),
        ),
      ),

    /** Creates the user, or gives an existing one this password and role, ends its tokens and switches it on again. */
    save: (user: Pick<User, 'username' | 'passwordHash' | 'role'>): Promise<'created' | 'updated'> =>
      withDatabaseErrors(async () => {
        const [row] = await client.$queryRaw<{ created: boolean }[]>`
          ${insertion(user)} ON CONFLICT (username) DO UPDATE SET
            password_hash = excluded.password_hash, role = excluded.role, disabled_at = NULL, updated_at = now(),
            token_version = users.token_version + 1
          RETURNING xmax = 0 AS created`; // A row that was there before has been locked.
        return row?.created === true ? 'created' : 'updated';
      }),
  };
}

const COLUMNS: Readonly<Record<keyof UserPermissions, Prisma.Sql>> = {
  contexts: Prisma.sql`allowed_contexts`,
  extensions: Prisma.sql`allowed_extensions`,
  priorities: Prisma.sql`allowed_priorities`,
  callerIds: Prisma.sql`allowed_caller_ids`,
  webhookHosts: Prisma.sql`allowed_webhook_hosts`,
};

/** The lists of a user, of a table or alias named `u`. */
export const PERMISSIONS = Prisma.sql`u.allowed_contexts AS contexts, u.allowed_extensions AS extensions,
  u.allowed_priorities AS priorities, u.allowed_caller_ids AS "callerIds", u.allowed_webhook_hosts AS "webhookHosts"`;

/** What a User has. */
export const USER = Prisma.sql`users.id, username, password_hash AS "passwordHash", role::text, ${STANDING},
  token_version AS "tokenVersion"`;

const TOKENS_END = Prisma.sql`token_version = token_version + 1`;

function insertion({ username, passwordHash, role }: Pick<User, 'username' | 'passwordHash' | 'role'>): Prisma.Sql {
  return Prisma.sql`INSERT INTO users (id, username, password_hash, role)
    VALUES (${uuidv7()}::uuid, ${username}, ${passwordHash}, ${role}::user_role)`;
}

async function findAll(client: Client, ids: readonly string[]): Promise<(User | null)[]> {
  const users = await client.$queryRaw<User[]>`
    SELECT ${USER} FROM users WHERE id = ANY(${[...new Set(ids)]}::uuid[])`;
  const found = new Map(users.map((user) => [user.id, user]));
  return ids.map((id) => found.get(id) ?? null);
}

async function listAll(client: Client): Promise<ListedUser[]> {
  const users = await client.$queryRaw<(Omit<ListedUser, 'permissions'> & UserPermissions)[]>`
    SELECT id, username, role::text, created_at AS "createdAt", ${STANDING}, suspended_at AS "suspendedAt",
      suspended_reason AS "suspendedReason", ${PERMISSIONS}
    FROM users u ORDER BY username`;
  return users.map(({ contexts, extensions, priorities, callerIds, webhookHosts, ...user }) => ({
    ...user,
    permissions: { contexts, extensions, priorities, callerIds, webhookHosts },
  }));
}
