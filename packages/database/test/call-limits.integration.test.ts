import { CALL_LIMIT_NAMES, DialgateError, type CallLimit, type CallLimits, type OwnLimits } from '@dialgate/domain';
import {
  createTestDatabase,
  createUser,
  eventually,
  NO_LIMITS,
  patientWaits,
  someNewCall,
  type TestDatabase,
} from '@dialgate/testing';
import { expect } from 'chai';
import { openDatabase, type Database } from '../src/index.js';

const FINGERPRINT = 'f'.repeat(64);

/** As many requests as come at once, and how many of them every limit here lets through. */
const REQUESTS = 50;
const ROOM = 7;

describe('limits on accepted calls', function () {
  this.timeout(60_000);
  let tables: TestDatabase;
  const opened: Database[] = [];
  let numbers = 0;
  before(async () => (tables = await createTestDatabase()));
  after(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await tables.drop();
  });
  beforeEach(() => tables.sql('TRUNCATE accepted_calls, called_countries, calls CASCADE'));

  function limited(limits: Partial<CallLimits>): Database {
    const callLimits = { ...NO_LIMITS, ...limits };
    const database = openDatabase({ url: tables.url, applicationName: 'limits-test', callLimits, ...patientWaits() });
    opened.push(database);
    return database;
  }

  interface Wanted {
    readonly userId: string;
    readonly number?: string;
    readonly region?: string | null;
    readonly own?: OwnLimits;
    readonly second?: { readonly number: string; readonly region: string | null } | null;
    readonly key?: string;
  }

  function ask(database: Database, { userId, number, region = 'FR', own = {}, second = null, key }: Wanted) {
    const phoneNumber = number ?? `+3310${String(++numbers).padStart(7, '0')}`;
    return database.calls.create(
      someNewCall({
        userId,
        phoneNumber,
        counted: { number: phoneNumber, region, own, second },
        idempotency: key === undefined ? null : { key, fingerprint: FINGERPRINT },
      }),
    );
  }

  /** Asks for all of them at once, of the databases in turn. @returns how many were accepted, and what the others were told. */
  async function askAll(databases: Database[], count: number, wanted: (n: number) => Wanted) {
    const ended = await Promise.allSettled(
      Array.from({ length: count }, (_, n) => ask(databases[n % databases.length]!, wanted(n))),
    );
    const refusals = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as DialgateError] : []));
    for (const refusal of refusals) {
      if (!CALL_LIMIT_NAMES.includes(refusal.code as CallLimit)) throw refusal;
    }
    return { accepted: count - refusals.length, refusals };
  }

  async function refusal(work: Promise<unknown>): Promise<DialgateError> {
    try {
      await work;
    } catch (error) {
      if (error instanceof DialgateError) return error;
      throw error;
    }
    throw new Error('it was accepted');
  }

  const user = () => createUser(tables.database);
  const end = (userId: string, limit: number) =>
    tables.sql(
      `UPDATE calls SET status = 'canceled', ended_at = now()
       WHERE id IN (SELECT id FROM calls WHERE user_id = $1 AND ended_at IS NULL LIMIT $2)`,
      [userId, limit],
    );
  /** As if so much time had gone by. */
  const wait = async (time: string) => {
    await tables.sql(`UPDATE accepted_calls SET at = at - $1::interval`, [time]);
    await tables.sql(
      `UPDATE called_countries SET new_at = new_at - $1::interval, last_called_at = last_called_at - $1::interval`,
      [time],
    );
  };

  it('count the second phone of a call: whoever is connected was called', async () => {
    const database = limited({ destination_calls_per_minute: 1 });
    const userId = await user();
    const second = { number: '+33299999999', region: 'FR' };
    await ask(database, { userId, second });
    expect((await refusal(ask(database, { userId, number: second.number }))).code).to.equal(
      'destination_calls_per_minute',
    );
    expect((await refusal(ask(database, { userId, second }))).code).to.equal('destination_calls_per_minute');
    await wait('60 s');
    await ask(database, { userId, number: second.number });
  });

  for (const [limit, wanted, freedAfter] of [
    ['user_open_calls', (userId: string) => ({ userId }), null],
    ['user_calls_per_minute', (userId: string) => ({ userId }), '60 s'],
    ['user_calls_per_day', (userId: string) => ({ userId }), '24 h'],
    ['user_new_countries', (userId: string, n: number) => ({ userId, region: `+${1000 + n}` }), '24 h'],
    ['destination_calls_per_minute', (userId: string) => ({ userId, number: '+33100000001' }), '60 s'],
    ['destination_calls_per_15_minutes', (userId: string) => ({ userId, number: '+33100000001' }), '15 min'],
    ['total_open_calls', (userId: string) => ({ userId }), null],
    ['total_calls_per_minute', (userId: string) => ({ userId }), '60 s'],
    ['total_calls_per_day', (userId: string) => ({ userId }), '24 h'],
  ] as const) {
    it(`let exactly as many through as ${limit} allows, of ${REQUESTS} at once over two instances, and more later`, async () => {
      const two = [limited({ [limit]: ROOM }), limited({ [limit]: ROOM })];
      const [one, other] = [await user(), await user()];
      // What is not counted per user is counted whoever asks.
      const askedBy = (n: number): string => (limit.startsWith('user_') || n % 2 === 0 ? one : other);
      const round = (from: number) => askAll(two, REQUESTS, (n) => wanted(askedBy(n), from + n));

      const { accepted, refusals } = await round(0);
      expect(accepted).to.equal(ROOM);
      expect(new Set(refusals.map(({ code }) => code))).to.deep.equal(new Set([limit]));
      expect(refusals[0]?.details.retryAfterSeconds).to.be.greaterThan(0);
      expect((await round(100)).accepted).to.equal(0);

      if (freedAfter === null) await Promise.all([end(one, ROOM), end(other, ROOM)]);
      else await wait(freedAfter);
      expect((await round(200)).accepted).to.equal(ROOM);
    });
  }

  it('hold all at once for requests that meet in other orders, without a deadlock', async () => {
    const limits = Object.fromEntries(CALL_LIMIT_NAMES.map((limit) => [limit, 1_000])) as CallLimits;
    const two = [limited(limits), limited(limits)];
    const users = await Promise.all([user(), user(), user()]);
    const called = ['+33100000001', '+33100000002', '+33100000003'];
    for (let round = 0; round < 4; round++) {
      const { accepted } = await askAll(two, REQUESTS, (n) => ({
        userId: users[(n * 7 + round) % 3]!,
        number: called[(n * 5 + round) % 3]!,
      }));
      expect(accepted).to.equal(REQUESTS);
    }
    const [{ deadlocks } = { deadlocks: -1 }] = await tables.sql<{ deadlocks: number }>(
      'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(deadlocks).to.equal(0);
  });

  it('say when there is room again, by the oldest call that fills the limit', async () => {
    const database = limited({ user_calls_per_day: 2 });
    const userId = await user();
    await ask(database, { userId });
    await wait('23 h 59 min 50 s');
    await ask(database, { userId });
    const soon = await refusal(ask(database, { userId }));
    expect(soon.details.retryAfterSeconds).to.be.within(1, 10);
    expect(soon.details.limit).to.include({ limit: 'user_calls_per_day', quota: 2, windowSeconds: 86_400 });
    await wait('10 s');
    await ask(database, { userId });
    const late = await refusal(ask(database, { userId }));
    expect(late.details.retryAfterSeconds).to.be.within(86_000, 86_400);
  });

  it('say when a number may be called again', async () => {
    const database = limited({ destination_calls_per_minute: 1, destination_calls_per_15_minutes: 3 });
    const userId = await user();
    const number = '+33100000001';
    await ask(database, { userId, number });
    const first = await refusal(ask(database, { userId, number }));
    expect(first.code).to.equal('destination_calls_per_minute');
    expect(first.details.retryAfterSeconds).to.be.within(30, 60);
    for (let more = 0; more < 2; more++) {
      await wait('61 s');
      await ask(database, { userId, number });
    }
    await wait('61 s');
    const fourth = await refusal(ask(database, { userId, number }));
    expect(fourth.code).to.equal('destination_calls_per_15_minutes');
    expect(fourth.details.retryAfterSeconds).to.be.within(600, 720);
    await ask(database, { userId, number: '+33100000002' });
  });

  it('count no user’s calls for another', async () => {
    const database = limited({ user_open_calls: 2, user_calls_per_day: 3, user_new_countries: 1 });
    const [one, other] = [await user(), await user()];
    const { accepted } = await askAll([database], 8, (n) => ({ userId: n % 2 === 0 ? one : other }));
    expect(accepted).to.equal(4);
    const third = await user();
    expect((await askAll([database], 4, () => ({ userId: third }))).accepted).to.equal(2);
  });

  it('know a country for 30 days, and an extension is none', async () => {
    const database = limited({ user_new_countries: 1 });
    const userId = await user();
    await ask(database, { userId, region: 'FR' });
    await ask(database, { userId, region: 'FR' });
    await ask(database, { userId, region: null });
    expect((await refusal(ask(database, { userId, region: 'CU' }))).code).to.equal('user_new_countries');
    await wait('29 days');
    await ask(database, { userId, region: 'CU' });
    await ask(database, { userId, region: 'FR' }); // Called 29 days ago.
    await wait('29 days');
    await ask(database, { userId, region: 'FR' });
    await wait('31 days');
    await ask(database, { userId, region: 'FR' }); // New again.
    expect((await refusal(ask(database, { userId, region: 'CU' }))).code).to.equal('user_new_countries');
  });

  it('are a user’s own where an admin has set them, and hold where the installation has none', async () => {
    const none = limited({});
    const some = limited({ user_open_calls: 2 });
    const [strict, free] = [await user(), await user()];
    const own = { user_open_calls: 3 };
    expect((await askAll([none], 10, () => ({ userId: strict, own }))).accepted).to.equal(3);
    expect((await askAll([some], 10, () => ({ userId: free, own: { user_open_calls: 0 } }))).accepted).to.equal(10);
  });

  it('answer a key that was used before, and use up none for a call they refuse', async () => {
    const database = limited({ user_open_calls: 3, user_calls_per_day: 100 });
    const userId = await user();
    const keyed = (count: number, name: string) => askAll([database], count, (n) => ({ userId, key: `${name}-${n}` }));
    expect((await keyed(3, 'first')).accepted).to.equal(3);
    expect((await keyed(3, 'first')).accepted).to.equal(3); // The same three again.
    expect((await keyed(4, 'second')).accepted).to.equal(0);
    await end(userId, 1);
    expect((await keyed(1, 'second')).accepted).to.equal(1);
    expect(await tables.sql(`SELECT FROM calls WHERE user_id = $1`, [userId])).to.have.length(4);
    expect(await tables.sql(`SELECT FROM accepted_calls WHERE user_id = $1`, [userId])).to.have.length(4);
  });

  it('count one call for a key that comes twice at the same time', async () => {
    const database = limited({ user_open_calls: 2 });
    const userId = await user();
    const same = () => ask(database, { userId, key: 'same' });
    const outcomes = (await Promise.all([same(), same(), same()])).map(({ outcome }) => outcome);
    expect(outcomes.sort()).to.deep.equal(['created', 'replayed', 'replayed']);
    expect((await askAll([database], 5, () => ({ userId }))).accepted).to.equal(1);
  });

  it('write nothing down where none is set', async () => {
    await ask(limited({}), { userId: await user() });
    expect(await tables.sql('SELECT FROM accepted_calls')).to.have.length(0);
  });

  it('go on counting behind calls that were forgotten', async () => {
    const database = limited({ user_calls_per_day: 3, total_calls_per_day: 3 });
    const userId = await user();
    await askAll([database], 3, () => ({ userId }));
    await wait('25 h');
    expect(await database.calls.forgetOldAccepted()).to.equal(0);
    await askAll([database], 2, () => ({ userId }));
    await wait('23 h 30 min');
    expect(await database.calls.forgetOldAccepted()).to.equal(3);
    expect((await askAll([database], 5, () => ({ userId }))).accepted).to.equal(1);
  });

  for (const limit of ['user_calls_per_minute', 'total_calls_per_minute'] as const) {
    it(`hold where the clock is set back: ${limit}`, async () => {
      const database = limited({ [limit]: ROOM });
      const userId = await user();
      await askAll([database], 2, () => ({ userId }));
      await wait('-1 h'); // What was accepted before lies in the future now.
      const { accepted } = await askAll([database], 3, () => ({ userId }));
      expect(accepted).to.equal(3);
      expect((await askAll([database], REQUESTS, () => ({ userId }))).accepted).to.be.within(ROOM - 3 - 2, ROOM - 3);
      const numbered = await tables.sql('SELECT DISTINCT user_nth FROM accepted_calls');
      expect(numbered.length).to.equal((await tables.sql('SELECT FROM accepted_calls')).length);
    });
  }
});

