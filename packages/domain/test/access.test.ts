import { expect } from 'chai';
import { scopesOfKey, scopesOfRole } from '../src/index.js';

const OF_CALLS = ['calls:create', 'calls:read', 'calls:cancel', 'webhooks:manage'];

describe('a role', () => {
  it('has the scopes of the one table', () => {
    expect(scopesOfRole('admin')).to.have.members([...OF_CALLS, 'admin']);
    expect(scopesOfRole('operator')).to.have.members(OF_CALLS);
  });

  it('that is unknown or missing has none', () => {
    for (const role of ['auditor', 'Admin', '', 'toString', '__proto__', null, undefined]) {
      expect(scopesOfRole(role), String(role)).to.deep.equal([]);
    }
  });
});

describe('an API key', () => {
  it('has what it was made for, and never more than its user’s role', () => {
    expect(scopesOfKey('admin', ['calls:read', 'admin'])).to.deep.equal(['calls:read', 'admin']);
    expect(scopesOfKey('operator', ['calls:read', 'admin'])).to.deep.equal(['calls:read']);
    expect(scopesOfKey('auditor', ['calls:read', 'admin'])).to.deep.equal([]);
  });

  it('has nothing by words that are no scopes', () => {
    expect(scopesOfKey('admin', [])).to.deep.equal([]);
    expect(scopesOfKey('admin', ['*', 'calls', 'calls:*', 'ADMIN', 'constructor'])).to.deep.equal([]);
  });
});
