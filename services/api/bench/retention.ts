/**
 * What a table of many calls costs: the migration that prepares it for CALL_RETENTION_DAYS, and the deletion of old calls, while
 * calls are accepted, claimed and permitted beside it, twenty a second; and whether the tables grow when as many calls
 * come as go. Prints for people.
 *
 * `--calls N` (200,000): how many calls there are, over 400 days, each with four entries in its timeline. `--database NAME`: one of
 * the server that was filled by this before; it is kept, and so is the one that is made when `--keep` is given.
 */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connectTo, migrate, openDatabase, type Database } from '@dialgate/database';
import { sleep } from '@dialgate/service-kit';
import { cpuMicrosOf, createUser, eventually, someNewCall } from '@dialgate/testing';

const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
const OURS = '20261129073000';

/** A deletion is measured for so long, in milliseconds. */
const DELETING_MS = 60_000;

const { values: given } = parseArgs({
  options: {
    calls: { type: 'string', default: '200000' },
    database: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const server = process.env.TEST_DATABASE_URL ?? '';
const name = given.database ?? `dialgate_bench_${Date.now()}`;
const target = new URL(server);
target.pathname = `/${name}`;
const say = (line: string): void => console.log(line);

if (given.database === undefined) await onServer(server, `CREATE DATABASE ${name}`);
try {
  if (given.database === undefined) await fill(Number(given.calls));
  await measureAll();
} finally {
  if (given.database === undefined && !given.keep) await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`);
}

async function fill(calls: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'dialgate-bench-'));
  await cp(MIGRATIONS, directory, { recursive: true });
  for (const one of await readdir(directory))
    if (one >= OURS && one !== 'migration_lock.toml') await rm(join(directory, one), { recursive: true });
  await migrate({ url: target.href, directory });
  await rm(directory, { recursive: true });
  const since = performance.now();
  await onServer(
    target.href,
    `INSERT INTO users (id, username, password_hash, role) VALUES ('00000000-0000-7000-8000-000000000001', 'bench', '!', 'operator')`,
    'SET synchronous_commit = off',
    callsOf(calls, `interval '400 days'`),
    'UPDATE webhook_position SET event_id = (SELECT max(id) FROM call_events)',
    'VACUUM ANALYZE',
  );
  say(`filled with ${calls.toLocaleString('en')} calls in ${seconds(since)}`);
}

/** Calls that are over, evenly over so much time until now, with their timelines. */
function callsOf(howMany: number, over: string): string {
  return `WITH made AS (
    INSERT INTO calls (id, user_id, phone_number, status, context, extension, priority, ring_timeout_ms, caller_id, variables, metadata, attempt,
      created_at, expires_at, next_enqueue_at, dial_sent_at, ringing_at, answered_at, ended_at, hangup_cause, hangup_by)
    SELECT (lpad(to_hex((extract(epoch FROM t) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3) || '8' ||
        substr(md5(random()::text), 4, 15))::uuid,
      '00000000-0000-7000-8000-000000000001', '+336' || lpad((n::bigint * 7919 % 100000000)::text, 8, '0'), 'completed', 'outbound-ivr', 's', 1, 30000,
      '"Support" <+33123456789>', '{"DG_ORDER":"1234567"}', '{"customer":"c-123456"}', 1, t, t + interval '300 s', t + interval '5 s',
      t + interval '1 s', t + interval '4 s', t + interval '9 s', t + interval '60 s', 16, 'callee'
    FROM (SELECT n, now() - ${over} + n * (${over} / ${howMany}) AS t FROM generate_series(1, ${howMany}) n) x
    RETURNING id, created_at
  )
  INSERT INTO call_events (call_id, event, status, at, source, detail)
  SELECT made.id, e.event, e.status::call_status, made.created_at + e.later, e.source, e.detail::jsonb
  FROM made, (VALUES ('created', 'pending', interval '0', 'api', NULL), ('dial_sent', 'dialing', interval '1 s', 'worker', NULL),
    ('answered', 'answered', interval '9 s', 'asterisk', '{"channel":"PJSIP/trunk-00000012"}'),
    ('hung_up', 'completed', interval '60 s', 'asterisk', '{"cause":16,"channel":"PJSIP/trunk-00000012"}')
  ) e(event, status, later, source, detail)`;
}

async function measureAll(): Promise<void> {
  // As it was before, should this be another round.
  await onServer(
    target.href,
    'DROP INDEX IF EXISTS calls_erased',
    'DROP FUNCTION IF EXISTS forget_old_calls(int, timestamptz, uuid, int)',
    `DELETE FROM _prisma_migrations WHERE migration_name >= '${OURS}'`,
  );
  const [before] = await onServer<{ calls: string; entries: string }>(
    target.href,
    'SELECT (SELECT count(*) FROM calls) AS calls, (SELECT count(*) FROM call_events) AS entries',
  );
  say(
    `${Number(before?.calls).toLocaleString('en')} calls with ${Number(before?.entries).toLocaleString('en')} entries, ${await size()}`,
  );

  const database = openDatabase({
    url: target.href,
    applicationName: 'bench-traffic',
    poolSize: 8,
    queryTimeoutMs: 60_000,
  });
  const deleter = openDatabase({
    url: target.href,
    applicationName: 'bench-deletion',
    poolSize: 1,
    queryTimeoutMs: 60_000,
  });
  const traffic = startTraffic(database, await createUser(database));
  await eventually(() => traffic.count() > 400, 120_000);
  say(`calls beside nothing else:   ${traffic.take()}`);

  const migrating = performance.now();
  const applied = await migrate({ url: target.href, directory: MIGRATIONS });
  const took = seconds(migrating);
  say(`${applied.length} migrations in ${took};  calls meanwhile: ${traffic.take()}`);

  let deleted = 0;
  for (const [pace, restMs] of [
    ['as the API deletes', 10_000],
    ['without any rest', 0],
  ] as const) {
    const deletion = await deleteCalls(deleter, restMs);
    deleted += deletion.calls;
    say(`deletion ${pace}: ${deletion.said}\n  calls meanwhile: ${traffic.take()}`);
  }
  await traffic.stop();

  const half = await size();
  await onServer(target.href, 'VACUUM calls', 'VACUUM call_events');
  await onServer(target.href, callsOf(deleted, `interval '10 days'`));
  await onServer(target.href, 'VACUUM calls', 'VACUUM call_events');
  say(`size after it ${half}; with as many new calls ${await size()}`);
  await Promise.all([database.close(), deleter.close()]);
}

/** Ten statements, and the next ten so long after these began. */
async function deleteCalls(by: Database, everyMs: number): Promise<{ readonly calls: number; readonly said: string }> {
  const times: number[] = [];
  const first = await by.calls.forgetOldCalls(100, null);
  const cpu = await cpuOfSession('bench-deletion');
  const [since, cpuBefore] = [performance.now(), cpu()];
  let [calls, next] = [0, first.next];
  let roundAt = since;
  while (next !== null && performance.now() - since < DELETING_MS) {
    if (times.length % 10 === 0 && times.length > 0) {
      await sleep(Math.max(0, roundAt + everyMs - performance.now()));
      roundAt = performance.now();
    }
    const began = performance.now();
    const forgotten = await by.calls.forgetOldCalls(100, next);
    times.push(performance.now() - began);
    calls += forgotten.calls;
    next = forgotten.next;
  }
  const perSecond = Math.round((calls / (performance.now() - since)) * 1_000);
  const micros = Math.round((cpu() - cpuBefore) / calls);
  const said = `${calls.toLocaleString('en')} calls, ${perSecond} a second, ${micros} µs CPU of PostgreSQL each, a statement ${percentiles(times)}`;
  return { calls: calls + first.calls, said };
}

/** The CPU time of the one session of that name, on this machine. */
async function cpuOfSession(application: string): Promise<() => number> {
  const [session] = await onServer<{ pid: number }>(
    target.href,
    `SELECT pid FROM pg_stat_activity WHERE application_name = '${application}' AND datname = current_database()`,
  );
  const pid = session?.pid ?? 0;
  return () => cpuMicrosOf(pid);
}

/** Accepts, claims and permits twenty calls a second, each waiting for no other. */
function startTraffic(database: Database, userId: string) {
  const { calls, slots } = database;
  const owner = '00000000-0000-4000-8000-000000000002';
  const leased = slots.acquire({ asterisk: 'bench', appPrefix: 'bench', owner, holder: 'bench' });
  let [accepted, permitted]: [number[], number[]] = [[], []];
  const underWay = new Set<Promise<void>>();
  async function one(): Promise<void> {
    const lease = await leased;
    const call = someNewCall({ userId });
    const began = performance.now();
    await calls.create(call);
    const after = performance.now();
    accepted.push(after - began);
    const claim = await calls.claim(call.id, lease, { maxConcurrentCalls: 0, originatePerSecond: 0 });
    if (claim.outcome !== 'claimed') throw new Error(`the call was not claimed: ${claim.outcome}`);
    if (!(await calls.permitDial({ callId: call.id, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch })))
      throw new Error('no permission');
    permitted.push(performance.now() - after);
  }
  const renewing = setInterval(
    () =>
      void leased.then((lease) =>
        slots.renew(lease, { connection: 'connected', follows: true, breaker: 'closed', answeredRate: null }),
      ),
    2_000,
  );
  const beating = setInterval(() => {
    const call = one().finally(() => underWay.delete(call));
    underWay.add(call);
  }, 50);
  return {
    count: () => permitted.length,
    take: () => {
      const said = `${permitted.length} calls; accepted in ${percentiles(accepted)}, claimed and permitted in ${percentiles(permitted)}`;
      [accepted, permitted] = [[], []];
      return said;
    },
    stop: async () => {
      clearInterval(beating);
      clearInterval(renewing);
      await Promise.all(underWay);
    },
  };
}

function percentiles(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1);
  return `${at(0.5)} ms (99 of 100 in ${at(0.99)}, all in ${at(1)})`;
}

async function size(): Promise<string> {
  const rows = await onServer<{ said: string }>(
    target.href,
    `SELECT string_agg(format('%s %s', relname, pg_size_pretty(pg_total_relation_size(oid))), ', ' ORDER BY relname) AS said
     FROM pg_class WHERE relname IN ('calls', 'call_events') AND relkind = 'r'`,
  );
  return rows[0]?.said ?? '';
}

async function onServer<Row extends object>(url: string, ...statements: string[]): Promise<Row[]> {
  const client = await connectTo(url, {});
  try {
    let rows: Row[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows as Row[];
    return rows;
  } finally {
    await client.end();
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}