describe('a table of 400,000 calls', function () {
  this.timeout(240_000);
  let tables: TestDatabase;
  let userId: string;
  const idOf = (n: string): string => `(left(${n}, 8) || '-' || right(${n}, 4) || '-7000-8000-000000000000')::uuid`;

  before(async () => {
    tables = await createTestDatabase();
    userId = await createUser(tables.database);
    const ms = `lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')`;
    await tables.sql(
      `INSERT INTO calls (id, user_id, phone_number, context, extension, priority, ring_timeout_ms, expires_at,
         next_enqueue_at, created_at, status, ended_at, dial_sent_at)
       SELECT ${idOf(ms)}, $1, '+3310' || lpad(n::text, 7, '0'), 'c', 's', 1, 1000, now(), now(), at,
         CASE WHEN n % 1000 = 0 THEN 'dialing' ELSE 'busy' END::call_status, CASE WHEN n % 1000 = 0 THEN NULL ELSE now() END, at
       FROM (SELECT n, now() - (400000 - n) * interval '0.2 s' AS at FROM generate_series(1, 400000) AS n) AS numbered`,
      [userId],
    );
    await tables.sql(
      `INSERT INTO accepted_calls (nth, user_id, user_nth, number, at)
       SELECT n, $1, n, '+3310' || lpad(n::text, 7, '0'), now() - (400000 - n) * interval '0.2 s'
       FROM generate_series(1, 400000) AS n`,
      [userId],
    );
    await tables.sql('ANALYZE calls, accepted_calls, called_countries');
  });
  after(() => tables.drop());

  /** How many rows were read meanwhile: one after the other, and by an index. The database is a fresh one, and closed then. */
  async function readBy(
    limits: CallLimits,
    work: (database: Database) => Promise<unknown>,
  ): Promise<{ readonly through: number; readonly byIndex: number }> {
    const read = async () =>
      (
        await tables.sql<{ through: number; byIndex: number }>(
          `SELECT sum(seq_tup_read)::int AS through, sum(idx_tup_fetch)::int AS "byIndex" FROM pg_stat_user_tables
           WHERE relname IN ('calls', 'accepted_calls')`,
        )
      )[0]!;
    const database = openDatabase({
      url: tables.url,
      applicationName: 'reader',
      callLimits: limits,
      ...patientWaits(),
    });
    const before = await read();
    await work(database);
    // The counts of what is read are published by each connection when it has nothing else to do, and at its end.
    await database.close();
    const gone = `SELECT pid FROM pg_stat_activity WHERE application_name = 'reader' AND datname = current_database()`;
    await eventually(async () => (await tables.sql(gone)).length === 0);
    const after = await read();
    return { through: after.through - before.through, byIndex: after.byIndex - before.byIndex };
  }

  it('is not looked through for limits', async () => {
    const limits = Object.fromEntries(CALL_LIMIT_NAMES.map((limit) => [limit, 1_000_000])) as CallLimits;
    const some = { ...limits, destination_calls_per_minute: 10, destination_calls_per_15_minutes: 10 };
    const { through, byIndex } = await readBy(some, async ({ calls }) => {
      for (let n = 0; n < 20; n++) await calls.create(someNewCall({ userId, phoneNumber: `+3310555${1_000 + n}` }));
    });
    expect(through, 'rows read one after the other').to.equal(0);
    expect(byIndex).to.be.greaterThan(20);
  });

  const hourAgo = (): Date => new Date(Date.now() - 3_600_000);
  for (const [what, filter, atMost] of [
    ['all of a user', () => ({ userId }), 100],
    ['everybody’s', () => ({ userId: null }), 100],
    ['of a number', () => ({ userId: null, phoneNumber: '+33100000042' }), 10],
    ['of a user to a number', () => ({ userId, phoneNumber: '+33100000042' }), 10],
    ['that are open', () => ({ userId, statuses: ['dialing', 'ringing'] as const }), 1_000],
    ['of an hour long ago', () => ({ userId, createdBefore: new Date(Date.now() - 70_000_000) }), 20_000],
    ['of a reason that none has', () => ({ userId, failureReason: 'media' as const }), 20_000],
    ['with last digits that one has', () => ({ userId: null, lastDigits: '0000042' }), 20_000],
    ['with notes that none has', () => ({ userId, metadata: { order: '1' }, createdAfter: hourAgo() }), 80_000],
  ] as const) {
    it(`is read by an index for the calls ${what}, and not further than ${atMost} rows`, async () => {
      const { through, byIndex } = await readBy(NO_LIMITS, ({ calls }) => calls.list(filter(), null, 50));
      expect(through, 'rows read one after the other').to.equal(0);
      expect(byIndex).to.be.within(0, atMost);
    });
  }

  it('is not looked through for a user whose calls lie behind those of all others', async () => {
    const early = await createUser(tables.database);
    await tables.sql(`UPDATE calls SET user_id = $1 WHERE id IN (SELECT id FROM calls ORDER BY id LIMIT 100)`, [early]);
    const { through, byIndex } = await readBy(NO_LIMITS, async ({ calls }) => {
      expect((await calls.list({ userId: early }, null, 50)).calls).to.have.lengthOf(50);
    });
    expect({ through, few: byIndex < 1_000 }).to.deep.equal({ through: 0, few: true });
  });

  it('is read by an index for what became of the last hour’s calls', async () => {
    const { through, byIndex } = await readBy(NO_LIMITS, async ({ calls }) => {
      const counts = await calls.outcomes(hourAgo(), userId);
      expect(counts.map(({ status }) => status)).to.include.members(['busy', 'dialing']);
    });
    expect(through, 'rows read one after the other').to.equal(0);
    expect(byIndex).to.be.within(10_000, 60_000);
  });
});
