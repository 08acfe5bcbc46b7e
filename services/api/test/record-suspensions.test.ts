import { DialgateError, type AuditEntry } from '@dialgate/domain';
import { expect } from 'chai';
import { recordSuspensions } from '../src/audit/record-suspensions.js';

describe('the suspension of a user', () => {
  async function suspending({ suspended }: { suspended: boolean }) {
    const entries: AuditEntry[] = [];
    const users = {
      suspend: () => Promise.resolve(suspended),
      findById: () => Promise.reject(new DialgateError('database_unavailable', 'away')),
    };
    const done = await recordSuspensions(users, (entry) => void entries.push(entry)).suspend('u-1', 'toll fraud');
    return { done, entries };
  }

  it('stands in the audit trail also when the user’s name cannot be read any more', async () => {
    const { done, entries } = await suspending({ suspended: true });
    expect(done).to.equal(true);
    expect(entries).to.have.lengthOf(1);
    expect(entries[0]).to.deep.include({ event: 'user_suspended', subject: { kind: 'user', id: 'u-1' } });
  });

  it('that was suspended before is no entry', async () => {
    expect(await suspending({ suspended: false })).to.deep.equal({ done: false, entries: [] });
  });
});
