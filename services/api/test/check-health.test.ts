import { stat } from 'node:fs/promises';
import { standStill } from '@dialgate/testing';
import { expect } from 'chai';
import { createHealthCheck } from '../src/health/check-health.js';

describe('the health check', () => {
  it('asks PostgreSQL once, however many ask whether it is ready at the same time', async () => {
    let pings = 0;
    const health = createHealthCheck({
      database: {
        ping: () => {
          pings += 1;
          return Promise.resolve();
        },
        replication: () => Promise.reject(new Error('not asked for')),
        calls: { backlog: () => Promise.reject(new Error('not asked for')) },
        slots: { list: () => Promise.reject(new Error('not asked for')) },
      },
      queue: { depth: () => Promise.resolve(0) },
      workers: { all: () => Promise.resolve([]), processes: () => Promise.resolve([]) },
    });
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => health.databaseAnswers()));
    expect(new Set(answers)).to.deep.equal(new Set([true]));
    expect(pings).to.equal(1);
  });

  it('finds those well whose answers have come, although this process stood still for longer than they may take', async () => {
    /** Answers as a server would: from outside this process, whether it stands still or not. */
    const answering = <Answer>(answer: Answer): (() => Promise<Answer>) => {
      return () => stat('.').then(() => answer);
    };
    const health = createHealthCheck({
      database: {
        ping: answering(undefined),
        replication: answering({ standbys: 0, synchronous: false }),
        calls: { backlog: answering({ waiting: 0, oldestCreatedAt: null, lastDialAt: null, at: new Date() }) },
        slots: { list: answering([]) },
      },
      queue: { depth: answering(0) },
      workers: { all: answering([]), processes: answering([]) },
    });
    const asked = [health.check(), health.databaseAnswers()] as const;
    await standStill(2_000);
    expect(await asked[0]).to.include({ database: true, redis: true });
    expect(await asked[1]).to.equal(true);
  }).timeout(30_000);
});
