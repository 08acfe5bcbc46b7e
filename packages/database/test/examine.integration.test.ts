import { createTestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { COLUMNS_OF_THIS_VERSION, examineDatabase } from '../src/index.js';

describe('the examination of a database', () => {
  it('knows how many columns the tables of this version have: a migration that adds some raises COLUMNS_OF_THIS_VERSION', async () => {
    const tables = await createTestDatabase();
    const found = await examineDatabase(tables.url, 60_000);
    expect(found).to.include({
      kind: 'reached',
      columns: COLUMNS_OF_THIS_VERSION,
      isStandby: false,
      mayDoAnything: false,
    });
    expect(found).to.deep.include({ missingTables: [], missingPrivileges: [] });
    await tables.drop();
  });
});
