import { expect } from 'chai';
import { openHealthCheck } from '../src/health/check-health.js';

describe('the health check', () => {
  it('asks PostgreSQL once, however many ask whether it is ready at the same time', async () => {
    let pings = 0;
    const health = openHealthCheck({
      database: {
        ping: () => {
          pings += 1;
          return Promise.resolve();
        },
        calls: { backlog: () => Promise.reject(new Error('not asked for')) },
        slots: { list: () => Promise.reject(new Error('not asked for')) },
      },
      queue: { depth: () => Promise.resolve(0) },
      workers: { all: () => Promise.resolve([]) },
    });
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => health.databaseAnswers()));
    expect(new Set(answers)).to.deep.equal(new Set([true]));
    expect(pings).to.equal(1);
  });
});
