import type { Users } from '@dialgate/database';
import type { AddEntry } from './trail.js';

/** The suspension of users, with an entry in the audit trail for each. */
export function recordSuspensions(users: Pick<Users, 'suspend' | 'findById'>, add: AddEntry): Pick<Users, 'suspend'> {
  return {
    suspend: async (id, reason) => {
      const suspended = await users.suspend(id, reason);
      if (!suspended) return false;
      // The user is suspended by now: the entry is written, if need be without the name.
      const username = (await users.findById(id).catch(() => null))?.username ?? id;
      const subject = { kind: 'user', id: username } as const;
      add({
        event: 'user_suspended',
        source: 'api',
        actor: null,
        subject,
        address: null,
        requestId: null,
        detail: { reason },
      });
      return true;
    },
  };
}
