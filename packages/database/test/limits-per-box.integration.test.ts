import { createTestDatabase, createUser, eventually, someNewCall, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';
import type { ClaimAnswer, ClaimLimits, Lease } from '../src/index.js';
import { openSessions, type Sessions } from './sessions.js';

const OFF = { maxConcurrentCalls: 0, originatePerSecond: 0 };
const [BOX_A, BOX_B] = ['02:00:00:00:00:0a', '02:00:00:00:00:0b'] as const;

describe('the limits of each Asterisk', function () {
  this.timeout(20_000);
  let db: TestDatabase;
  let sessions: Sessions;
  let userId: string;
  /** Two workers on one Asterisk, one on another. */
  let onA: Lease;
  let alsoOnA: Lease;
  let onB: Lease;

  beforeEach(async () => {
    db = await createTestDatabase();
    sessions = openSessions(db);
    userId = await createUser(db.database);
    onA = await holding(BOX_A);
    alsoOnA = await holding(BOX_A);
    onB = await holding(BOX_B);
    await db.sql(`UPDATE worker_slots SET lease_until = now() + interval '1 day'`);
  });
  afterEach(async () => {
    await sessions.close();
    await db.drop();
  });

  describe('on calls at once', () => {
    const two = perBox({ maxConcurrentCalls: 2 });

    it('hold over its workers and leave the other Asterisks alone', async () => {
      expect(outcome(await claim(onA, two))).to.equal('claimed');
      expect(outcome(await claim(alsoOnA, two))).to.equal('claimed');
      expect(await claim(onA, two)).to.deep.equal({ outcome: 'at_capacity', of: 'box', retryInMs: 100 });
      expect(outcome(await claim(alsoOnA, two))).to.equal('at_capacity');
      expect(outcome(await claim(onB, two))).to.equal('claimed');
    });

    it('hold beside that over all: the one that leaves less counts, and says whose it is', async () => {
      const limits = { ...two, maxConcurrentCalls: 3 };
      for (const lease of [onA, onA, onB]) expect(outcome(await claim(lease, limits))).to.equal('claimed');
      expect(await claim(onB, limits)).to.include({ outcome: 'at_capacity', of: 'all' });
      expect(await claim(onB, { ...two, maxConcurrentCalls: 4 })).to.include({ outcome: 'claimed' });
      expect(await claim(onA, { ...two, maxConcurrentCalls: 100 })).to.include({ outcome: 'at_capacity', of: 'box' });
    });

    it('hold for two workers that ask at the same moment', async () => {
      const ids = await Promise.all(Array.from({ length: 6 }, pending));
      const holder = await sessions.hold('holder');
      await holder.sql('SELECT 1 FROM installation FOR UPDATE');
      const names = ['one worker', 'another worker'];
      const asked = names.flatMap((name, n) => {
        const { calls } = sessions.open(name);
        return ids.slice(3 * n, 3 * n + 3).map((id) => calls.claim(id, n === 0 ? onA : alsoOnA, two));
      });
      await Promise.all(names.map((name) => sessions.waitsFor(name)));
      await holder.letGo();
      const outcomes = (await Promise.all(asked)).map(outcome);
      expect(outcomes.filter((each) => each === 'claimed').length).to.equal(2);
      expect(outcomes.filter((each) => each === 'at_capacity').length).to.equal(4);
    });
  });

  describe('on calls a second', () => {
    it('give out times of its own, the later of the two where there is one over all', async () => {
      const four = perBox({ originatePerSecond: 4 });
      const ids = await Promise.all(Array.from({ length: 7 }, pending));
      await paces('-1 hour');
      const since = await clock();
      const answers = await Promise.all(ids.map((id) => db.database.calls.claim(id, onA, four)));
      expect(answers.slice(0, 5).map(dialInMs)).to.deep.equal([0, 250, 500, 750, 1_000]);
      expect(answers[5]).to.deep.equal({ outcome: 'at_capacity', of: 'box', retryInMs: 450 });
      expect(dialInMs(await claim(onB, four))).to.equal(0);
      const [next] = await db.sql<{ at: Date }>('SELECT next_dial_at AS at FROM asterisks WHERE entity_id = $1', [
        BOX_A,
      ]);
      expect(next?.at.getTime()).to.be.within(since + 1_249, (await clock()) + 1_251);

      await paces('-1 hour');
      const both = { ...four, originatePerSecond: 2 };
      const later = await Promise.all(
        (await Promise.all([1, 2, 3].map(pending))).map((id) => db.database.calls.claim(id, onA, both)),
      );
      expect(later.map(dialInMs)).to.deep.equal([0, 500, 1_000]);
    });

    it('permit its dials in turn, whatever the others do', async () => {
      const rare = perBox({ originatePerSecond: 0.001 });
      const [first, second, other] = [await toDial(onA), await toDial(alsoOnA), await toDial(onB)];
      await paces('0 s');
      expect(await db.database.calls.permitDial(first, rare)).to.equal(true);
      expect(await db.database.calls.permitDial(second, rare)).to.equal(false);
      expect(await db.database.calls.permitDial(other, rare)).to.equal(true);
      await paces('0 s');
      expect(await db.database.calls.permitDial(second, rare)).to.equal(true);
    });

    it('use up no turn of the box where the one over all has not come', async () => {
      const limits = { ...perBox({ originatePerSecond: 0.001 }), originatePerSecond: 0.001 };
      const [first, other] = [await toDial(onA), await toDial(onB)];
      await paces('0 s');
      expect(await db.database.calls.permitDial(first, limits)).to.equal(true);
      expect(await db.database.calls.permitDial(other, limits)).to.equal(false);
      await db.sql('UPDATE installation SET dial_turn = clock_timestamp()');
      expect(await db.database.calls.permitDial(other, limits)).to.equal(true);
    });

    it('are never exceeded by more than one in any second, by two workers that ask again and again', async () => {
      const ten = perBox({ originatePerSecond: 10 });
      const dials = await Promise.all(Array.from({ length: 24 }, (_, n) => toDial(n % 2 === 0 ? onA : alsoOnA)));
      await paces('-1 hour');
      const clients = [sessions.open('a worker'), sessions.open('b worker')];
      await Promise.all(dials.map((dial, n) => eventually(() => clients[n % 2]?.calls.permitDial(dial, ten), 60_000)));
      const rows = await db.sql<{ at: Date }>('SELECT dial_sent_at AS at FROM calls WHERE dial_sent_at IS NOT NULL');
      const times = rows.map(({ at }) => at.getTime());
      expect(times.length).to.equal(24);
      for (const since of times) {
        expect(times.filter((at) => at >= since && at < since + 1_000).length).to.be.at.most(11);
      }
    });
  });

  function perBox(limits: Partial<typeof OFF>): ClaimLimits {
    return { ...OFF, perBox: { ...OFF, ...limits } };
  }

  async function holding(entityId: string): Promise<Lease> {
    const { slots } = db.database;
    const lease = await slots.acquire({ asterisk: 'a', entityId, appPrefix: 'app', owner: uuidv7(), holder: 'test' });
    expect(await slots.identify(lease, { entityId, version: '22.10.1' })).to.equal(true);
    return lease;
  }

  async function pending(): Promise<string> {
    const created = await db.database.calls.create(someNewCall({ userId }));
    if (created.outcome === 'key_reused') throw new Error('a key was reused');
    return created.id;
  }

  async function claim(lease: Lease, limits: ClaimLimits): Promise<ClaimAnswer> {
    return db.database.calls.claim(await pending(), lease, limits);
  }

  async function toDial(lease: Lease) {
    const callId = await pending();
    expect(outcome(await db.database.calls.claim(callId, lease, OFF))).to.equal('claimed');
    return { callId, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch };
  }

  /** The database's, in milliseconds since the epoch. */
  async function clock(): Promise<number> {
    const [row] = await db.sql<{ at: Date }>('SELECT clock_timestamp() AS at');
    return row?.at.getTime() ?? NaN;
  }

  /** Moves all next times and turns to so long from now. */
  async function paces(interval: string): Promise<void> {
    for (const table of ['installation', 'asterisks']) {
      await db.sql(
        `UPDATE ${table} SET next_dial_at = clock_timestamp() + $1::interval, dial_turn = clock_timestamp() + $1::interval`,
        [interval],
      );
    }
  }

  function outcome(answer: ClaimAnswer): string {
    return answer.outcome;
  }

  function dialInMs(answer: ClaimAnswer): number {
    return answer.outcome === 'claimed' ? answer.dialInMs : NaN;
  }
});
