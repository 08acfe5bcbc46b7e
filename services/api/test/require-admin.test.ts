import type { User } from '@dialgate/database';
import { expect } from 'chai';
import type { Request, Response } from 'express';
import { requireAdmin } from '../src/board/require-admin.js';

const ADMIN: User = {
  id: 'f7b1c6c2-6f0e-4b5e-9d0a-0a8a2f1c1a11',
  username: 'root',
  role: 'admin',
  passwordHash: 'a hash',
  disabled: false,
  suspended: false,
  suspensionLiftedAt: null,
  ownLimits: {},
  tokenVersion: 0,
};

/** What the admin's browser gets for a header, and how often a password was compared for it. */
function board(user: () => User) {
  let comparisons = 0;
  const handler = requireAdmin({
    authenticate: () => Promise.resolve(null),
    logIn: (_req, _username, password) => {
      comparisons += 1;
      return Promise.resolve({ user: password === 'right' ? user() : null, quota: null });
    },
    users: { findById: () => Promise.resolve(user()) },
    visited: () => undefined,
  });
  const look = async (password: string): Promise<string> => {
    const headers = { authorization: `Basic ${Buffer.from(`root:${password}`).toString('base64')}` };
    const res = { set: () => undefined, locals: {} } as unknown as Response;
    try {
      await handler({ headers } as Request, res, () => undefined);
      return 'in';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  return { look, comparisons: () => comparisons };
}

describe('the board’s door', () => {
  it('does not hash a right password for each of a page’s requests', async () => {
    const { look, comparisons } = board(() => ADMIN);
    for (let i = 0; i < 12; i++) expect(await look('right')).to.equal('in');
    expect(comparisons()).to.equal(1);
  });

  it('hashes a wrong password each time', async () => {
    const { look, comparisons } = board(() => ADMIN);
    for (let i = 0; i < 3; i++) expect(await look('wrong')).to.equal('invalid_credentials');
    expect(comparisons()).to.equal(3);
  });

  it('hashes again when the password has changed since', async () => {
    let user = ADMIN;
    const { look, comparisons } = board(() => user);
    expect(await look('right')).to.equal('in');
    user = { ...ADMIN, passwordHash: 'another' };
    expect(await look('right')).to.equal('in');
    expect(comparisons()).to.equal(2);
  });
});
