import { requiredTransition, soFar } from '@dialgate/domain';
import {
  createTestDatabase,
  createUser,
  someNewCall,
  someObservation,
  type TestDatabase,
  FOLLOWING,
} from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';
import type { ClaimAnswer, FencingToken, Lease } from '../src/index.js';

const OFF = { maxConcurrentCalls: 0, originatePerSecond: 0 };

/** What a clause of a statement keeps out, where the story of a call does not come by it. */
describe('what the database keeps out:', function () {
  this.timeout(20_000);
  let db: TestDatabase;
  let userId: string;

  beforeEach(async () => {
    db = await createTestDatabase();
    userId = await createUser(db.database);
  });
  afterEach(() => db.drop());

  const holding = (asterisk = 'a', owner = uuidv7(), onlyGivenBack = false): Promise<Lease> =>
    db.database.slots.acquire({ asterisk, appPrefix: 'app', owner, holder: 'test', onlyGivenBack });

  async function pending(overrides: Partial<Parameters<typeof someNewCall>[0]> = {}): Promise<string> {
    const created = await db.database.calls.create(someNewCall({ userId, ...overrides }));
    if (created.outcome === 'key_reused') throw new Error('a key was reused');
    return created.id;
  }

  const claim = (id: string, lease: Lease): Promise<ClaimAnswer> => db.database.calls.claim(id, lease, OFF);

  async function claimed(lease: Lease): Promise<{ id: string; token: FencingToken }> {
    const id = await pending();
    expect((await claim(id, lease)).outcome).to.equal('claimed');
    return { id, token: { attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch } };
  }

  /** The same attempt and epoch: after a lost claim two slots may have both. */
  const inAnotherSlot = (token: FencingToken): FencingToken => ({ ...token, slotId: token.slotId + 1 });

  async function dialed(lease: Lease): Promise<string> {
    const { id, token } = await claimed(lease);
    expect(await db.database.calls.permitDial({ callId: id, ...token })).to.equal(true);
    return id;
  }

  const runOut = (lease: Lease, ago: string) =>
    db.sql(`UPDATE worker_slots SET lease_until = now() - $2::interval WHERE id = $1`, [lease.slotId, ago]);

  describe('a claim', () => {
    it('is not for a call that another worker has claimed', async () => {
      const { id } = await claimed(await holding());
      expect((await claim(id, await holding())).outcome).to.equal('nothing_to_do');
    });

    it('is given back by nobody whose epoch is over, or who has another slot', async () => {
      const { id, token } = await claimed(await holding());
      const stale = { ...token, slotEpoch: token.slotEpoch - 1 };
      expect(await db.database.calls.voidClaim(id, stale, 'test', 0)).to.equal(false);
      expect(await db.database.calls.voidClaim(id, inAnotherSlot(token), 'test', 0)).to.equal(false);
      expect(await db.database.calls.voidClaim(id, token, 'test', 0)).to.equal(true);
    });

    it('that was given back waits for its next turn as long as was said', async () => {
      const { id, token } = await claimed(await holding());
      await db.database.calls.voidClaim(id, token, 'test', 60_000);
      const [row] = await db.sql<{ seconds: number }>(
        `SELECT extract(epoch FROM next_enqueue_at - now())::float8 AS seconds FROM calls WHERE id = $1`,
        [id],
      );
      expect(row?.seconds).to.be.within(0, 60);
      expect(await db.database.calls.takeDueForQueue()).to.deep.equal([]);
    });
  });

  describe('the permission to dial', () => {
    it('is not spent by an attempt that is over', async () => {
      const lease = await holding();
      const { id, token } = await claimed(lease);
      await db.database.calls.voidClaim(id, token, 'test', 0);
      await claim(id, lease);
      expect(await db.database.calls.permitDial({ callId: id, ...token })).to.equal(false);
      expect(await db.database.calls.permitDial({ callId: id, ...token, attempt: 2 })).to.equal(true);
    });

    it('is not given in another slot', async () => {
      const { id, token } = await claimed(await holding());
      expect(await db.database.calls.permitDial({ callId: id, ...inAnotherSlot(token) })).to.equal(false);
    });

    it('is not given to a call whose time is over', async () => {
      const { id, token } = await claimed(await holding());
      await db.sql(`UPDATE calls SET expires_at = now() - interval '1 s' WHERE id = $1`, [id]);
      expect(await db.database.calls.permitDial({ callId: id, ...token })).to.equal(false);
    });
  });

  describe('a permission that was not used', () => {
    it('is given back with its claim: the attempt is never permitted again, and the next one is', async () => {
      const lease = await holding();
      const { id, token } = await claimed(lease);
      const dial = { callId: id, ...token };
      expect(await db.database.calls.permitDial(dial)).to.equal(true);
      expect(await db.database.calls.returnPermit(dial, 'test', 0)).to.equal(true);
      expect(await db.database.calls.find(id)).to.include({ status: 'pending', dialSentAt: null, claim: null });
      expect(await db.database.calls.permitDial(dial)).to.equal(false);
      expect(await db.database.calls.returnPermit(dial, 'test', 0)).to.equal(false);
      await claim(id, lease);
      expect(await db.database.calls.permitDial({ ...dial, attempt: 2 })).to.equal(true);
      expect(await db.database.calls.returnPermit(dial, 'test', 0), 'of a former attempt').to.equal(false);
    });

    it('is not given back under an older epoch or in another slot, nor once its client wants the call to end', async () => {
      const { id, token } = await claimed(await holding());
      const dial = { callId: id, ...token };
      await db.database.calls.permitDial(dial);
      expect(await db.database.calls.returnPermit({ ...dial, slotEpoch: dial.slotEpoch - 1 }, 'test', 0)).to.equal(
        false,
      );
      expect(await db.database.calls.returnPermit({ callId: id, ...inAnotherSlot(token) }, 'test', 0)).to.equal(false);
      await db.database.calls.requestCancel(id, null);
      expect(await db.database.calls.returnPermit(dial, 'test', 0)).to.equal(false);
      expect(await db.database.calls.find(id)).to.include({ status: 'dialing' });
    });
  });

  it('a key that two users have answers each user with their own call', async () => {
    const idempotency = { key: 'k', fingerprint: 'f'.repeat(64) };
    const users = [userId, await createUser(db.database)];
    const first = await Promise.all(users.map((user) => pending({ userId: user, idempotency })));
    const again = await Promise.all(users.map((user) => pending({ userId: user, idempotency })));
    expect(again).to.deep.equal(first);
  });

  it('calls are open in their slot until they are over', async () => {
    const lease = await holding();
    const { calls } = db.database;
    const [up, over] = [await dialed(lease), await dialed(lease)];
    const event = { type: 'lost', restarted: false } as const;
    const call = await calls.find(over);
    if (call === null) throw new Error('no call');
    const transition = requiredTransition(event, soFar(call));
    expect(await calls.apply(someObservation(over, event), transition, null)).to.equal(true);
    expect((await calls.openOfSlot(lease.slotId)).calls.map(({ id }) => id)).to.deep.equal([up]);
    expect(await calls.countOpenOfSlot(lease.slotId)).to.equal(1);
  });

  it('a cancel request that loses its race against another is tried anew', async () => {
    const id = await pending();
    // So that each has a connection, and all find the call waiting.
    await Promise.all(Array.from({ length: 10 }, () => db.database.calls.find(id)));
    const cancelRequests = await Promise.all(
      Array.from({ length: 10 }, () => db.database.calls.requestCancel(id, userId)),
    );
    expect(cancelRequests.filter((request) => request?.transition?.to === 'canceled').length).to.equal(1);
    expect(cancelRequests.filter((request) => request?.transition === null).length).to.equal(9);
  });

  describe('the sweep', () => {
    it('leaves a claimed call out of the queue', async () => {
      await claimed(await holding());
      const waiting = await pending();
      await db.sql(`UPDATE calls SET next_enqueue_at = now() - interval '1 s'`);
      expect(await db.database.calls.takeDueForQueue()).to.deep.equal([waiting]);
    });

    it('ends no call whose time has not come', async () => {
      const id = await pending();
      expect(await db.database.calls.expireOverdue('sweep')).to.deep.equal([]);
      expect(await db.database.calls.find(id)).to.include({ status: 'pending' });
    });

    it('leaves calls alone whose Asterisk has another worker', async () => {
      const gone = await holding();
      await dialed(gone);
      const other = await holding();
      await db.sql(`UPDATE calls SET dial_sent_at = dial_sent_at - interval '10 min'`);
      await runOut(gone, '10 min');
      expect(await db.database.calls.endOrphans(60)).to.deep.equal([]);
      await runOut(other, '10 min');
      expect(await db.database.calls.endOrphans(60)).to.have.length(1);
    });

    it('forgets keys that are older than two days', async () => {
      for (const key of ['first', 'second']) {
        await pending({ idempotency: { key, fingerprint: 'f'.repeat(64) } });
        await db.sql(`UPDATE idempotency_keys SET created_at = created_at - interval '47 h'`);
      }
      expect(await db.database.calls.forgetOldKeys(null)).to.equal(1);
      expect(await db.sql('SELECT key FROM idempotency_keys')).to.deep.equal([{ key: 'second' }]);
    });
  });

  describe('slots', () => {
    it('are renewed by nobody whose epoch is over, not even by their holder', async () => {
      const owner = uuidv7();
      const lease = await holding('a', owner);
      await dialed(lease);
      await runOut(lease, '1 s');
      const again = await db.database.slots.adopt({ asterisk: 'a', owner: owner, holder: 'test' });
      expect(again?.epoch).to.equal(lease.epoch + 1);
      expect(await db.database.slots.renew(lease, FOLLOWING)).to.equal(false);
    });

    it('are not adopted by who may no more when they are found: that was asked before an outage, perhaps', async () => {
      const lease = await holding();
      await dialed(lease);
      await runOut(lease, '1 s');
      const adopter = { asterisk: 'a', owner: uuidv7(), holder: 'test' };
      expect(await db.database.slots.adopt(adopter, () => false)).to.equal(null);
      expect(await db.database.slots.adopt(adopter, () => true)).to.include({ slotId: lease.slotId });
    });

    it('are not taken by a starting worker when their lease has just run out', async () => {
      const lease = await holding();
      await runOut(lease, '1 s');
      expect((await holding()).slotId).not.to.equal(lease.slotId);
      await runOut(lease, '11 s');
      expect((await holding()).slotId).to.equal(lease.slotId);
    });

    it('are not taken, however long their lease has been over, by who knows that the database was away', async () => {
      const [late, givenBack] = [await holding(), await holding()];
      await runOut(late, '1 min');
      await db.database.slots.release(givenBack);
      expect((await holding('a', uuidv7(), true)).slotId).to.equal(givenBack.slotId);
      expect((await holding('a', uuidv7(), true)).slotId).to.be.greaterThan(givenBack.slotId);
      expect((await holding()).slotId).to.equal(late.slotId);
    });

    it('with open calls are taken first', async () => {
      const [idle, busy] = [await holding(), await holding()];
      await dialed(busy);
      for (const lease of [idle, busy]) await runOut(lease, '1 min');
      expect((await holding()).slotId).to.equal(busy.slotId);
    });
  });
});
