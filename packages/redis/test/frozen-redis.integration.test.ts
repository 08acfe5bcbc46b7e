import { startThrowawayRedis, type Redis } from '@dialgate/local-stack';
import { silentLog } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { openOriginateProducer, openWorkerReports } from '../src/index.js';

describe('a Redis that is frozen', function () {
  this.timeout(30_000);
  let server: Redis;
  before(async () => {
    server = await startThrowawayRedis();
  });
  after(() => server.stop());

  it('keeps nobody waiting: whatever it is asked fails', async () => {
    const access = { redisUrl: server.url, prefix: 'frozen', log: silentLog };
    const producer = openOriginateProducer(access);
    const reports = openWorkerReports(access);
    try {
      await eventually(producer.ready);
      await eventually(() => reports.all());
      server.process?.kill('SIGSTOP');
      const asked = [producer.add('a'), producer.depth(), producer.announceCancelRequest('a'), reports.all()];
      const answers = await Promise.allSettled(asked);
      // Each by its own limit, and not because the silent connection was given up at last.
      const failures = answers.map((answer) => (answer.status === 'rejected' ? String(answer.reason) : null));
      for (const failure of failures) expect(failure).to.match(/timed out/);
    } finally {
      server.process?.kill('SIGCONT');
      reports.close();
      await producer.close();
    }
  }).timeout(10_000);
});
