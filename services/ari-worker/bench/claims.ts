/**
 * Claims: what both limits cost, against a floor measured in the same run, claims without any; and how long a call waits behind
 * 20,000 jobs whose calls have expired, with both limits on and as many originations at once as a worker begins with.
 *
 * Prints one JSON line: `{ name, unit, rows: [{ name, perSecond, cpuMicros, postgresMicros }], ratios: [{ name, value, goal
 * }] }`; see measure.ts.
 */
import { openDatabase, type ClaimLimits } from '@dialgate/database';
import { openOriginateConsumer, openOriginateProducer } from '@dialgate/redis';
import { silentLog } from '@dialgate/service-kit';
import { createTestDatabase, createUser, eventually, FOLLOWING, someNewCall, testRedis } from '@dialgate/testing';
import { v7 as uuidv7 } from 'uuid';
import { firstRoom } from '../src/originate/room.js';
import { bestOfTwo, createMeasure, report, type Measured } from './measure.js';

const CALLS = Number(process.env.BENCH_CALLS ?? 4_000);
const DEAD_JOBS = 20_000;
const AT_ONCE = 50;
const NO_LIMITS: ClaimLimits = { maxConcurrentCalls: 0, originatePerSecond: 0 };
/** On, and never reached. */
const BOTH_LIMITS: ClaimLimits = { maxConcurrentCalls: 10_000_000, originatePerSecond: 1_000_000 };

const testDatabase = await createTestDatabase();
const measure = await createMeasure(testDatabase.ownerUrl);
const database = openDatabase({ url: testDatabase.url, applicationName: 'bench', poolSize: 8 });
const { calls } = database;
const userId = await createUser(database);
const lease = await database.slots.acquire({ asterisk: 'bench', appPrefix: 'bench', owner: uuidv7(), holder: 'bench' });
const renewing = setInterval(() => void database.slots.renew(lease, FOLLOWING), 1_000);

await claims('warm-up', BOTH_LIMITS, 500);
const rows = await bestOfTwo(
  async () =>
    [
      await claims('claims without limits', NO_LIMITS, CALLS),
      await claims('claims with both limits', BOTH_LIMITS, CALLS),
      await behindDeadJobs(),
    ] as const,
);
const [unlimited, limited, dead] = rows;
report({
  name: 'claims',
  unit: 'calls',
  rows,
  ratios: [
    { name: 'claims with both limits / without', value: limited.perSecond / unlimited.perSecond, goal: 0.8 },
    { name: 'seconds behind 20,000 dead jobs', value: DEAD_JOBS / dead.perSecond, goal: 2, atMost: true },
  ],
});
clearInterval(renewing);
await database.close();
await testDatabase.drop();

async function waiting(count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const some = Array.from({ length: Math.min(1_000, count - ids.length) }, () => someNewCall({ userId }));
    await Promise.all(some.map((call) => calls.create(call)));
    ids.push(...some.map(({ id }) => id));
  }
  return ids;
}

async function claims(name: string, limits: ClaimLimits, count: number): Promise<Measured> {
  // Each with as many calls open as the other: a limit on them counts them.
  await testDatabase.sql(
    `UPDATE calls SET status = 'failed', ended_at = now() WHERE slot_id IS NOT NULL AND ended_at IS NULL`,
  );
  await testDatabase.sql('VACUUM ANALYZE calls');
  const ids = await waiting(count);
  const lane = async (): Promise<void> => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      const { outcome } = await calls.claim(id, lease, limits);
      if (outcome !== 'claimed') throw new Error(`a claim came to ${outcome}`);
    }
  };
  return measure(name, count, () => Promise.all(Array.from({ length: AT_ONCE }, lane)));
}

async function behindDeadJobs(): Promise<Measured> {
  const expired = await waiting(DEAD_JOBS);
  await testDatabase.sql(
    `UPDATE calls SET expires_at = now() - interval '1 s', created_at = now() - interval '1 h' WHERE slot_id IS NULL`,
  );
  const [fresh = ''] = await waiting(1);
  const { url, prefix } = testRedis();
  const queue = { redisUrl: url, prefix, log: silentLog };
  const producer = openOriginateProducer(queue);
  await eventually(producer.ready);
  for (const id of [...expired, fresh]) void producer.add(id);
  await eventually(async () => (await producer.depth()) === DEAD_JOBS + 1, 60_000);

  let claimed: () => void = () => undefined;
  const freshIsClaimed = new Promise<void>((resolve) => (claimed = resolve));
  const consumer = openOriginateConsumer({
    ...queue,
    concurrency: firstRoom(AT_ONCE).atOnce,
    originate: async (id) => {
      const { outcome } = await calls.claim(id, lease, BOTH_LIMITS);
      if (outcome === 'claimed' && id === fresh) claimed();
      return outcome === 'nothing_to_do' ? outcome : 'done';
    },
    areOver: calls.areOver,
  });
  const measured = await measure('dead jobs before a fresh one', DEAD_JOBS, () => {
    consumer.open(true);
    return freshIsClaimed;
  });
  await consumer.close(5_000);
  await producer.close();
  return measured;
}
