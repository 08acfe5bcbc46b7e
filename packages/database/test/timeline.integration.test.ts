import { createTestDatabase, createUser, someNewCall, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import pg from 'pg';

const ENTRY = `INSERT INTO call_events (call_id, event, source) VALUES ($1, $2, 'worker')`;

describe('what a reader of the timeline is given', () => {
  let tables: TestDatabase;
  let userId: string;
  let callId: string;
  let writers: pg.Client[] = [];

  before(async () => {
    tables = await createTestDatabase();
    userId = await createUser(tables.database);
  });
  beforeEach(async () => {
    callId = await newCall(userId);
  });
  afterEach(async () => {
    await Promise.all(writers.map((writer) => writer.end()));
    writers = [];
  });
  after(() => tables.drop());

  async function newCall(of: string): Promise<string> {
    const call = someNewCall({ userId: of });
    await tables.database.calls.create(call);
    return call.id;
  }

  /** A transaction that stays open. */
  async function hold(): Promise<pg.Client> {
    const writer = new pg.Client({ connectionString: tables.ownerUrl });
    await writer.connect();
    writers.push(writer);
    await writer.query('BEGIN');
    return writer;
  }

  /** What a reader sees who goes on behind the last entry that they were given. */
  function reader() {
    let after = '0';
    return async (): Promise<string[]> => {
      const entries = await tables.database.calls.timeline(callId, after, 100);
      after = entries.at(-1)?.id ?? after;
      return entries.map(({ event }) => event);
    };
  }

  it('misses no entry that is committed behind one with a higher number', async () => {
    const read = reader();
    const slow = await hold();
    await slow.query(ENTRY, [callId, 'slow']);
    await tables.sql(ENTRY, [callId, 'quick']);
    const seen = await read();
    await slow.query('COMMIT');
    seen.push(...(await read()));
    expect(seen).to.deep.equal(['created', 'slow', 'quick']);
  });

  it('waits for a number that was taken and not yet written, and not for one that was rolled back', async () => {
    const read = reader();
    const slow = await hold();
    const gone = await hold();
    await slow.query('LOCK TABLE call_events IN ROW EXCLUSIVE MODE');
    const { rows } = await slow.query<{ id: string }>(`SELECT nextval('call_events_id_seq') AS id`);
    await gone.query(ENTRY, [callId, 'gone']);
    await tables.sql(ENTRY, [callId, 'quick']);
    await gone.query('ROLLBACK');
    const seen = await read();
    await slow.query(`INSERT INTO call_events (id, call_id, event, source) VALUES ($1, $2, 'slow', 'worker')`, [
      rows[0]?.id,
      callId,
    ]);
    await slow.query('COMMIT');
    seen.push(...(await read()));
    expect(seen).to.deep.equal(['created', 'slow', 'quick']);
  });

  it('is told of nothing before it is certain, and does not wait for who began later', async () => {
    const { calls } = tables.database;
    const earlier = await hold();
    await earlier.query(ENTRY, [callId, 'earlier']);
    await tables.sql(ENTRY, [callId, 'between']);
    const first = await calls.timelineHorizon();
    expect((first.settled ?? 0n) < first.newest - 1n).to.equal(true);
    const later = await hold();
    await later.query(ENTRY, [callId, 'later']);
    await earlier.query('COMMIT');
    expect(await calls.timelineHorizon()).to.deep.equal({ settled: first.newest, newest: first.newest });
  });

  it('has the entries of a user’s calls, and how far was looked', async () => {
    const { calls } = tables.database;
    const { newest: start } = await calls.timelineHorizon();
    const other = await newCall(await createUser(tables.database));
    await tables.sql(ENTRY, [callId, 'mine']);
    await tables.sql(ENTRY, [other, 'theirs']);
    const { newest } = await calls.timelineHorizon();
    const own = await calls.timelineOfAll(userId, start, newest);
    expect(own.entries.map(({ event, userId: of }) => [event, of])).to.deep.equal([['mine', userId]]);
    expect(own.upTo).to.equal(newest);
    const all = await calls.timelineOfAll(null, start, newest);
    expect(all.entries.map(({ event }) => event)).to.deep.equal(['created', 'mine', 'theirs']);
    expect(await calls.timelineOfAll(null, newest, newest)).to.deep.equal({ entries: [], upTo: newest });
  });

  it('is given a long timeline in pages', async () => {
    const { calls } = tables.database;
    const { newest: start } = await calls.timelineHorizon();
    await tables.sql(
      `INSERT INTO call_events (call_id, event, source) SELECT $1, 'n' || n, 'worker' FROM generate_series(1, 4500) AS n`,
      [callId],
    );
    const { newest } = await calls.timelineHorizon();
    const events: string[] = [];
    let pages = 0;
    for (let at = start; at < newest; pages += 1) {
      const page = await calls.timelineOfAll(userId, at, newest);
      events.push(...page.entries.map(({ event }) => event));
      at = page.upTo;
    }
    expect(pages).to.equal(3);
    expect(events).to.deep.equal(Array.from({ length: 4_500 }, (_, n) => `n${n + 1}`));
  });
});
