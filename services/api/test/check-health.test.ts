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
          return Promise.resolve({ readOnly: false });
        },
        replication: () => Promise.reject(new Error('not asked for')),
        calls: { backlog: () => Promise.reject(new Error('not asked for')), find: () => Promise.resolve(null) },
        slots: { list: () => Promise.reject(new Error('not asked for')) },
      },
      queue: { depth: () => Promise.resolve(0), writeRefusal: () => Promise.resolve(null) },
      workers: { all: () => Promise.resolve([]), processes: () => Promise.resolve([]) },
      lastRefusal: () => null,
    });
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => health.checkDatabase()));
    expect(new Set(answers.map(({ database }) => database))).to.deep.equal(new Set([true]));
    expect(pings).to.equal(1);
  });

  it('does not say that PostgreSQL is away where it is slow: it answers, and not in time what waits', async () => {
    let asked = 0;
    const never = (): Promise<never> => {
      asked += 1;
      return new Promise(() => undefined);
    };
    const health = createHealthCheck({
      database: {
        ping: () => Promise.resolve({ readOnly: false }),
        replication: () => Promise.resolve({ standbys: 0, synchronous: false }),
        calls: { backlog: never, find: () => Promise.resolve(null) },
        slots: { list: () => Promise.resolve([]) },
      },
      queue: { depth: () => Promise.resolve(0), writeRefusal: () => Promise.resolve(null) },
      workers: { all: () => Promise.resolve([]), processes: () => Promise.resolve([]) },
      lastRefusal: () => null,
    });
    for (let n = 0; n < 2; n++) {
      expect(await health.check()).to.deep.include({ database: true, backlog: null, slots: [] });
    }
    expect(asked, 'connections that a late answer holds').to.equal(1);
  });

  it('says that PostgreSQL is away where it refuses to say what waits, or knows no calls', async () => {
    const ask = (calls: { backlog: () => Promise<never>; find: () => Promise<null> }) =>
      createHealthCheck({
        database: {
          ping: () => Promise.resolve({ readOnly: false }),
          replication: () => Promise.resolve({ standbys: 0, synchronous: false }),
          calls,
          slots: { list: () => Promise.resolve([]) },
        },
        queue: { depth: () => Promise.resolve(0), writeRefusal: () => Promise.resolve(null) },
        workers: { all: () => Promise.resolve([]), processes: () => Promise.resolve([]) },
        lastRefusal: () => null,
      }).check();
    const refused = () => Promise.reject(new Error('column does not exist'));
    const never = (): Promise<never> => new Promise(() => undefined);
    expect(await ask({ backlog: refused, find: () => Promise.resolve(null) })).to.deep.include({ database: false });
    expect(await ask({ backlog: never, find: never })).to.deep.include({ database: false });
  });

  it('finds those well whose answers have come, although this process stood still for longer than they may take', async () => {
    /** Answers as a server would: from outside this process, whether it stands still or not. */
    const answering = <Answer>(answer: Answer): (() => Promise<Answer>) => {
      return () => stat('.').then(() => answer);
    };
    const health = createHealthCheck({
      database: {
        ping: answering({ readOnly: false }),
        replication: answering({ standbys: 0, synchronous: false }),
        calls: {
          backlog: answering({ waiting: 0, oldestCreatedAt: null, lastDialAt: null, at: new Date() }),
          find: answering(null),
        },
        slots: { list: answering([]) },
      },
      queue: { depth: answering(0), writeRefusal: answering(null) },
      workers: { all: answering([]), processes: answering([]) },
      lastRefusal: () => null,
    });
    const asked = [health.check(), health.checkDatabase()] as const;
    await standStill(2_000);
    expect(await asked[0]).to.include({ database: true, redis: true });
    expect(await asked[1]).to.deep.equal({ database: true, databaseRefusal: null });
  }).timeout(30_000);
});
