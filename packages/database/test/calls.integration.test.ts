import { requiredTransition, soFar, type CallEvent, type Transition } from '@dialgate/domain';
import {
  createTestDatabase,
  createUser,
  eventually,
  FOLLOWING,
  patience,
  patientWaits,
  someNewCall,
  someObservation,
  type TestDatabase,
} from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';
import { openDatabase, type Lease } from '../src/index.js';
import { slowToAnswer, slowToConnect } from './slow-postgres.js';

const RANG_OUT: CallEvent = {
  type: 'hung_up',
  cause: 19,
  sipStatus: 480,
  requestedBy: 'our_side',
  dialResult: null,
  wasUp: false,
};

const OFF = { maxConcurrentCalls: 0, originatePerSecond: 0 };
const perSecond = (originatePerSecond: number) => ({ ...OFF, originatePerSecond });

describe('the calls of a database', () => {
  let db: TestDatabase;
  let userId: string;
  let lease: Lease;

  before(async () => {
    db = await createTestDatabase();
    userId = await createUser(db.database);
  });
  after(() => db.drop());
  beforeEach(async () => {
    await db.sql('UPDATE users SET disabled_at = NULL, suspended_at = NULL');
    for (const table of ['call_events', 'idempotency_keys', 'calls', 'worker_slots'])
      await db.sql(`DELETE FROM ${table}`);
    lease = await db.database.slots.acquire({ asterisk: 'a', appPrefix: 'app', owner: uuidv7(), holder: 'test' });
  });

  async function pending(overrides: Parameters<typeof someNewCall>[0] = { userId }): Promise<string> {
    const created = await db.database.calls.create(someNewCall({ ...overrides, userId }));
    if (created.outcome === 'key_reused') throw new Error('a key was reused');
    return created.id;
  }

  async function dialed(): Promise<string> {
    const id = await pending();
    const claimed = await db.database.calls.claim(id, lease, OFF);
    if (claimed.outcome !== 'claimed') throw new Error('not claimed');
    await db.database.calls.permitDial({ callId: id, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch });
    return id;
  }

  async function transition(id: string, event: CallEvent): Promise<Transition> {
    const call = await db.database.calls.find(id);
    if (call === null) throw new Error('no call');
    return requiredTransition(event, soFar(call));
  }

  describe('creating', () => {
    it('writes the call and the first line of its timeline', async () => {
      const id = await pending({ userId, metadata: { order: 17 }, variables: { A: 'b' } });
      expect(await db.database.calls.find(id)).to.deep.include({
        status: 'pending',
        attempt: 0,
        channelId: null,
        metadata: { order: 17 },
        variables: { A: 'b' },
      });
      expect(await db.sql('SELECT event, status, source FROM call_events WHERE call_id = $1', [id])).to.deep.equal([
        { event: 'created', status: 'pending', source: 'api' },
      ]);
    });

    it('keeps the caller ID as it was accepted, also when the rules for one have become stricter since', async () => {
      const callerId = { number: '0049 (30) 1', name: 'Tele\u200bfon "A" <b>' };
      const id = await pending({ userId, callerId });
      expect((await db.database.calls.find(id))?.callerId).to.deep.equal(callerId);
    });

    it('answers the same key with the same call, however many ask at once', async () => {
      const idempotency = { key: 'k', fingerprint: 'f'.repeat(64) };
      const all = await Promise.all(
        Array.from({ length: 50 }, () => db.database.calls.create(someNewCall({ userId, idempotency }))),
      );
      const ids = new Set(all.map((created) => (created.outcome === 'key_reused' ? '' : created.id)));
      expect(ids.size).to.equal(1);
      expect(all.filter(({ outcome }) => outcome === 'created').length).to.equal(1);
      const [row] = await db.sql<{ count: string }>('SELECT count(*) FROM calls');
      expect(row?.count).to.equal('1');
    });

    it('tells another request under the same key from the first', async () => {
      await db.database.calls.create(someNewCall({ userId, idempotency: { key: 'k', fingerprint: 'a'.repeat(64) } }));
      const other = someNewCall({ userId, idempotency: { key: 'k', fingerprint: 'b'.repeat(64) } });
      expect((await db.database.calls.create(other)).outcome).to.equal('key_reused');
    });
  });

  describe('claiming', () => {
    it('has one winner however many try', async () => {
      const id = await pending();
      const answers = await Promise.all(Array.from({ length: 20 }, () => db.database.calls.claim(id, lease, OFF)));
      expect(answers.filter(({ outcome }) => outcome === 'claimed').length).to.equal(1);
      expect(await db.database.calls.find(id)).to.deep.include({
        status: 'pending',
        attempt: 1,
        channelId: `${id}.1`,
        claim: { slotId: lease.slotId, slotEpoch: lease.epoch },
      });
    });

    it('is not for calls that are unwanted, overdue, over or unknown', async () => {
      const canceled = await pending();
      await db.database.calls.requestCancel(canceled, null);
      const overdue = await pending({ userId, expiresInMs: 0 });
      for (const id of [canceled, overdue, uuidv7()]) {
        expect((await db.database.calls.claim(id, lease, OFF)).outcome).to.equal('nothing_to_do');
      }
    });

    it('will never again be for calls that are unwanted, overdue, over or unknown, and for no others', async () => {
      const canceled = await pending();
      await db.database.calls.requestCancel(canceled, null);
      const overdue = await pending({ userId, expiresInMs: 0 });
      const over = await pending();
      await db.sql(`UPDATE calls SET status = 'failed', ended_at = now() WHERE id = $1`, [over]);
      const unknown = uuidv7();
      const later = await pending({ userId, notBefore: new Date(Date.now() + 3_600_000), expiresInMs: 60_000 });
      const claimed = await pending();
      await db.database.calls.claim(claimed, lease, OFF);
      const dead = [canceled, overdue, over, unknown];
      expect(await db.database.calls.areOver([...dead, later, claimed, await pending()])).to.have.members(dead);
      expect(await db.database.calls.areOver([])).to.deep.equal([]);
    });

    it('is not for calls whose time has not come', async () => {
      const notBefore = new Date(Date.now() + 3_600_000);
      const id = await pending({ userId, notBefore, expiresInMs: 60_000 });
      expect((await db.database.calls.claim(id, lease, OFF)).outcome).to.equal('nothing_to_do');
      const [row] = await db.sql<{ next: Date; expires: Date }>(
        `SELECT next_enqueue_at AS next, expires_at AS expires FROM calls WHERE id = $1`,
        [id],
      );
      expect(row).to.deep.equal({ next: notBefore, expires: new Date(notBefore.getTime() + 60_000) });
      expect(await db.database.calls.backlog(), 'what waits to be dialled now').to.include({
        waiting: 0,
        oldestCreatedAt: null,
      });
      await db.sql(`UPDATE calls SET not_before = now() - interval '1 s'`);
      expect(await db.database.calls.backlog()).to.include({ waiting: 1 });
      expect((await db.database.calls.claim(id, lease, OFF)).outcome).to.equal('claimed');
    });

    it('is not for workers whose lease is over or whose slot has another holder', async () => {
      const id = await pending();
      await db.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 s'`);
      expect((await db.database.calls.claim(id, lease, OFF)).outcome).to.equal('nothing_to_do');
      expect(await db.database.slots.renew(lease, FOLLOWING)).to.equal(true);
      expect((await db.database.calls.claim(id, { ...lease, epoch: 0 }, OFF)).outcome).to.equal('nothing_to_do');
      expect((await db.database.calls.claim(id, { ...lease, owner: uuidv7() }, OFF)).outcome).to.equal('nothing_to_do');
      expect((await db.database.calls.claim(id, lease, OFF)).outcome).to.equal('claimed');
    });

    it('can be given back as long as nothing was dialled', async () => {
      const id = await pending();
      await db.database.calls.claim(id, lease, OFF);
      const token = { attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch };
      expect(await db.database.calls.voidClaim(id, { ...token, attempt: 2 }, 'test', 0)).to.equal(false);
      expect(await db.database.calls.voidClaim(id, token, 'test', 0)).to.equal(true);
      expect((await db.database.calls.claim(id, lease, OFF)).outcome).to.equal('claimed');
      expect(
        await db.database.calls.permitDial({ callId: id, attempt: 2, slotId: lease.slotId, slotEpoch: lease.epoch }),
      ).to.equal(true);
      expect(await db.database.calls.voidClaim(id, { ...token, attempt: 2 }, 'test', 0)).to.equal(false);
    });
  });

  describe('the permission to dial', () => {
    it('is given once', async () => {
      const id = await pending();
      await db.database.calls.claim(id, lease, OFF);
      const dial = { callId: id, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch };
      const answers = await Promise.all(Array.from({ length: 20 }, () => db.database.calls.permitDial(dial)));
      expect(answers.filter(Boolean).length).to.equal(1);
      expect((await db.database.calls.find(id))?.status).to.equal('dialing');
    });

    it('is not given to another attempt, an older epoch, or after the client took the call back', async () => {
      const id = await pending();
      await db.database.calls.claim(id, lease, OFF);
      const dial = { callId: id, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch };
      expect(await db.database.calls.permitDial({ ...dial, attempt: 2 })).to.equal(false);
      expect(await db.database.calls.permitDial({ ...dial, slotEpoch: lease.epoch - 1 })).to.equal(false);
      await db.database.calls.requestCancel(id, null);
      expect(await db.database.calls.permitDial(dial)).to.equal(false);
    });

    it('is refused by the database itself to a call that goes back to pending', async () => {
      const id = await dialed();
      let refused = false;
      await db.sql(`UPDATE calls SET status = 'pending' WHERE id = $1`, [id]).catch(() => (refused = true));
      expect(refused).to.equal(true);
    });
  });

  describe('moving', () => {
    it('happens once per status, with a line in the timeline', async () => {
      const id = await dialed();
      const token = { attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch };
      const event = { type: 'ringing' } as const;
      const write = [someObservation(id, event), await transition(id, event), token] as const;
      expect(await db.database.calls.apply(...write)).to.equal(true);
      expect(await db.database.calls.apply(...write)).to.equal(false);
      const events = await db.sql<{ event: string; status: string }>(
        'SELECT event, status FROM call_events WHERE call_id = $1 ORDER BY id',
        [id],
      );
      expect(events.map(({ event }) => event)).to.deep.equal(['created', 'claimed', 'dial_sent', 'ringing']);
    });

    it('is nothing for a stale owner', async () => {
      const id = await dialed();
      const event = { type: 'answered' } as const;
      const write = [someObservation(id, event), await transition(id, event)] as const;
      for (const token of [
        { attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch - 1 },
        { attempt: 2, slotId: lease.slotId, slotEpoch: lease.epoch },
        { attempt: 1, slotId: lease.slotId + 1, slotEpoch: lease.epoch },
      ]) {
        expect(await db.database.calls.apply(...write, token)).to.equal(false);
      }
      expect((await db.database.calls.find(id))?.status).to.equal('dialing');
    });

    it('is nothing when the client took the call back after it was decided', async () => {
      const id = await dialed();
      const token = { attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch };
      const early = await transition(id, RANG_OUT);
      await db.database.calls.requestCancel(id, null);
      const apply = (decided: Transition): Promise<boolean> =>
        db.database.calls.apply(someObservation(id, RANG_OUT), decided, token);
      expect(await apply(early)).to.equal(false);
      expect(await apply(await transition(id, RANG_OUT))).to.equal(true);
      expect((await db.database.calls.find(id))?.status).to.equal('canceled');
    });

    it('leaves the times of what was before as they are when the client takes the call back', async () => {
      for (const events of [['ringing'], ['ringing', 'answered']] as const) {
        const id = await dialed();
        for (const type of events) {
          const write = [someObservation(id, { type }), await transition(id, { type }), null] as const;
          expect(await db.database.calls.apply(...write)).to.equal(true);
        }
        await db.sql(
          `UPDATE calls SET ringing_at = ringing_at - interval '1 min', answered_at = answered_at - interval '1 min'
           WHERE id = $1`,
          [id],
        );
        const before = await db.database.calls.find(id);
        await db.database.calls.requestCancel(id, null);
        const after = await db.database.calls.find(id);
        expect(after?.cancelRequestedAt).to.be.an.instanceOf(Date);
        expect(after).to.deep.equal({ ...before, cancelRequestedAt: after?.cancelRequestedAt });
      }
    });

    it('keeps the time at which a thing was heard, not the one at which it was written', async () => {
      const id = await dialed();
      await db.sql(`UPDATE calls SET dial_sent_at = dial_sent_at - interval '1 min' WHERE id = $1`, [id]);
      await answered(id, performance.now() - 10_000);
      expect(Date.now() - (await answeredAt(id))).to.be.within(9_000, 10_000 + patience(2_000));
    });

    it('keeps it also when the statement is carried out late', async () => {
      const id = await dialed();
      await answered(await dialed(), performance.now()); // So that the clock is set.
      const lockedMs = patience(1_000);
      const lock = db.sql(
        `BEGIN; LOCK TABLE calls IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(${lockedMs / 1000}); COMMIT`,
      );
      await eventually(async () => {
        const rows = await db.sql(
          `SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database
           WHERE mode = 'AccessExclusiveLock' AND relation = 'calls'::regclass AND datname = current_database()`,
        );
        return rows.length > 0;
      });
      const receivedAt = Date.now();
      await answered(id, performance.now());
      await lock;
      expect(Date.now() - receivedAt, 'was not late').to.be.at.least(lockedMs / 2);
      expect((await answeredAt(id)) - receivedAt).to.be.within(-lockedMs / 8, lockedMs / 4);
    });

    const SLOW = {
      'keeps it also when the first connection of a process takes long': slowToConnect,
      'keeps it also when the first statement of a process takes long': slowToAnswer,
    };
    for (const [title, slow] of Object.entries(SLOW)) {
      it(title, async () => {
        const delayMs = patience(800);
        const relay = await slow(db.url, delayMs);
        const slowly = openDatabase({ url: relay.url, applicationName: 'new-process', ...patientWaits() });
        try {
          const id = await dialed();
          const receivedAt = Date.now();
          await slowly.calls.note(someObservation(id, 'entered_dialplan', { receivedAt: performance.now() }));
          expect(Date.now() - receivedAt, 'was not late').to.be.at.least(delayMs);
          const [entry] = await db.sql<{ at: Date }>(
            `SELECT at FROM call_events WHERE event = 'entered_dialplan' AND call_id = $1`,
            [id],
          );
          expect(entry!.at.getTime() - receivedAt).to.be.within(-delayMs / 8, delayMs / 8);
        } finally {
          await slowly.close();
          relay.close();
        }
      });
    }

    it('never says that a thing happened before what led to it', async () => {
      const id = await dialed();
      await answered(id, performance.now() - 10_000);
      const call = await db.database.calls.find(id);
      expect(call?.answeredAt).to.deep.equal(call?.dialSentAt);
    });

    async function answered(id: string, receivedAt: number): Promise<void> {
      const event = { type: 'answered' } as const;
      await db.database.calls.apply(someObservation(id, event, { receivedAt }), await transition(id, event), null);
    }

    async function answeredAt(id: string): Promise<number> {
      return (await db.database.calls.find(id))?.answeredAt?.getTime() ?? 0;
    }
  });

  describe('sweeping', () => {
    it('finds waiting calls that are due, each once until its next turn', async () => {
      const id = await pending();
      await db.sql(`UPDATE calls SET next_enqueue_at = now() - interval '1 s'`);
      const both = await Promise.all([db.database.calls.takeDueForQueue(), db.database.calls.takeDueForQueue()]);
      expect(both.flat()).to.deep.equal([id]);
      expect(await db.database.calls.takeDueForQueue()).to.deep.equal([]);
    });

    it('lets no call wait longer because its job could not be added', async () => {
      const id = await pending();
      await db.sql(`UPDATE calls SET next_enqueue_at = now() - interval '1 s', enqueue_count = 3`);
      await db.database.calls.takeDueForQueue();
      await db.database.calls.putBackForQueue([id]);
      const [row] = await db.sql<{ n: number; seconds: number }>(
        `SELECT enqueue_count AS n, extract(epoch FROM next_enqueue_at - now())::float8 AS seconds FROM calls WHERE id = $1`,
        [id],
      );
      expect(row?.n).to.equal(3);
      expect(row?.seconds).to.be.at.most(2);
    });

    it('finds every call for a queue that has lost everything, due or not, and none before its time', async () => {
      const waiting = [await pending(), await pending(), await pending()];
      const later = await pending();
      await db.sql(`UPDATE calls SET not_before = now() + interval '1 h' WHERE id = $1`, [later]);
      const claimed = await pending();
      await db.database.calls.claim(claimed, lease, OFF);
      const found = await db.database.calls.waitingForQueue(null);
      expect(found.map(({ id }) => id)).to.have.members(waiting);
      const rest = await db.database.calls.waitingForQueue(found[0] ?? null);
      expect(rest).to.deep.equal(found.slice(1));
    });

    it('ends overdue calls, claimed or not, and no dialled one', async () => {
      const waiting = await pending();
      const claimed = await pending();
      await db.database.calls.claim(claimed, lease, OFF);
      const up = await dialed();
      await db.sql(`UPDATE calls SET expires_at = now() - interval '1 s'`);
      const ended = await db.database.calls.expireOverdue('sweep');
      const attempts = ended.map(({ callId, attempt }) => ({ callId, attempt }));
      expect(attempts).to.have.deep.members([
        { callId: waiting, attempt: 0 },
        { callId: claimed, attempt: 1 },
      ]);
      for (const call of ended) expect(call).to.include({ from: 'pending', to: 'failed', failureReason: 'expired' });
      expect(await db.database.calls.find(waiting)).to.include({ status: 'failed', failureReason: 'expired' });
      expect(await db.database.calls.find(claimed)).to.include({ status: 'failed', failureReason: 'expired' });
      expect(await db.database.calls.find(up)).to.include({ status: 'dialing' });
    });
  });

  describe('an Asterisk that no worker has any more', () => {
    const deserted = `UPDATE worker_slots SET lease_until = now() - interval '5 min'`;
    const longAgo = `UPDATE calls SET dial_sent_at = dial_sent_at - interval '10 min'`;

    it('leaves calls that end all the same: unanswered ones after their ring time', async () => {
      const id = await dialed();
      await db.sql(longAgo);
      expect(await db.database.calls.endOrphans(3_600), 'while a worker holds the slot').to.deep.equal([]);
      await db.sql(deserted);
      expect((await db.database.calls.endOrphans(3_600)).map(({ callId }) => callId)).to.deep.equal([id]);
      expect(await db.database.calls.find(id)).to.include({ status: 'failed', failureReason: 'outcome_unknown' });
    });

    it('leaves answered calls alone for their time, counted from when the last worker was seen', async () => {
      const id = await dialed();
      const answered = { type: 'answered' } as const;
      await db.database.calls.apply(someObservation(id, answered), await transition(id, answered), null);
      await db.sql(`UPDATE calls SET answered_at = now() - interval '1 day'`);
      await db.sql(deserted);
      expect(await db.database.calls.endOrphans(3_600)).to.deep.equal([]);
      expect((await db.database.calls.endOrphans(60)).map(({ callId }) => callId)).to.deep.equal([id]);
      expect(await db.database.calls.find(id)).to.include({ status: 'completed', failureReason: 'lost' });
    });
  });

  for (const [stopped, column] of [
    ['switched off', 'disabled_at'],
    ['suspended', 'suspended_at'],
  ] as const) {
    it(`of a user who was ${stopped} are claimed and dialled no more, and end`, async () => {
      const stop = () => db.sql(`UPDATE users SET ${column} = now() WHERE id = $1`, [userId]);
      const [waiting, taken] = [await pending(), await pending()];
      const claimed = await db.database.calls.claim(taken, lease, OFF);
      expect(claimed.outcome).to.equal('claimed');
      await stop();
      expect((await db.database.calls.claim(waiting, lease, OFF)).outcome).to.equal('nothing_to_do');
      const dial = { callId: taken, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch };
      expect(await db.database.calls.permitDial(dial)).to.equal(false);
      expect(await db.database.calls.permitDial(dial, perSecond(100))).to.equal(false);

      const ended = (await db.database.calls.refuseOfStopped()).map(({ callId }) => callId);
      expect(ended).to.have.members([waiting, taken]);
      for (const id of ended) {
        expect(await db.database.calls.find(id)).to.include({ status: 'failed', failureReason: 'not_allowed' });
      }
    });
  }

  describe('slots', () => {
    const want = { asterisk: 'a', appPrefix: 'app', holder: 'test' };

    it('go to one holder each, however many ask at once', async () => {
      const leases = await Promise.all(
        Array.from({ length: 8 }, () => db.database.slots.acquire({ ...want, owner: uuidv7() })),
      );
      expect(new Set(leases.map(({ app }) => app)).size).to.equal(8);
    });

    it('carry the name of the installation', async () => {
      const [row] = await db.sql<{ name: string }>('SELECT name FROM installation');
      expect(lease.app).to.equal(`app-${row?.name}-1`);
    });

    it('are adopted with their open calls once their lease is over, and not before', async () => {
      const id = await dialed();
      const other = uuidv7();
      expect(await db.database.slots.adopt({ asterisk: 'a', owner: other, holder: 'other' })).to.equal(null);
      await db.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 s'`);
      const adopted = await db.database.slots.adopt({ asterisk: 'a', owner: other, holder: 'other' });
      expect(adopted).to.include({ slotId: lease.slotId, epoch: lease.epoch + 1 });
      expect(await db.database.calls.find(id)).to.deep.include({
        claim: { slotId: lease.slotId, slotEpoch: lease.epoch + 1 },
      });
      expect(await db.database.slots.renew(lease, FOLLOWING)).to.equal(false);
    });

    it('of another Asterisk are nobody’s business', async () => {
      await dialed();
      await db.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 s'`);
      expect(await db.database.slots.adopt({ asterisk: 'b', owner: uuidv7(), holder: 'other' })).to.equal(null);
    });
  });
});
