/**
 * The sweep of lost jobs: how quickly a queue that has lost everything is full again, and what a due call costs whose job is
 * still there, against a floor measured in the same run: adding as many jobs without looking at any row.
 *
 * Prints one JSON line: `{ name, unit, rows: [{ name, perSecond, cpuMicros, postgresMicros }], ratios: [{ name, value, goal
 * }] }`; see measure.ts.
 */
import { randomUUID } from 'node:crypto';
import { openDatabase } from '@dialgate/database';
import { openOriginateProducer, type OriginateProducer } from '@dialgate/redis';
import { silentLog } from '@dialgate/service-kit';
import { createTestDatabase, createUser, eventually, someNewCall, testRedis } from '@dialgate/testing';
import { createSweepLostJobs } from '../src/reconcile/sweep.js';
import { bestOfTwo, createMeasure, report, type Measured } from './measure.js';

const CALLS = Number(process.env.BENCH_WAITING_CALLS ?? 20_000);

/** What one sweep takes on. */
const DUE = Math.min(CALLS, 1_000);

const testDatabase = await createTestDatabase();
const measure = await createMeasure(testDatabase.ownerUrl);
const database = openDatabase({ url: testDatabase.url, applicationName: 'bench', poolSize: 8 });
const { calls } = database;
const userId = await createUser(database);
for (let made = 0; made < CALLS; made += 1_000) {
  const some = Array.from({ length: Math.min(1_000, CALLS - made) }, () => someNewCall({ userId }));
  await Promise.all(some.map((call) => calls.create({ ...call, expiresInMs: 3_600_000 })));
}

const rows = await bestOfTwo(async () => [await plainAdds(), ...(await sweeps())] as const);
const [plain, refill, kept] = rows;
report({
  name: 'queue refill',
  unit: 'calls',
  rows,
  ratios: [
    { name: 'refill, in 5,000 jobs per second', value: refill.perSecond / 5_000, goal: 1 },
    { name: 'refill / adding without rows', value: refill.perSecond / plain.perSecond, goal: 0.6 },
    {
      name: 'CPU of a due call with a job / refilled',
      value: kept.cpuMicros / refill.cpuMicros,
      goal: 0.5,
      atMost: true,
    },
  ],
});
await database.close();
await testDatabase.drop();

async function plainAdds(): Promise<Measured> {
  return withQueue((producer) =>
    measure('adding jobs without rows', CALLS, async () => {
      await Promise.all(Array.from({ length: CALLS }, () => producer.add(randomUUID())));
    }),
  );
}

async function sweeps(): Promise<readonly [refilled: Measured, kept: Measured]> {
  return withQueue(async (producer) => {
    const sweep = createSweepLostJobs(
      { ...calls, takeSweepTurn: () => Promise.resolve(true) },
      producer,
      2_000,
      silentLog,
    );
    await testDatabase.sql(`UPDATE calls SET next_enqueue_at = now() + interval '1 h'`);
    const refilled = await measure('refill of an empty queue', CALLS, sweep);
    if ((await producer.depth()) !== CALLS) throw new Error('the queue is not full again');
    await testDatabase.sql(`UPDATE calls SET next_enqueue_at = now() - interval '1 s'`);
    return [refilled, await measure('due calls that have their job', DUE, sweep)] as const;
  });
}

/** On a queue of its own, which is empty. */
async function withQueue<Result>(work: (producer: OriginateProducer) => Promise<Result>): Promise<Result> {
  const { url, prefix } = testRedis();
  const producer = openOriginateProducer({ redisUrl: url, prefix, log: silentLog });
  try {
    await eventually(producer.ready);
    return await work(producer);
  } finally {
    await producer.close();
  }
}
