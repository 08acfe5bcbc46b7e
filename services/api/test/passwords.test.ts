import type { User } from '@dialgate/database';
import { hashPassword } from '@dialgate/accounts';
import { expect } from 'chai';
import { createPasswordCheck } from '../src/auth/passwords.js';

describe('a login', () => {
  it('costs a comparison whether the user exists or not: the time tells neither', async () => {
    const user = { username: 'ada', passwordHash: await hashPassword('a right one'), disabled: false } as User;
    for (const username of ['ada', 'nobody', 'no\0body']) {
      const check = createPasswordCheck({ findByUsername: (name) => Promise.resolve(name === 'ada' ? user : null) });
      // There is room for fifty: whoever finds none would have had to compare.
      const tries = await Promise.allSettled(Array.from({ length: 51 }, () => check(username, 'wrong')));
      const refused = tries.flatMap((tried) => (tried.status === 'rejected' ? [tried.reason as Error] : []));
      expect(refused, username).to.have.lengthOf(1);
      expect(refused[0], username).to.include({ code: 'overloaded' });
    }
  });
});
