import { createTestDatabase, createUser, FOLLOWING, someNewCall, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';
import { createCalls } from '../src/calls/calls.js';
import { openClient } from '../src/client.js';
import { createDatabaseClock, type DatabaseClock } from '../src/clock.js';
import type { ClaimAnswer, Lease, OtherBoxes, Standing } from '../src/index.js';
import { createSlots } from '../src/slots.js';
import { WORKER_TIMES } from '../src/worker-times.js';

const OFF = { maxConcurrentCalls: 0, originatePerSecond: 0 };
const [BOX_A, BOX_B, BOX_C] = ['02:00:00:00:00:0a', '02:00:00:00:00:0b', '02:00:00:00:00:0c'];

describe('boxes in the database', function () {
  this.timeout(20_000);
  let db: TestDatabase;
  let userId: string;

  beforeEach(async () => {
    db = await createTestDatabase();
    userId = await createUser(db.database);
  });
  afterEach(() => db.drop());

  describe('of one name', () => {
    it('do not get each other’s slots, neither free ones nor those that a dead worker has left', async () => {
      const onA = await holding(BOX_A);
      await dialed(onA);
      await db.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 min'`);
      expect(await adopt(BOX_B)).to.equal(null);
      expect((await holding(BOX_B)).slotId).not.to.equal(onA.slotId);
      expect(await adopt(BOX_A)).to.include({ slotId: onA.slotId, epoch: onA.epoch + 1 });
    });

    it('get a former version’s slot by the name, and nobody else does after that', async () => {
      const former = await holding();
      await dialed(former);
      await db.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 min'`);
      expect(await adopt(BOX_A)).to.include({ slotId: former.slotId });
      await db.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 min'`);
      expect(await adopt(BOX_B)).to.equal(null);
    });
  });

  it('are told to a slot once; another one that answers later is not the slot’s', async () => {
    const lease = await holding();
    const { slots } = db.database;
    const says = (entityId: string) => slots.identify(lease, { entityId, version: '22.10.1' });
    expect([await says(BOX_A), await says(BOX_A), await says(BOX_B)]).to.deep.equal([true, true, false]);
    expect(await slots.list()).to.deep.include.members([{ ...(await slots.list())[0], entityId: BOX_A }]);
  });

  it('have one of its own slots made true by the name of an application that both have', async () => {
    const on = (asterisk: string, entityId: string) =>
      db.database.slots.acquire({ asterisk, entityId, appPrefix: 'app', owner: uuidv7(), holder: 'test' });
    const [a, b, spare] = [await on('a', BOX_A), await on('b', BOX_B), await on('b', BOX_B)];
    expect(a.app).to.equal(b.app);
    for (const [otherwise, dialedIn, expected] of [
      [spare.slotId, null, b.slotId],
      [null, a.slotId, a.slotId],
    ] as const) {
      const callId = await pending();
      const lost = { callId, attempt: 1, app: b.app, dialedIn, otherwise, sentMsAgo: 0 };
      expect(await db.database.calls.restoreDial(lost)).to.equal(true);
      expect((await db.database.calls.find(callId))?.claim?.slotId).to.equal(expected);
    }
  });

  it('have another name and are the same: what was left under the former one is adopted', async () => {
    const lease = await holding(BOX_A);
    await dialed(lease);
    await db.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 min'`);
    const renamed = { asterisk: 'new name', entityId: BOX_A, owner: uuidv7(), holder: 'test' };
    expect(await db.database.slots.adopt(renamed)).to.include({ slotId: lease.slotId });
  });

  it('do not get back by adoption what they hold: a lease that is over is renewed, and keeps its epoch', async () => {
    const lease = await holding(BOX_A);
    await dialed(lease);
    await db.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 min'`);
    const { owner, slotId } = lease;
    const holder = { asterisk: 'a', entityId: BOX_A, owner, holder: 'test', holding: [slotId] };
    const { slots } = db.database;
    expect(await slots.adopt(holder)).to.equal(null);
    expect((await slots.acquire({ ...holder, appPrefix: 'app' })).slotId).not.to.equal(slotId);
    const standing = { connection: 'connected', follows: true, breaker: 'closed', answeredRate: null } as const;
    expect(await slots.renew(lease, standing)).to.equal(true);
  });

  describe('that are dead while their worker lives', () => {
    let lease: Lease;
    let id: string;

    beforeEach(async () => {
      lease = await holding(BOX_A);
      id = await dialed(lease);
      await db.sql(`UPDATE calls SET dial_sent_at = dial_sent_at - interval '10 min'`);
    });

    it('leave their unanswered calls to the orphan rule when nobody could follow them for a minute', async () => {
      await stands(lease, { follows: true }, '59 s');
      expect(await swept()).to.deep.equal([]);
      await stands(lease, { follows: false, connection: 'unreachable' }, '61 s');
      expect(await swept()).to.deep.equal([id]);
    });

    it('are not, after an outage of the database: then nobody could say that he follows', async () => {
      await stands(lease, { follows: false }, '2 min');
      await db.sql(`UPDATE worker_slots SET lease_until = now() - interval '50 s'`);
      await db.database.slots.renew(lease, { ...FOLLOWING, follows: false });
      expect(await swept()).to.deep.equal([]);
    });

    it('are not, while a former version holds their slot, which does not say it', async () => {
      await stands(lease, { follows: false }, '2 min');
      await db.sql('UPDATE worker_slots SET followed_epoch = epoch - 1');
      expect(await swept()).to.deep.equal([]);
    });

    it('hold no places after 20 s', async () => {
      const other = await holding(BOX_B);
      await stands(lease, { follows: false }, '15 s');
      expect((await claimWithin(1, other)).outcome).to.equal('at_capacity');
      await stands(lease, { follows: false }, '21 s');
      expect((await claimWithin(1, other)).outcome).to.equal('claimed');
    });

    it('hold their places after an outage of the database, until holders have renewed for 20 s', async () => {
      await db.sql(
        `UPDATE worker_slots SET lease_until = now() - interval '5 min', followed_at = now() - interval '5 min'`,
      );
      const other = await holding(BOX_B);
      expect((await claimWithin(1, other)).outcome).to.equal('at_capacity');
      await db.sql(`UPDATE worker_slots SET steady_since = now() - interval '21 s' WHERE id = $1`, [other.slotId]);
      expect((await claimWithin(1, other)).outcome).to.equal('claimed');
    });
  });

  describe('when the database’s clock was set back', () => {
    const setBack = () =>
      db.sql(`UPDATE worker_slots SET lease_until = lease_until + interval '1 h', steady_since = steady_since + interval '1 h',
        followed_at = followed_at + interval '1 h'`);

    it('lose the slots of dead workers to others, once those have renewed steadily since', async () => {
      const [dead, living] = [await holding(BOX_A), await holding(BOX_A)];
      await dialed(dead);
      await dialed(living);
      await setBack();
      expect(await adopt(BOX_A), 'before anybody has renewed').to.equal(null);
      await db.database.slots.renew(living, FOLLOWING);
      expect(await adopt(BOX_A), 'before somebody was steady').to.equal(null);
      await db.sql(`UPDATE worker_slots SET steady_since = steady_since - interval '11 s' WHERE id = $1`, [
        living.slotId,
      ]);
      expect(await adopt(BOX_A)).to.include({ slotId: dead.slotId, epoch: dead.epoch + 1 });
      expect(await adopt(BOX_A), 'the living one’s').to.equal(null);
      expect(await db.database.slots.renew(living, FOLLOWING)).to.equal(true);
    });

    it('hold no places when they are dead, 20 s after it', async () => {
      const dead = await holding(BOX_A);
      await dialed(dead);
      const other = await holding(BOX_B);
      await db.sql(`UPDATE worker_slots SET steady_since = now() - interval '1 d'`);
      await setBack();
      expect((await claimWithin(1, other)).outcome).to.equal('at_capacity');
      await db.database.slots.renew(other, FOLLOWING);
      expect((await claimWithin(1, other)).outcome).to.equal('at_capacity');
      await db.sql(`UPDATE worker_slots SET steady_since = now() - interval '21 s' WHERE id = $1`, [other.slotId]);
      expect((await claimWithin(1, other)).outcome).to.equal('claimed');
    });

    it('are not followed for longer than they say so', async () => {
      const lease = await holding(BOX_A);
      await setBack();
      await db.database.slots.renew(lease, { ...FOLLOWING, follows: false });
      const [row] = await db.sql<{ late: boolean }>(
        "SELECT followed_at > now() + interval '1 s' AS late FROM worker_slots",
      );
      expect(row?.late).to.equal(false);
    });
  });

  describe('when the database’s clock was set forward', () => {
    /** What a process sees whose last answer, some moments ago, told another time by so much. */
    const seenBy = async <Answer>(
      jumpMs: number,
      ask: (client: ReturnType<typeof openClient>, clock: DatabaseClock) => Promise<Answer>,
    ): Promise<Answer> => {
      const client = openClient({
        url: db.url,
        applicationName: 'test',
        poolSize: 1,
        connectTimeoutMs: 5_000,
        queryTimeoutMs: 5_000,
      });
      const clock = createDatabaseClock();
      const [row] = await db.sql<{ now: number }>(
        'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
      );
      const at = performance.now();
      clock.set(at - 1, at, row!.now - jumpMs);
      try {
        return await ask(client, clock);
      } finally {
        await client.$disconnect();
      }
    };
    const anHour = `UPDATE worker_slots SET lease_until = lease_until - interval '1 h', followed_at = followed_at - interval '1 h'`;

    it('keep their slots: all leases are over, and nobody need be dead', async () => {
      const lease = await holding(BOX_A);
      await dialed(lease);
      await db.sql(anHour);
      const adoptAfter = (jumpMs: number): Promise<Lease | null> =>
        seenBy(jumpMs, (client, clock) =>
          createSlots(client, client, clock, WORKER_TIMES).adopt({
            asterisk: 'a',
            entityId: BOX_A,
            owner: uuidv7(),
            holder: 'test',
          }),
        );
      expect(await adoptAfter(3_600_000)).to.equal(null);
      expect(await adoptAfter(0)).to.include({ slotId: lease.slotId });
    });

    it('keep their calls, for they may be followed', async () => {
      const id = await dialed(await holding(BOX_A));
      await db.sql(anHour);
      await db.sql(`UPDATE calls SET dial_sent_at = dial_sent_at - interval '1 h'`);
      const sweptAfter = async (jumpMs: number): Promise<string[]> =>
        (await seenBy(jumpMs, (client, clock) => createCalls(client, clock).endOrphans(3_600))).map(
          ({ callId }) => callId,
        );
      expect(await sweptAfter(3_600_000)).to.deep.equal([]);
      expect(await sweptAfter(0)).to.deep.equal([id]);
    });

    it('say so where their calls are read, and for how long it has been', async () => {
      const lease = await holding(BOX_A);
      await dialed(lease);
      const steadyAfter = async (jumpMs: number): Promise<number> =>
        (await seenBy(jumpMs, (client, clock) => createCalls(client, clock).openOfSlot(lease.slotId))).steadyForMs;
      expect(await steadyAfter(3_600_000)).to.be.within(0, 60_000);
      expect(await steadyAfter(0)).to.equal(Infinity);
    });
  });

  it('can take over from one another while their breaker is closed, until nobody has followed them for 20 s', async () => {
    const a = await holding(BOX_A);
    const others = () => db.database.slots.othersFor(uuidv7(), a);
    expect(await others(), 'it is no other box than itself').to.equal('none_alive');
    const b = await holding(BOX_B);
    const othersWhile = async (standing: Partial<Standing>, followedAgo = '0 s'): Promise<OtherBoxes> => {
      await stands(b, { ...FOLLOWING, ...standing }, followedAgo);
      return others();
    };
    expect(await others(), 'never followed yet').to.equal('none_alive');
    expect(await othersWhile({})).to.equal('one_left');
    expect(await othersWhile({ breaker: 'open' })).to.equal('none_alive');
    expect(await othersWhile({ connection: 'unreachable', follows: false }, '15 s')).to.equal('one_left');
    expect(await othersWhile({ connection: 'unreachable', follows: false }, '21 s')).to.equal('none_alive');
    await stands(b, FOLLOWING, '0 s');
    await db.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 s' WHERE id = $1`, [b.slotId]);
    expect(await others(), 'its lease is over for a moment').to.equal('one_left');
    await db.sql('UPDATE worker_slots SET followed_epoch = epoch - 1 WHERE id = $1', [b.slotId]);
    expect(await others(), 'of a holder before').to.equal('none_alive');
  });

  it('are left for a call until each has refused it, in whichever of its slots', async () => {
    const { calls, slots } = db.database;
    const [a, b, alsoB, c] = [await holding(BOX_A), await holding(BOX_B), await holding(BOX_B), await holding(BOX_C)];
    for (const one of [a, b, alsoB, c]) await stands(one, FOLLOWING, '0 s');
    const [id, another] = [await pending(), await pending()];
    const givenBack = async (lease: Lease, isRefusal?: boolean): Promise<OtherBoxes> => {
      const claim = await calls.claim(id, lease, OFF);
      if (claim.outcome !== 'claimed') throw new Error(claim.outcome);
      const token = { attempt: claim.call.attempt, slotId: lease.slotId, slotEpoch: lease.epoch };
      expect(await calls.voidClaim(id, token, 'test', 0, isRefusal)).to.equal(true);
      return slots.othersFor(id, a);
    };
    expect(await givenBack(a, true), 'by itself').to.equal('one_left');
    expect(await givenBack(b), 'not as refused').to.equal('one_left');
    expect(await givenBack(alsoB, true)).to.equal('one_left');
    expect(await givenBack(c, true)).to.equal('all_refused');
    expect(await slots.othersFor(another, a)).to.equal('one_left');
    expect(await slots.othersFor(id, b), 'it is left to a').to.equal('all_refused');
  });

  function holding(entityId?: string): Promise<Lease> {
    return db.database.slots.acquire({ asterisk: 'a', entityId, appPrefix: 'app', owner: uuidv7(), holder: 'test' });
  }

  function adopt(entityId: string): Promise<Lease | null> {
    return db.database.slots.adopt({ asterisk: 'a', entityId, owner: uuidv7(), holder: 'test' });
  }

  async function pending(): Promise<string> {
    const created = await db.database.calls.create(someNewCall({ userId }));
    if (created.outcome === 'key_reused') throw new Error('a key was reused');
    return created.id;
  }

  async function dialed(lease: Lease): Promise<string> {
    const callId = await pending();
    expect((await db.database.calls.claim(callId, lease, OFF)).outcome).to.equal('claimed');
    expect(
      await db.database.calls.permitDial({ callId, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch }),
    ).to.equal(true);
    return callId;
  }

  async function claimWithin(maxConcurrentCalls: number, lease: Lease): Promise<ClaimAnswer> {
    return db.database.calls.claim(await pending(), lease, { ...OFF, maxConcurrentCalls });
  }

  /** Renews a slot that was held steadily, and followed last, so long ago. */
  async function stands(lease: Lease, standing: Partial<Standing>, ago: string): Promise<void> {
    await db.sql(
      `UPDATE worker_slots SET steady_since = now() - interval '1 h', followed_at = now() - $2::interval WHERE id = $1`,
      [lease.slotId, ago],
    );
    expect(await db.database.slots.renew(lease, { ...FOLLOWING, ...standing })).to.equal(true);
  }

  async function swept(): Promise<string[]> {
    return (await db.database.calls.endOrphans(3_600)).map(({ callId }) => callId);
  }
});
