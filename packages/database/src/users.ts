import { coalesce } from '@dialgate/coalesce';
import { v7 as uuidv7 } from 'uuid';
import { asking, type Client, Prisma } from './client.js';
import type { User as Row } from './generated/prisma/client.js';

export type UserRole = 'admin' | 'operator';

/** Somebody who may log in. */
export interface User {
  readonly id: string;
  readonly username: string;
  /** argon2id, encoded. */
  readonly passwordHash: string;
  readonly role: UserRole;
  readonly disabled: boolean;
}

/** A user as lists show them. */
export interface ListedUser extends Omit<User, 'passwordHash'> {
  readonly createdAt: Date;
}

export type Users = ReturnType<typeof openUsers>;

/** Usernames as they are kept: 3 to 64 of these, lower case. */
export const USERNAME = /^[a-z0-9._@-]{3,64}$/;

/** Prisma's number for a value that must be there once and is there already. */
const UNIQUE_VIOLATION = 'P2002';

/** Two at once, on two connections: one that is slow holds up no other. */
const LOOK_UP_BATCH = { maxBatch: 500, maxInFlight: 2 };

/** @param lookUps connections on which nothing else waits. */
export function openUsers(client: Client, lookUps: Client) {
  const lookUp = coalesce((ids: string[]) => asking(() => findAll(lookUps, ids)), LOOK_UP_BATCH);

  /** @returns whether there is such a user. */
  const change = (username: string, data: Prisma.UserUpdateManyMutationInput): Promise<boolean> =>
    asking(async () => {
      const { count } = await client.user.updateMany({ where: { username }, data: { ...data, updatedAt: new Date() } });
      return count > 0;
    });

  return {
    /** Usernames are lower case. */
    findByUsername: (username: string): Promise<User | null> =>
      asking(async () => userOf(await client.user.findUnique({ where: { username } }))),

    /**
     * The user as they are now: what was committed before the question is in the answer. Concurrent questions share a
     * statement, so that it may be asked for every request.
     */
    findById: (id: string): Promise<User | null> => lookUp(id),

    /** All users, by name. */
    list: (): Promise<ListedUser[]> =>
      asking(async () => {
        const rows = await client.user.findMany({ orderBy: { username: 'asc' }, omit: { passwordHash: true } });
        return rows.map(({ id, username, role, createdAt, disabledAt }) => ({
          id,
          username,
          role,
          createdAt,
          disabled: disabledAt !== null,
        }));
      }),

    /** Creates the user unless the name is taken, which `false` says. */
    create: (user: Pick<User, 'username' | 'passwordHash' | 'role'>): Promise<boolean> =>
      asking(async () => {
        try {
          const { username, passwordHash, role } = user;
          await client.user.create({ data: { id: uuidv7(), username, passwordHash, role } });
          return true;
        } catch (error) {
          if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === UNIQUE_VIOLATION) return false;
          throw error;
        }
      }),

    /** Switches the user off: no login, and no token of theirs is good from the commit on. False without such a user. */
    disable: (username: string): Promise<boolean> => change(username, { disabledAt: new Date() }),

    /** Switches the user on again; tokens that have not expired are good again. False without such a user. */
    enable: (username: string): Promise<boolean> => change(username, { disabledAt: null }),

    /** False without such a user. Tokens that were issued before stay good until they expire. */
    setPassword: (username: string, passwordHash: string): Promise<boolean> => change(username, { passwordHash }),

    /** False without such a user. Holds from the next request on. */
    setRole: (username: string, role: UserRole): Promise<boolean> => change(username, { role }),

    /** Creates the user, or gives an existing one this password and role and switches it on again. */
    save: (user: Pick<User, 'username' | 'passwordHash' | 'role'>): Promise<'created' | 'updated'> =>
      asking(async () => {
        const { username, passwordHash, role } = user;
        const changed = await client.user.updateMany({
          where: { username },
          data: { passwordHash, role, disabledAt: null, updatedAt: new Date() },
        });
        if (changed.count > 0) return 'updated';
        await client.user.create({ data: { id: uuidv7(), username, passwordHash, role } });
        return 'created';
      }),
  };
}

function userOf(row: Row | null): User | null {
  if (row === null) return null;
  const { id, username, passwordHash, role, disabledAt } = row;
  return { id, username, passwordHash, role, disabled: disabledAt !== null };
}

async function findAll(client: Client, ids: readonly string[]): Promise<(User | null)[]> {
  const rows = await client.$queryRaw<FoundRow[]>`
    SELECT id, username, password_hash, role::text, disabled_at IS NOT NULL AS disabled
    FROM users WHERE id = ANY(${[...new Set(ids)]}::uuid[])`;
  const found = new Map(
    rows.map(({ id, username, password_hash: passwordHash, role, disabled }): [string, User] => [
      id,
      { id, username, passwordHash, role, disabled },
    ]),
  );
  return ids.map((id) => found.get(id) ?? null);
}

interface FoundRow {
  readonly id: string;
  readonly username: string;
  readonly password_hash: string;
  readonly role: UserRole;
  readonly disabled: boolean;
}
