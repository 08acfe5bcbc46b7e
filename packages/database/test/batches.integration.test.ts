import { requiredTransition } from '@dialgate/domain';
import {
  createTestDatabase,
  createUser,
  NO_LIMITS,
  patientWaits,
  someNewCall,
  someObservation,
  type TestDatabase,
} from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';
import { openDatabase, type Database, type Lease, type NewCall, type TimelineEntry } from '../src/index.js';
import { openSessions, type Sessions } from './sessions.js';
import { overheard } from './slow-postgres.js';

const OFF = { maxConcurrentCalls: 0, originatePerSecond: 0 };

/** As many as wait together when this process has much to do; fewer than the smallest batch. */
const MANY = 120;

describe('what is asked of the calls at the same moment', () => {
  let db: TestDatabase;
  let sessions: Sessions;
  let userId: string;
  let lease: Lease;

  before(async () => {
    db = await createTestDatabase();
    sessions = openSessions(db);
    userId = await createUser(db.database);
    lease = await db.database.slots.acquire({ asterisk: 'a', appPrefix: 'app', owner: uuidv7(), holder: 'test' });
    await db.sql(`UPDATE worker_slots SET lease_until = now() + interval '1 day'`);
  });
  after(async () => {
    await sessions.close();
    await db.drop();
  });

  it('is written together, each call its own: creations, claims, dials and moves in one transaction each', async () => {
    const ids = await createMany();
    expect(await transactionsOf('created', ids)).to.equal(1);

    const claims = await Promise.all(ids.map((id) => db.database.calls.claim(id, lease, OFF)));
    expect(claims.map((answer) => answer.outcome === 'claimed' && answer.call.id)).to.deep.equal(ids);
    expect(await transactionsOf('claimed', ids)).to.equal(1);

    const dials = ids.map((callId) => ({ callId, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch }));
    expect(await Promise.all(dials.map((dial) => db.database.calls.permitDial(dial)))).to.deep.equal(
      ids.map(() => true),
    );
    expect(await transactionsOf('dial_sent', ids)).to.equal(1);

    expect(await Promise.all(ids.map((id) => ring(id)))).to.deep.equal(ids.map(() => true));
    expect(await transactionsOf('ringing', ids)).to.equal(1);
  });

  it('has one winner where it is the same, also within one statement', async () => {
    const [id = ''] = await createMany(1);
    const claims = await Promise.all(Array.from({ length: 20 }, () => db.database.calls.claim(id, lease, OFF)));
    expect(claims.filter(({ outcome }) => outcome === 'claimed').length).to.equal(1);
    const dial = { callId: id, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch };
    const permitted = await Promise.all(Array.from({ length: 20 }, () => db.database.calls.permitDial(dial)));
    expect(permitted.filter(Boolean).length).to.equal(1);
  });

  it('is created although one of them cannot be', async () => {
    const good = [someNewCall({ userId }), someNewCall({ userId })] as const;
    const bad = someNewCall({ userId: uuidv7() });
    const settled = await Promise.allSettled([good[0], bad, good[1]].map((call) => db.database.calls.create(call)));
    expect(settled.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    expect((await db.database.calls.findAll(good.map(({ id }) => id))).size).to.equal(2);
    expect(await db.database.calls.find(bad.id)).to.equal(null);
  });

  it('costs a few statements more where one of many cannot be created', async () => {
    const calls = Array.from({ length: MANY }, (_, n) => someNewCall({ userId: n === MANY / 2 ? uuidv7() : userId }));
    const { settled, asked } = await createOverheard(calls);
    expect(settled.filter(({ status }) => status === 'rejected')).to.have.lengthOf(1);
    // The batch, and two halves of each that has the bad one.
    expect(asked('INSERT INTO accepted_calls')).to.be.within(1, 7);
    expect(asked('pg_advisory_xact_lock')).to.be.within(3, 15);
  });

  it('is answered together where it was asked before', async () => {
    const again = () =>
      Array.from({ length: MANY }, (_, n) =>
        someNewCall({ userId, idempotency: { key: `again-${String(n)}`, fingerprint: 'f'.repeat(64) } }),
      );
    const before = again();
    await Promise.all(before.map((call) => db.database.calls.create(call)));
    const { settled, asked } = await createOverheard(again());
    const answers = settled.map(
      (one) => one.status === 'fulfilled' && one.value.outcome === 'replayed' && one.value.id,
    );
    expect(answers).to.deep.equal(before.map(({ id }) => id));
    expect(asked('SELECT i.n, k.fingerprint')).to.equal(1);
  });

  it('is written down although one of them cannot be', async () => {
    const ids = await dialMany(2);
    const tooLong = someObservation(uuidv7(), 'x'.repeat(41) as TimelineEntry);
    const settled = await Promise.allSettled([ring(ids[0] ?? ''), db.database.calls.note(tooLong), ring(ids[1] ?? '')]);
    expect(settled.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    const calls = await db.database.calls.findAll(ids);
    expect([...calls.values()].map(({ status }) => status)).to.deep.equal(['ringing', 'ringing']);
  });

  it('is written in the order in which it was said, also what came while the statement before was under way', async () => {
    const [id = ''] = await dialMany(1);
    const writer = sessions.open('writer');
    const holder = await sessions.hold('holder');
    await holder.sql('SELECT 1 FROM calls WHERE id = $1 FOR UPDATE', [id]);
    const rings = ring(id, writer);
    await sessions.waitsFor('writer', 'holder');
    const entries = ['dial_began', 'dial_ended', 'entered_dialplan'] as const;
    const notes = entries.map((entry) => writer.calls.note(someObservation(id, entry)));
    // On its only other connection, behind whatever was sent there.
    for (let n = 0; n < 2; n++) await writer.ping();
    await holder.letGo();
    await Promise.all([rings, ...notes]);
    const told = await db.sql<{ event: string; written: string }>(
      'SELECT event, xmin::text AS written FROM call_events WHERE call_id = $1 ORDER BY id',
      [id],
    );
    expect(told.map(({ event }) => event).slice(-4)).to.deep.equal(['ringing', ...entries]);
    expect(new Set(told.slice(-3).map(({ written }) => written)).size, 'statements for those that waited').to.equal(1);
  });

  it('is taken by one sweeper each: a row that another looks at is passed over', async () => {
    const [locked = '', free = ''] = await createMany(2);
    await db.sql(`UPDATE calls SET next_enqueue_at = now() + interval '1 day'`); // Those of the other tests among them.
    await db.sql(`UPDATE calls SET next_enqueue_at = now() - interval '1 s' WHERE id = ANY($1)`, [[locked, free]]);
    const holder = await sessions.hold('holder');
    await holder.sql('SELECT 1 FROM calls WHERE id = $1 FOR UPDATE', [locked]);
    expect(await db.database.calls.takeDueForQueue()).to.deep.equal([free]);
    await holder.letGo();
    expect(await db.database.calls.takeDueForQueue()).to.deep.equal([locked]);
    expect(await db.database.calls.takeDueForQueue()).to.deep.equal([]);
  });

  /** Asks for these calls at once under limits, and hears the statements that this takes. */
  async function createOverheard(calls: readonly NewCall[]) {
    const { url, asked, close } = await overheard(db.url);
    const callLimits = { ...NO_LIMITS, total_calls_per_day: 10_000 };
    const database = openDatabase({ url, applicationName: 'overheard', callLimits, ...patientWaits() });
    const settled = await Promise.allSettled(calls.map((call) => database.calls.create(call)));
    await database.close();
    close();
    return { settled, asked };
  }

  async function createMany(count = MANY): Promise<string[]> {
    const calls = Array.from({ length: count }, () => someNewCall({ userId }));
    await Promise.all(calls.map((call) => db.database.calls.create(call)));
    return calls.map(({ id }) => id);
  }

  async function dialMany(count: number): Promise<string[]> {
    const ids = await createMany(count);
    await Promise.all(ids.map((id) => db.database.calls.claim(id, lease, OFF)));
    const dials = ids.map((callId) => ({ callId, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch }));
    await Promise.all(dials.map((dial) => db.database.calls.permitDial(dial)));
    return ids;
  }

  function ring(callId: string, { calls }: Pick<Database, 'calls'> = db.database): Promise<boolean> {
    const event = { type: 'ringing' } as const;
    const transition = requiredTransition(event, {
      status: 'dialing',
      dialed: true,
      rang: false,
      cancelRequested: false,
    });
    return calls.apply(someObservation(callId, event), transition, null);
  }

  /** In how many transactions these lines of the calls' timelines were written. */
  async function transactionsOf(event: string, ids: readonly string[]): Promise<number | undefined> {
    const [row] = await db.sql<{ lines: number; transactions: number }>(
      `SELECT count(*)::int AS lines, count(DISTINCT xmin::text)::int AS transactions FROM call_events
       WHERE event = $1 AND call_id = ANY($2)`,
      [event, ids],
    );
    expect(row?.lines).to.equal(ids.length);
    return row?.transactions;
  }
});
