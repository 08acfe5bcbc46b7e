import { createTestDatabase, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import type { WaitingEntry } from '../src/index.js';

describe('entries of the audit trail that are written together', () => {
  let db: TestDatabase;
  before(async () => (db = await createTestDatabase()));
  after(() => db.drop());

  const entry = (requestId: string): WaitingEntry => ({
    entry: {
      event: 'call_canceled',
      source: 'api',
      actor: null,
      subject: null,
      address: null,
      requestId,
      detail: {},
    },
    ageMs: 0,
  });

  it('stand there, in their order, although one of them cannot be written', async () => {
    const tooLong = 'x'.repeat(65);
    const names = Array.from({ length: 20 }, (_, n) => (n === 7 ? tooLong : `r-${String(n)}`));
    const failures = await db.database.audit.writeEach(names.map(entry));
    expect(failures.map((failure) => failure !== null)).to.deep.equal(names.map((name) => name === tooLong));
    const written = await db.sql<{ request_id: string }>('SELECT request_id FROM audit_entries ORDER BY id');
    expect(written.map(({ request_id }) => request_id)).to.deep.equal(names.filter((name) => name !== tooLong));
  });
});
