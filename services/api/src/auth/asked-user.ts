import type { Users } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import type { Bearer } from '../middleware/locals.js';
import { invalidFields } from '../schemas/valid.js';
import { whoseCalls } from './require-user.js';

/**
 * Whose calls a request asks for by `?user=`: one's own, or, for admins, those of a user by name or everybody's (null).
 *
 * @throws DialgateError `forbidden`, `invalid_request`
 */
export function createAskedUser(users: Pick<Users, 'findByUsername'>) {
  return async (name: string | undefined, bearer: Bearer): Promise<string | null> => {
    const own = whoseCalls(bearer);
    if (name === undefined || name === bearer.user.username) return name === undefined ? own : bearer.user.id;
    if (own !== null) throw new DialgateError('forbidden', 'Only admins may ask for the calls of others.');
    const user = await users.findByUsername(name);
    if (user === null) throw invalidFields([{ field: 'query.user', problem: 'must be the name of a user' }]);
    return user.id;
  };
}
