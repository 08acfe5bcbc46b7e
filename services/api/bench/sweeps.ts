/**
 * What one round of the sweeps costs PostgreSQL, and what else looks through the indexes of calls that wait or are open: before, and
 * while a snapshot is open that keeps the dead entries of calls that came and went meanwhile (as pg_dump's does). Prints for people.
 *
 * `--calls N` (100,000): how many came and went; `--slots N` (2): over how many slots.
 */
import { parseArgs } from 'node:util';
import { connectTo, openDatabase } from '@dialgate/database';
import { createTestDatabase, createUser, cpuMicrosOf } from '@dialgate/testing';

/** Each is asked so often, after a first time that warms it up. */
const TIMES = 25;

const { values: given } = parseArgs({
  options: { calls: { type: 'string', default: '100000' }, slots: { type: 'string', default: '2' } },
});
const CALLS = Number(given.calls);
const SLOTS = Number(given.slots);
const AT_ONCE = 500;

const testDatabase = await createTestDatabase();
const { sql } = testDatabase;
const database = openDatabase({
  url: testDatabase.url,
  applicationName: 'bench',
  poolSize: 1,
  queryTimeoutMs: 120_000,
});
const { calls, slots } = database;
const cleanUp: (() => Promise<unknown>)[] = [];
try {
  const userId = await createUser(database);
  const owner = '00000000-0000-4000-8000-000000000002';
  const leases = [];
  for (let n = 0; n < SLOTS; n++)
    leases.push(await slots.acquire({ asterisk: 'bench', appPrefix: 'bench', owner, holder: 'bench' }));
  const slotIds = leases.map(({ slotId }) => slotId);
  await sql(
    `UPDATE worker_slots SET lease_until = now() + interval '1 day', steady_since = now() - interval '1 h', followed_at = now() + interval '1 day', followed_epoch = epoch`,
  );
  await sql('ANALYZE');
  const asked = statements(slotIds);
  console.log('before');
  await measure(asked);

  const snapshot = await connectTo(testDatabase.ownerUrl, {});
  cleanUp.push(() => snapshot.end());
  await snapshot.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await snapshot.query('SELECT count(*) FROM calls');
  const began = performance.now();
  for (let made = 0; made < CALLS; made += AT_ONCE)
    await comeAndGo(userId, slotIds, Math.min(AT_ONCE, CALLS - made), 7_200 * (1 - made / CALLS));
  await sql('ANALYZE calls');
  console.log(
    `${CALLS} calls came and went in ${((performance.now() - began) / 1000).toFixed(0)} s beside an open snapshot`,
  );
  const sizes = await sql<{ name: string; size: string }>(
    `SELECT relname AS name, pg_size_pretty(pg_relation_size(oid)) AS size FROM pg_class WHERE relname LIKE 'calls%' AND relkind IN ('i', 'r') ORDER BY 1`,
  );
  console.log(sizes.map(({ name, size }) => `${name} ${size}`).join(', '));
  await measure(asked);
} finally {
  for (const one of cleanUp) await one();
  await database.close();
  await testDatabase.drop();
}

/** As the product writes them, each move in a transaction of its own. */
async function comeAndGo(
  userId: string,
  slotIds: readonly number[],
  howMany: number,
  secondsAgo: number,
): Promise<void> {
  const rows = await sql<{ id: string }>(
    `INSERT INTO calls (id, user_id, phone_number, context, extension, priority, ring_timeout_ms, created_at, expires_at, next_enqueue_at)
     SELECT gen_random_uuid(), $1::uuid, '+33100000001', 'outbound-ivr', 's', 1, 30000, t, t + interval '300 s', t + interval '5 s'
     FROM (SELECT now() - $2::float8 * interval '1 s' AS t, n FROM generate_series(1, $3::int) n) x RETURNING id`,
    [userId, secondsAgo, howMany],
  );
  const ids = rows.map(({ id }) => id);
  const each = 'WHERE id = ANY($1::uuid[])';
  await sql(
    `UPDATE calls SET attempt = 1, slot_id = ($2::int[])[1 + abs(hashtext(id::text)) % cardinality($2::int[])], slot_epoch = 1, claimed_at = now() ${each}`,
    [ids, slotIds],
  );
  await sql(`UPDATE calls SET status = 'dialing', dial_sent_at = now() ${each}`, [ids]);
  await sql(`UPDATE calls SET status = 'ringing', ringing_at = now() ${each}`, [ids]);
  await sql(`UPDATE calls SET status = 'answered', answered_at = now() ${each}`, [ids]);
  await sql(`UPDATE calls SET status = 'completed', ended_at = now(), hangup_cause = 16 ${each}`, [ids]);
}

function statements(slotIds: readonly number[]): Record<string, () => Promise<unknown>> {
  return {
    takeSweepTurn: () => calls.takeSweepTurn('overdue_calls', 2_000),
    expireOverdue: () => calls.expireOverdue('sweep'),
    refuseOfStopped: () => calls.refuseOfStopped(),
    endOrphans: () => calls.endOrphans(60),
    takeDueForQueue: () => calls.takeDueForQueue(),
    takeDueOrders: () => calls.takeDueOrders(),
    hastenOrdersOfStopped: () => calls.hastenOrdersOfStopped(),
    toHangUp: () => calls.toHangUp(slotIds, 0),
    openOfSlot: () => calls.openOfSlot(slotIds[0] ?? 0),
    countOpenOfSlot: () => calls.countOpenOfSlot(slotIds[0] ?? 0),
    backlog: () => calls.backlog(),
    'slots.list': () => slots.list(),
    'open_calls_of_slots (claim, capacity)': () => sql('SELECT * FROM open_calls_of_slots(1)'),
  };
}

async function measure(asked: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> {
  const rows = await sql<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'bench' AND datname = current_database()`,
  );
  for (const [name, ask] of Object.entries(asked)) {
    await ask();
    const pids = rows.map(({ pid }) => pid);
    const cpu = () => pids.reduce((sum, pid) => sum + cpuMicrosOf(pid), 0);
    const times: number[] = [];
    const before = cpu();
    for (let n = 0; n < TIMES; n++) {
      const since = performance.now();
      await ask();
      times.push(performance.now() - since);
    }
    const [median = NaN] = times.toSorted((a, b) => a - b).slice(Math.floor(TIMES / 2));
    console.log(
      `  ${name.padEnd(40)} ${median.toFixed(1).padStart(8)} ms, ${((cpu() - before) / TIMES / 1000).toFixed(1).padStart(8)} ms CPU of PostgreSQL`,
    );
  }
}
