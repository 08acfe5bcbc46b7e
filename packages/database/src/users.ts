import { v7 as uuidv7 } from 'uuid';
import { asking, type Client } from './client.js';
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

export type Users = ReturnType<typeof openUsers>;

export function openUsers(client: Client) {
  return {
    /** Usernames are lower case. */
    findByUsername: (username: string): Promise<User | null> =>
      asking(async () => userOf(await client.user.findUnique({ where: { username } }))),

    findById: (id: string): Promise<User | null> =>
      asking(async () => userOf(await client.user.findUnique({ where: { id } }))),

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
