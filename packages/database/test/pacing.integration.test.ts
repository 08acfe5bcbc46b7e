import { createTestDatabase, createUser, eventually, someNewCall, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';
import type { ClaimAnswer, Database, Lease } from '../src/index.js';
import { openSessions, type Sessions } from './sessions.js';

const FOUR_A_SECOND = { maxConcurrentCalls: 0, originatePerSecond: 4 };
const OFF = { maxConcurrentCalls: 0, originatePerSecond: 0 };
const perSecond = (originatePerSecond: number) => ({ ...OFF, originatePerSecond });

describe('the pace of ORIGINATE_PER_SECOND', () => {
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

  describe('as claims give out the times to dial', () => {
    it('puts each a quarter of a second behind the one before', async () => {
      // Again and again until the claim comes before the time that it is given: this machine may be slow.
      const before = await eventually(async () => {
        const next = await nextDialIn('900 ms');
        const waits = dialInMs(await claim());
        expect(waits).to.be.at.most(900);
        return waits > 0 ? next : null;
      });
      expect((await nextDialAt()) - before).to.equal(250);
    });

    it('begins anew where nothing was dialled for a while: no claim makes up for what was not used', async () => {
      await nextDialIn('-1 hour');
      const [{ at: since }] = await now();
      expect(dialInMs(await claim())).to.equal(0);
      const [{ at: until }] = await now();
      expect(await nextDialAt()).to.be.within(since + 249, until + 251);
    });

    it('gives out none more than a second ahead: the call stays where it is in the queue', async () => {
      // One in ten minutes: the next time is far away, however slow this is.
      const slow = { maxConcurrentCalls: 0, originatePerSecond: 1 / 600 };
      await nextDialIn('5 minutes');
      const before = await nextDialAt();
      const answer = await claim(slow);
      expect(answer.outcome).to.equal('at_capacity');
      if (answer.outcome === 'at_capacity') expect(answer.retryInMs).to.be.within(1_000, 300_000);
      expect(await nextDialAt()).to.equal(before);
    });

    it('begins anew where the next time is further ahead than any that is given out: the clock was set back', async () => {
      await nextDialIn('1 hour');
      const [{ at: since }] = await now();
      expect(dialInMs(await claim())).to.equal(0);
      expect(await nextDialAt()).to.be.within(since + 249, (await now())[0].at + 251);
    });

    it('gives many at once a time each, in one statement, and no more than there are within the second', async () => {
      await nextDialIn('-1 hour');
      const ids = await Promise.all(Array.from({ length: 12 }, pending));
      const answers = await Promise.all(ids.map((id) => db.database.calls.claim(id, lease, FOUR_A_SECOND)));
      expect(answers.slice(0, 5).map(dialInMs)).to.deep.equal([0, 250, 500, 750, 1_000]);
      for (const answer of answers.slice(5))
        expect(answer).to.deep.equal({ outcome: 'at_capacity', of: 'all', retryInMs: 450 });
      expect(await statementsThatClaimed(ids)).to.equal(1);
    });

    it('is not used up by a call that cannot be claimed', async () => {
      const before = await nextDialIn('500 ms');
      expect(await db.database.calls.claim(uuidv7(), lease, FOUR_A_SECOND)).to.include({ outcome: 'nothing_to_do' });
      expect(await nextDialAt()).to.equal(before);
    });
  });

  describe('as dials are permitted', () => {
    it('is one at a time, and a call whose turn has not come stays as it is', async () => {
      const [first, second] = [await toDial(), await toDial()];
      await turnIn('0 s');
      // One in a quarter of an hour: the second's turn is far away, however slow this is.
      expect(await db.database.calls.permitDial(first, perSecond(0.001))).to.equal(true);
      expect(await db.database.calls.permitDial(second, perSecond(0.001))).to.equal(false);
      expect(await db.database.calls.find(second.callId)).to.include({ status: 'pending', dialSentAt: null });
      await turnIn('0 s');
      expect(await db.database.calls.permitDial(second, perSecond(0.001))).to.equal(true);
    });

    it('lets one more pass after a pause, however long it was', async () => {
      const dials = [await toDial(), await toDial(), await toDial()];
      await turnIn('-1 day');
      const answers: boolean[] = [];
      for (const dial of dials) answers.push(await db.database.calls.permitDial(dial, perSecond(0.001)));
      expect(answers).to.deep.equal([true, true, false]);
    });

    it('comes at once where it is further ahead than a gap: the clock was set back', async () => {
      const dial = await toDial();
      await turnIn('1 hour');
      expect(await db.database.calls.permitDial(dial, perSecond(10))).to.equal(true);
    });

    it('is not used up, nor waited for, by a call that may not be dialled', async () => {
      const dial = await toDial();
      await db.database.calls.requestCancel(dial.callId, null);
      const holder = await sessions.hold('holder');
      await holder.sql('SELECT 1 FROM installation FOR UPDATE');
      expect(await db.database.calls.permitDial(dial, perSecond(10))).to.equal(false);
      await holder.letGo();
    });

    it('is given to two of many that ask at once, in one statement', async () => {
      const dials = await Promise.all(Array.from({ length: 12 }, toDial));
      await turnIn('-1 hour');
      const answers = await Promise.all(dials.map((dial) => db.database.calls.permitDial(dial, perSecond(0.001))));
      expect(answers).to.deep.equal([true, true, ...Array.from({ length: 10 }, () => false)]);
    });

    it('is held over two workers that ask at the same moment', async () => {
      const dials = [await toDial(), await toDial()];
      await turnIn('0 s');
      const holder = await sessions.hold('holder');
      await holder.sql('SELECT 1 FROM installation FOR UPDATE');
      const names = ['one worker', 'another worker'];
      const asked = dials.map((dial, n) => sessions.open(names[n] ?? '').calls.permitDial(dial, perSecond(0.001)));
      await Promise.all(names.map((name) => sessions.waitsFor(name)));
      await holder.letGo();
      expect((await Promise.all(asked)).sort()).to.deep.equal([false, true]);
    });

    it('is never exceeded by more than one in any second, however many ask', async () => {
      const dials = await Promise.all(Array.from({ length: 24 }, toDial));
      await turnIn('-1 hour');
      const clients: Database[] = [sessions.open('a worker'), sessions.open('b worker')];
      await Promise.all(
        dials.map((dial, n) => eventually(() => clients[n % 2]?.calls.permitDial(dial, perSecond(10)), 60_000)),
      );
      const rows = await db.sql<{ at: Date }>(
        'SELECT dial_sent_at AS at FROM calls WHERE id = ANY($1) ORDER BY dial_sent_at',
        [dials.map(({ callId }) => callId)],
      );
      const times = rows.map(({ at }) => at.getTime());
      expect(times.length).to.equal(24);
      for (const since of times) {
        expect(times.filter((at) => at >= since && at < since + 1_000).length).to.be.at.most(11);
      }
    });
  });

  async function pending(): Promise<string> {
    const created = await db.database.calls.create(someNewCall({ userId }));
    if (created.outcome === 'key_reused') throw new Error('a key was reused');
    return created.id;
  }

  async function claim(limits = FOUR_A_SECOND): Promise<ClaimAnswer> {
    return db.database.calls.claim(await pending(), lease, limits);
  }

  /** Each statement is a transaction of its own. */
  async function statementsThatClaimed(ids: readonly string[]): Promise<number> {
    const rows = await db.sql('SELECT DISTINCT xmin::text FROM calls WHERE id = ANY($1) AND slot_id IS NOT NULL', [
      ids,
    ]);
    return rows.length;
  }

  function dialInMs(answer: ClaimAnswer): number {
    return answer.outcome === 'claimed' ? answer.dialInMs : NaN;
  }

  async function toDial() {
    const callId = await pending();
    await db.database.calls.claim(callId, lease, OFF);
    return { callId, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch };
  }

  async function nextDialIn(interval: string): Promise<number> {
    await db.sql('UPDATE installation SET next_dial_at = clock_timestamp() + $1::interval', [interval]);
    return nextDialAt();
  }

  async function turnIn(interval: string): Promise<void> {
    await db.sql('UPDATE installation SET dial_turn = clock_timestamp() + $1::interval', [interval]);
  }

  async function nextDialAt(): Promise<number> {
    const [row] = await db.sql<{ at: Date }>('SELECT next_dial_at AS at FROM installation');
    return row?.at.getTime() ?? NaN;
  }

  async function now(): Promise<[{ at: number }]> {
    const [row] = await db.sql<{ at: Date }>('SELECT clock_timestamp() AS at');
    return [{ at: row?.at.getTime() ?? NaN }];
  }
});
