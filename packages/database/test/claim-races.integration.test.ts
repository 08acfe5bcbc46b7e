import {
  createTestDatabase,
  createUser,
  eventually,
  patience,
  someNewCall,
  type TestDatabase,
} from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';
import type { Database, Lease } from '../src/index.js';
import { openSessions, type Sessions } from './sessions.js';

const OFF = { maxConcurrentCalls: 0, originatePerSecond: 0 };

describe('claims and adoptions in two sessions', () => {
  let db: TestDatabase;
  let sessions: Sessions;
  let claimer: Database;
  let adopter: Database;
  let lease: Lease;

  beforeEach(async () => {
    db = await createTestDatabase();
    sessions = openSessions(db);
    claimer = sessions.open('claimer');
    adopter = sessions.open('adopter');
    lease = await claimer.slots.acquire({ asterisk: 'a', appPrefix: 'app', owner: uuidv7(), holder: 'claimer' });
  });
  afterEach(async () => {
    await sessions.close();
    await db.drop();
  });

  it('a slot is not adopted while a call is being claimed for it, and then that call is adopted, too', async () => {
    await claimed(await pending());
    const id = await pending();
    const holder = await sessions.hold('holder');
    // The claim is noted when its row is written; somebody else has just taken the entry's number, and may yet give it back.
    await holder.sql(
      `INSERT INTO call_events (id, call_id, event, source)
      SELECT last_value + n, $1, 'held', 'api' FROM call_events_id_seq, generate_series(1, 50) n`,
      [id],
    );
    await leaseEndsIn(patience(500));
    const claiming = claimer.calls.claim(id, lease, OFF);
    await sessions.waitsFor('claimer', 'holder');
    await leaseIsOver();
    expect(await adopt(), 'adopted under the claim').to.equal(null);
    await holder.sql('ROLLBACK');
    expect(await claiming).to.include({ outcome: 'claimed' });
    expect(await epochOf(id)).to.equal(lease.epoch);
    expect(await adopt()).to.include({ slotId: lease.slotId, epoch: lease.epoch + 1 });
    expect(await epochOf(id)).to.equal(lease.epoch + 1);
  });

  it('a call is not claimed for a holder whose slot is just being adopted, nor afterwards', async () => {
    const { id, holder, adopting } = await holdAdoption();
    const late = await pending();
    expect(await claimer.calls.claim(late, lease, OFF)).to.deep.equal({ outcome: 'nothing_to_do' });
    await holder.letGo();
    expect(await adopting).to.include({ epoch: lease.epoch + 1 });
    expect(await claimer.calls.claim(late, lease, OFF)).to.deep.equal({ outcome: 'nothing_to_do' });
    expect(await epochOf(id)).to.equal(lease.epoch + 1);
  });

  it('a slot that is just being adopted is passed over by others, who need not wait', async () => {
    const { holder, adopting } = await holdAdoption();
    const other = sessions.open('other');
    expect(await other.slots.adopt({ asterisk: 'a', owner: uuidv7(), holder: 'other' })).to.equal(null);
    const own = await other.slots.acquire({ asterisk: 'a', appPrefix: 'app', owner: uuidv7(), holder: 'other' });
    expect(own.slotId).not.to.equal(lease.slotId);
    await holder.letGo();
    expect(await adopting).to.include({ slotId: lease.slotId });
    expect(await other.slots.adopt({ asterisk: 'a', owner: uuidv7(), holder: 'other' })).to.equal(null);
  });

  it('an adoption that loses a deadlock is tried again', async () => {
    // Whoever has waited longer when the circle closes looks for it first, and loses. On a slow machine it may be the holder.
    const lost = await eventually(async () => {
      const { id, holder, adopting } = await holdAdoption();
      const wanted = holder.sql('SELECT 1 FROM worker_slots WHERE id = $1 FOR UPDATE', [lease.slotId]);
      const holderWon = await wanted.then(
        () => true,
        () => false,
      );
      await holder.letGo();
      const adopted = await adopting; // Its second try passes over what the holder has locked now.
      if (adopted !== null) lease = adopted;
      return holderWon ? { id } : null;
    });
    await leaseIsOverAtOnce();
    expect(await adopt()).to.include({ slotId: lease.slotId, epoch: lease.epoch + 1 });
    expect(await epochOf(lost.id)).to.equal(lease.epoch + 1);
  });

  it('a call is not ended as an orphan when a worker takes its slot just then', async () => {
    const id = await pending();
    await claimed(id);
    expect(
      await claimer.calls.permitDial({ callId: id, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch }),
    ).to.equal(true);
    await db.sql(`UPDATE calls SET dial_sent_at = now() - interval '1 h'`);
    await db.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 h'`);
    const holder = await sessions.hold('holder');
    // As an adoption does it, behind the sweep's look at the row.
    await holder.sql('SELECT 1 FROM calls WHERE id = $1 FOR UPDATE', [id]);
    const sweeping = sessions.open('sweeper').calls.endOrphans(60);
    await sessions.waitsFor('sweeper', 'holder');
    await holder.sql('UPDATE calls SET slot_epoch = slot_epoch + 1 WHERE id = $1', [id]);
    await holder.letGo();
    expect(await sweeping).to.deep.equal([]);
    expect(await db.database.calls.find(id)).to.include({ status: 'dialing', endedAt: null });
  });

  it('a row that somebody else is writing holds up no other claim: its call comes back by itself', async () => {
    const [held, free] = [await pending(), await pending()];
    const holder = await sessions.hold('holder');
    await holder.sql('SELECT 1 FROM calls WHERE id = $1 FOR UPDATE', [held]);
    const answers = await Promise.all([held, free].map((id) => claimer.calls.claim(id, lease, OFF)));
    expect(answers.map(({ outcome }) => outcome)).to.deep.equal(['nothing_to_do', 'claimed']);
    await holder.letGo();
    await claimed(held);
  });

  describe('under MAX_CONCURRENT_CALLS', () => {
    const limits = { maxConcurrentCalls: 1, originatePerSecond: 0 };

    it('calls that cannot be claimed wait for no lock and take no place, however many they are', async () => {
      const userId = await createUser(db.database);
      const create = async () => {
        const created = await db.database.calls.create(someNewCall({ userId }));
        if (created.outcome === 'key_reused') throw new Error('a key was reused');
        return created.id;
      };
      const dead = await Promise.all(Array.from({ length: 400 }, create));
      await db.sql(`UPDATE calls SET expires_at = now() - interval '1 second' WHERE id = ANY($1)`, [dead]);
      const live = await create();
      const holder = await sessions.hold('holder');
      await holder.sql('SELECT 1 FROM installation FOR UPDATE');
      const both = { maxConcurrentCalls: 1, originatePerSecond: 100 };
      const answers = await Promise.all(dead.map((id) => claimer.calls.claim(id, lease, both)));
      expect(new Set(answers.map(({ outcome }) => outcome))).to.deep.equal(new Set(['nothing_to_do']));
      const behind = Promise.all([...dead.slice(0, 150), live].map((id) => claimer.calls.claim(id, lease, both)));
      await sessions.waitsFor('claimer');
      await holder.letGo();
      expect((await behind).at(-1)).to.include({ outcome: 'claimed', dialInMs: 0 });
    });

    it('as many as there is room for are claimed in one statement, in the order in which they were asked for', async () => {
      const ids = await Promise.all(Array.from({ length: 12 }, pending));
      const answers = await Promise.all(
        ids.map((id) => claimer.calls.claim(id, lease, { ...limits, maxConcurrentCalls: 8 })),
      );
      expect(answers.map(({ outcome }) => outcome)).to.deep.equal(
        ids.map((_, n) => (n < 8 ? 'claimed' : 'at_capacity')),
      );
      const rows = await db.sql('SELECT DISTINCT xmin::text FROM calls WHERE slot_id IS NOT NULL');
      expect(rows.length).to.equal(1);
    });

    it('two claimers count one after the other', async () => {
      const [one, two] = [await pending(), await pending()];
      const holder = await sessions.hold('holder');
      await holder.sql('SELECT 1 FROM installation FOR UPDATE');
      const claims = [claimer.calls.claim(one, lease, limits), adopter.calls.claim(two, lease, limits)];
      await Promise.all(['claimer', 'adopter'].map((name) => sessions.waitsFor(name)));
      await holder.letGo();
      const outcomes = (await Promise.all(claims)).map(({ outcome }) => outcome);
      expect(outcomes.sort()).to.deep.equal(['at_capacity', 'claimed']);
    });

    it('no more are ever open, however many claim at once, and another one as soon as one is over', async () => {
      const ids = await Promise.all(Array.from({ length: 24 }, pending));
      const five = { ...limits, maxConcurrentCalls: 5 };
      const claimAll = (some: readonly string[]) =>
        Promise.all(some.map((id, n) => [claimer, adopter][n % 2]!.calls.claim(id, lease, five)));
      const outcomes = (await claimAll(ids)).map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === 'claimed').length).to.equal(5);
      expect(outcomes.filter((outcome) => outcome === 'at_capacity').length).to.equal(19);
      const first = ids[outcomes.indexOf('claimed')] ?? '';
      await db.database.calls.requestCancel(first, null);
      const waiting = ids.filter((_, n) => outcomes[n] === 'at_capacity');
      const after = (await claimAll(waiting)).map(({ outcome }) => outcome);
      expect(after.filter((outcome) => outcome === 'claimed').length).to.equal(1);
    });
  });

  async function pending(): Promise<string> {
    const userId = await createUser(db.database);
    const created = await db.database.calls.create(someNewCall({ userId }));
    if (created.outcome === 'key_reused') throw new Error('a key was reused');
    return created.id;
  }

  async function claimed(id: string): Promise<void> {
    expect(await claimer.calls.claim(id, lease, OFF)).to.include({ outcome: 'claimed' });
  }

  /** An adoption that has taken the slot and waits for the row of an open call, which the holder has locked. */
  async function holdAdoption() {
    const id = await pending();
    await leaseEndsIn(60_000);
    await claimed(id);
    await leaseIsOverAtOnce();
    const holder = await sessions.hold('holder');
    await holder.sql('SELECT 1 FROM calls WHERE id = $1 FOR UPDATE', [id]);
    const adopting = adopt();
    adopting.catch(() => undefined); // Whoever holds it also waits for it.
    await sessions.waitsFor('adopter', 'holder');
    return { id, holder, adopting };
  }

  function adopt(): Promise<Lease | null> {
    return adopter.slots.adopt({ asterisk: 'a', owner: uuidv7(), holder: 'adopter' });
  }

  async function leaseEndsIn(ms: number): Promise<void> {
    await db.sql(`UPDATE worker_slots SET lease_until = clock_timestamp() + $1 * interval '1 ms'`, [ms]);
  }

  function leaseIsOver(): Promise<unknown> {
    return eventually(
      async () => (await db.sql('SELECT 1 FROM worker_slots WHERE lease_until > clock_timestamp()')).length === 0,
    );
  }

  async function leaseIsOverAtOnce(): Promise<void> {
    await leaseEndsIn(-1);
  }

  async function epochOf(id: string): Promise<number | undefined> {
    return (await db.database.calls.find(id))?.claim?.slotEpoch;
  }
});
