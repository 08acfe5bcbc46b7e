import { randomUUID } from 'node:crypto';
import { createTestDatabase, createUser, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { OPEN_COUNTED_AT_MOST, type Database } from '../src/index.js';
import { LOOKED_AT, type CallFilter } from '../src/calls/list-calls.js';
import { overhear, pagesOf, scansOf, type Overheard } from './plans.js';

/** So many calls there are: enough to tell reading all of them from reading 10,000. */
const CALLS = 120_000;

/** So many PostgreSQL is told there are. */
const TOLD = 10_000_000;

/** So many wait, while much waits; the first of all calls, so that they lie where a look from the newest comes last. */
const BACKLOG = 60_000;

/** Three calls a second: 10,417 an hour. */
const APART_SECONDS = 0.3456;

/** Every tenth call is to this one. */
const COMMON_NUMBER = '+33999999999';

interface Most {
  /** That one scan reads. */
  readonly rows: number;
  /** Of 8 KB, that are looked at, of the table and its indexes. */
  readonly pages: number;
}

/** What an index leads to: 51 calls, wherever they lie, and the way there; of open ones all, which are a thousand. */
const A_PAGE: Most = { rows: 2_000, pages: 500 };

/**
 * What is looked for row by row: 10,000 rows for the page and as many for where it ended, and before them the open calls that turned
 * out to be too many. At most one page of 8 KB for each.
 */
const A_LOOK: Most = { rows: LOOKED_AT + 1, pages: 3 * LOOKED_AT };

/**
 * Of few calls PostgreSQL may as well read all of some time, one after the other: that costs it less than to come to 10,000 by
 * their user. Of ten million it does so only where few are of that time.
 */
const ALL_OF_THEM: Most = { ...A_LOOK, rows: CALLS };

const ago = (calls: number): Date => new Date(Date.now() - calls * APART_SECONDS * 1_000);

/** What is rare lies where the look comes last: at the beginning of all calls. */
const FILTERS: readonly (readonly [what: string, filter: () => Omit<CallFilter, 'userId'>, most?: Most])[] = [
  ['all', () => ({}), A_PAGE],
  ['of a rare status', () => ({ statuses: ['canceled'] })],
  ['of a common status', () => ({ statuses: ['busy', 'no_answer'] }), A_PAGE],
  ['that are open', () => ({ statuses: ['pending', 'dialing', 'ringing', 'answered'] }), A_PAGE],
  ['that are open or were canceled', () => ({ statuses: ['pending', 'canceled'] })],
  ['to a number', () => ({ phoneNumber: '+33100007919' }), A_PAGE],
  ['to a number that nobody calls', () => ({ phoneNumber: '+33' }), A_PAGE],
  ['to a number that many call', () => ({ phoneNumber: COMMON_NUMBER })],
  ['to a number that ends so', () => ({ lastDigits: '00007919' })],
  ['to a number that ends as many do', () => ({ lastDigits: '9999' })],
  ['to a rare context', () => ({ context: 'rare' })],
  ['for a reason that none has', () => ({ failureReason: 'media' })],
  ['for a common reason', () => ({ failureReason: 'unreachable' }), A_PAGE],
  ['with notes that none has', () => ({ metadata: { order: '0', batch: 'b0' } })],
  ['of the last minutes', () => ({ createdAfter: ago(1_000) })],
  ['of the last minutes that failed so', () => ({ createdAfter: ago(1_000), failureReason: 'media' })],
  ['of before', () => ({ createdBefore: ago(CALLS / 2) })],
  ['of a time that is over', () => ({ createdAfter: ago(CALLS / 2), createdBefore: ago(CALLS / 2 - 100) })],
  ['of a time to come', () => ({ createdAfter: ago(-30_000) }), A_PAGE],
  ['of before all', () => ({ createdBefore: ago(CALLS + 30_000) }), A_PAGE],
  ['that are open and of before', () => ({ statuses: ['pending'], createdBefore: ago(CALLS / 2) }), A_PAGE],
  ['to a number that many call, of the last minutes', () => ({ phoneNumber: COMMON_NUMBER, createdAfter: ago(1_000) })],
  ['to a number that many call, that are open', () => ({ phoneNumber: COMMON_NUMBER, statuses: ['pending'] }), A_PAGE],
  [
    'by all filters at once',
    () => ({
      ...{ phoneNumber: COMMON_NUMBER, lastDigits: '9999', context: 'rare', statuses: ['failed'] },
      ...{ failureReason: 'media', metadata: { order: '0' }, createdAfter: ago(CALLS), createdBefore: ago(1) },
    }),
  ],
];

/** How PostgreSQL plans; and what a look may cost then. */
const VIEWS = [
  ['as they are', () => Promise.resolve(), ALL_OF_THEM],
  ['as if they were ten million', tell, A_LOOK],
] as const;

/**
 * What a list costs must not grow with the table. That each one follows an index from where its page begins, and reads no more than
 * 10,000 calls, is seen in the plans of the very statements that are sent: as PostgreSQL plans them for the calls that there are, and
 * as it would if they were ten million. `docs/scaling.md` has what ten million real ones cost.
 */
describe('the cost of a list of calls', function () {
  this.timeout(240_000);
  let tables: TestDatabase;
  let overheard: Overheard;
  let early: string;
  let askers: readonly (readonly [who: string, userId: string | null])[];
  let cursors: readonly (readonly [page: string, before: string | null])[];

  before(async () => {
    tables = await createTestDatabase();
    overheard = overhear(tables.url);
    const [most, many, none] = [await user(), await user(), await user()];
    early = await user();
    await fill(tables, { most, many, early });
    askers = [
      ['an admin', null],
      ['who has most of them', most],
      ['who has many', many],
      ['whose calls lie behind those of others', early],
      ['who has none', none],
    ];
    cursors = [
      ['the first page', null],
      ['a page in the middle', await idOf(CALLS / 2)],
      ['the last page', await idOf(50)],
    ];
  });
  after(async () => {
    await overheard.close();
    await tables.drop();
  });

  const user = () => createUser(tables.database);
  const idOf = async (n: number): Promise<string> =>
    (await tables.sql<{ id: string }>('SELECT id FROM calls ORDER BY id OFFSET $1 LIMIT 1', [n]))[0]!.id;

  /** Looks at the plans of what is asked. @returns how many rows were read and thrown away. */
  async function judge(ask: (database: Database) => Promise<unknown>, most: Most, message: string): Promise<number> {
    const plans = await overheard.plansOf(ask);
    const scans = plans.flatMap((plan) => scansOf('calls', plan));
    expect(scans, message).not.to.have.lengthOf(0);
    for (const { way, rows } of scans) {
      if (way === 'Seq Scan') expect(most, message).to.equal(ALL_OF_THEM);
      else expect(way, message).to.match(/^(Index|Index Only|Bitmap Heap|Bitmap Index) Scan by calls_/);
      expect(rows, `${message}: ${way}, in rows`).to.be.within(0, most.rows);
    }
    const pages = plans.reduce((sum, plan) => sum + pagesOf(plan), 0);
    expect(pages, `${message}, in pages of 8 KB`).to.be.within(0, most.pages);
    return scans.reduce((sum, { thrown }) => sum + thrown, 0);
  }

  async function judgeAll(what: string, filter: Omit<CallFilter, 'userId'>, most: Most): Promise<void> {
    for (const [who, userId] of askers) {
      for (const [page, before] of cursors) {
        const ask = ({ calls }: Database) => calls.list({ ...filter, userId }, before, 50);
        await judge(ask, most, `${what}, for ${who}, ${page}`);
      }
    }
  }

  for (const [planned, plan, otherwise] of VIEWS) {
    describe(`is that of its page, or of 10,000 calls, planned ${planned}: those`, () => {
      before(async function () {
        if (plan === tell && !(await mayBeTold(tables))) this.skip();
        await plan(tables);
      });

      for (const [what, filter, most] of FILTERS) it(what, () => judgeAll(what, filter(), most ?? otherwise));

      it('that are counted by what became of them', async () => {
        for (const [who, userId] of askers) {
          const since = (when: Date) => (database: Database) => database.calls.outcomes(when, userId);
          await judge(since(ago(-30_000)), A_PAGE, `none, for ${who}`);
          const thrown = await judge(
            since(ago(1_000)),
            { rows: 12_000, pages: 12_000 },
            `the last minutes’, for ${who}`,
          );
          // A user's share of an hour PostgreSQL may look for among everybody's.
          if (userId === null) expect(thrown).to.equal(0);
        }
      });
    });
  }

  it('goes on among the calls of others to a number, shows none of them, and comes to one’s own in a few pages', async () => {
    const own = await tables.sql<{ id: string; number: string }>(
      'SELECT id, phone_number AS number FROM calls WHERE user_id = $1 ORDER BY id DESC',
      [early],
    );
    const seen: string[] = [];
    let pages = 0;
    for (let before: string | null = null; pages === 0 || before !== null; pages++) {
      const page = await tables.database.calls.list({ userId: early, phoneNumber: COMMON_NUMBER }, before, 30);
      seen.push(...page.calls.map(({ id }) => id));
      before = page.next;
      // It says nothing but where one's own calls lie.
      const start = before?.slice(0, 20);
      if (before !== null) expect(own.some(({ id }) => id.slice(0, 20) === start)).to.equal(true);
    }
    expect(seen).to.have.lengthOf(100);
    expect(seen).to.deep.equal(own.flatMap(({ id, number }) => (number === COMMON_NUMBER ? [id] : [])));
    expect(pages).to.be.within(2, 6);
  });

  describe('where many are open', () => {
    it('is that of 10,000 calls, and has each of them once, though they come to be open between its pages', async () => {
      const filter = { userId: null, statuses: ['pending'] } as const;
      const first = await tables.database.calls.list(filter, null, 500);
      await wait(tables, BACKLOG);
      const seen = first.calls.map(({ id }) => id);
      for (let before = first.next; before !== null;) {
        const page = await tables.database.calls.list(filter, before, 5_000);
        seen.push(...page.calls.map(({ id }) => id));
        before = page.next;
      }
      const open = await tables.sql<{ id: string }>('SELECT id FROM calls WHERE ended_at IS NULL ORDER BY id DESC');
      expect(open).to.have.lengthOf(BACKLOG + 1_000);
      expect(seen).to.deep.equal(open.map(({ id }) => id));
    });

    for (const [planned, plan, otherwise] of VIEWS) {
      it(`is that of 10,000 calls, planned ${planned}`, async function () {
        if (plan === tell && !(await mayBeTold(tables))) this.skip();
        await plan(tables);
        for (const filter of [{}, { createdBefore: ago(CALLS / 2) }, { phoneNumber: COMMON_NUMBER }]) {
          await judgeAll(`open, ${Object.keys(filter).join()}`, { ...filter, statuses: ['pending'] }, otherwise);
        }
      });
    }
  });

  describe('where many are up', () => {
    before(() => answer(tables, OPEN_COUNTED_AT_MOST + 2_000));

    for (const [planned, plan] of VIEWS) {
      it(`is counted by looking at 10,000, planned ${planned}`, async function () {
        if (plan === tell && !(await mayBeTold(tables))) this.skip();
        await plan(tables);
        const most = { rows: OPEN_COUNTED_AT_MOST, pages: 2 * OPEN_COUNTED_AT_MOST };
        await judge(({ calls }) => calls.underWay(), most, 'under way');
        expect((await tables.database.calls.underWay()).answered).to.equal(OPEN_COUNTED_AT_MOST);
      });
    }
  });
});

/** Has calls be up in a slot, as all that are over once were. */
async function answer({ sql, database }: TestDatabase, calls: number): Promise<void> {
  const taker = { asterisk: 'a', appPrefix: 'app', owner: randomUUID(), holder: 'test' };
  const { slotId } = await database.slots.acquire(taker);
  await sql('UPDATE calls SET slot_id = $1, slot_epoch = 1, attempt = 1 WHERE ended_at IS NOT NULL', [slotId]);
  await sql(
    `UPDATE calls SET status = 'answered', ended_at = NULL, dial_sent_at = created_at, answered_at = created_at, failure_reason = NULL
     WHERE id IN (SELECT id FROM calls WHERE ended_at IS NOT NULL ORDER BY id LIMIT $1)`,
    [calls],
  );
  await sql('VACUUM (ANALYZE) calls');
}

/** Evenly over time; the last thousand are open, and the first twenty, which wait for their time. */
async function fill(
  { sql }: TestDatabase,
  { most, many, early }: Readonly<Record<'most' | 'many' | 'early', string>>,
): Promise<void> {
  const isOpen = `(n > ${CALLS} - 1000 OR n <= 20)`;
  const random = (from: number, length: number): string => `substr(md5(n::text), ${from}, ${length})`;
  await sql(
    `INSERT INTO calls (id, user_id, phone_number, context, extension, priority, ring_timeout_ms, expires_at, next_enqueue_at,
       created_at, status, ended_at, dial_sent_at, failure_reason, metadata)
     SELECT (left(ms, 8) || '-' || right(ms, 4) || '-7' || ${random(1, 3)} || '-8' || ${random(4, 3)} || '-' || ${random(7, 12)})::uuid,
       (CASE WHEN n <= 3000 AND n % 3 = 0 THEN $3 WHEN n % 20 < 14 THEN $1 ELSE $2 END)::uuid,
       CASE WHEN n % 10 = 0 THEN '${COMMON_NUMBER}' ELSE '+331' || lpad((n::bigint * 7919 % 5000000)::text, 8, '0') END,
       CASE WHEN n <= 3 THEN 'rare' ELSE 'outbound-ivr' END, 's', 1, 30000, at + interval '1 h', at, at,
       (CASE WHEN ${isOpen} THEN 'pending' WHEN n <= 70 THEN 'canceled' WHEN n % 10 < 4 THEN 'completed' WHEN n % 10 < 6 THEN 'busy'
         WHEN n % 10 < 8 THEN 'no_answer' ELSE 'failed' END)::call_status,
       CASE WHEN NOT ${isOpen} THEN at + interval '60 s' END, CASE WHEN NOT ${isOpen} THEN at + interval '1 s' END,
       CASE WHEN NOT ${isOpen} AND n > 70 AND n % 10 >= 8 THEN 'unreachable' END,
       CASE WHEN n % 3 = 0 THEN jsonb_build_object('order', n, 'batch', 'b' || n / 1000) END
     FROM (SELECT n, at, lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') AS ms FROM (
       SELECT n, now() - (${CALLS} - n) * interval '${APART_SECONDS} s' AS at FROM generate_series(1, ${CALLS}) AS n) AS a) AS b`,
    [most, many, early],
  );
  await sql('VACUUM (ANALYZE) calls');
}

/** Has the first calls wait again. */
async function wait({ sql }: TestDatabase, calls: number): Promise<void> {
  await sql(
    `UPDATE calls SET status = 'pending', ended_at = NULL, dial_sent_at = NULL, failure_reason = NULL
     WHERE id IN (SELECT id FROM calls ORDER BY id LIMIT $1)`,
    [calls],
  );
  await sql('VACUUM (ANALYZE) calls');
}

/**
 * Has PostgreSQL plan as for ten million calls. It reckons with the rows to a page that stand in its catalogue, and with the pages
 * that the files have: so that to read the whole table seems to cost it less than it would.
 */
async function tell({ sql }: TestDatabase): Promise<void> {
  await sql('ANALYZE calls');
  await sql(
    `UPDATE pg_class SET reltuples = reltuples * $1
     WHERE oid = 'calls'::regclass OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'calls'::regclass)`,
    [TOLD / CALLS],
  );
}

/** Only a superuser writes the catalogue; a server of somebody's own need not give us one. */
async function mayBeTold({ sql }: TestDatabase): Promise<boolean> {
  const [role] = await sql<{ rolsuper: boolean }>('SELECT rolsuper FROM pg_roles WHERE rolname = current_user');
  return role?.rolsuper === true;
}
