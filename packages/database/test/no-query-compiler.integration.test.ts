import { createTestDatabase, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { openClient } from '../src/client.js';

describe('the Prisma client', function () {
  this.timeout(60_000);
  let tables: TestDatabase;
  before(async () => (tables = await createTestDatabase()));
  after(() => tables.drop());

  it('runs statements without Prisma’s query compiler, and says so to who asks in its language', async () => {
    const client = openClient({
      url: tables.url,
      poolSize: 1,
      applicationName: 'test',
      connectTimeoutMs: 30_000,
      queryTimeoutMs: 30_000,
    });
    try {
      expect(await client.$queryRaw`SELECT 1 AS one`).to.deep.equal([{ one: 1 }]);
      const asked = await client.user.findFirst().catch((error: unknown) => error);
      expect(asked).to.be.instanceOf(Error).with.property('message').that.includes('Statements are SQL here');
    } finally {
      await client.$disconnect();
    }
  });
});
