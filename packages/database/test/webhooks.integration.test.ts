import { randomUUID } from 'node:crypto';
import { createTestDatabase, createUser, someNewCall, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import type { Database, DueDelivery, SettledAttempt, WebhookEndpoint } from '../src/index.js';
import { openSessions, type Holder, type Sessions } from './sessions.js';

const ENTRY = `INSERT INTO call_events (call_id, event, status, source) VALUES ($1, 'test', $2::call_status, 'worker')`;

describe('webhooks in the database', () => {
  let tables: TestDatabase;
  let sessions: Sessions;
  let database: Database;
  let userId: string;

  before(async () => {
    tables = await createTestDatabase();
    sessions = openSessions(tables);
    database = sessions.open('webhooks');
    userId = await createUser(database);
  });
  after(async () => {
    await sessions.close();
    await tables.drop();
  });
  beforeEach(() => tables.sql('DELETE FROM webhook_endpoints'));

  const endpoint = async (events: string[] = ['call.*'], owner = userId): Promise<WebhookEndpoint> => {
    const wanted = { userId: owner, url: 'https://example.com/', description: null, events, secret: 'whsec_AAAA' };
    return (await database.webhooks.create(wanted, 100))!;
  };
  const newCall = async (owner = userId): Promise<string> => {
    const call = someNewCall({ userId: owner });
    await database.calls.create(call);
    return call.id;
  };
  const entry = (callId: string, status: string | null) => tables.sql(ENTRY, [callId, status]);

  /** Looks as often as a quiet timeline needs, and one time more. */
  async function fanOut(by = database): Promise<void> {
    for (let looks = 0; looks < 3; looks++) await by.webhooks.fanOut();
  }
  async function made(): Promise<string[]> {
    const rows = await tables.sql<{ type: string; sequence: number }>(
      'SELECT type, sequence FROM webhook_deliveries WHERE event_id IS NOT NULL ORDER BY event_id',
    );
    return rows.map(({ type, sequence }) => `${type} ${sequence}`);
  }

  describe('made out of the timeline', () => {
    let holders: Holder[] = [];
    const hold = async (): Promise<Holder> => {
      const holder = await sessions.hold('writer');
      holders.push(holder);
      return holder;
    };
    afterEach(async () => {
      await Promise.all(holders.map((holder) => holder.letGo()));
      holders = [];
    });

    it('are one for each change of a status of a user’s calls that an endpoint wants to hear of, numbered', async () => {
      await endpoint();
      await endpoint(['call.ringing']);
      await endpoint(['call.*'], await createUser(database));
      const id = await newCall();
      await entry(id, 'dialing');
      await entry(id, null);
      await entry(id, 'ringing');
      await fanOut();
      expect(await made()).to.deep.equal(['call.pending 1', 'call.dialing 2', 'call.ringing 3', 'call.ringing 3']);
    });

    it('are one more for the end of an order to be called again, also when they are asked for again', async () => {
      const { id: endpointId } = await endpoint(['call.busy', 'call.order_finished']);
      const id = await newCall();
      await entry(id, 'busy');
      await tables.sql(`INSERT INTO call_events (call_id, event, source) VALUES ($1, 'order_finished', 'api')`, [id]);
      await fanOut();
      const told = ['call.busy 2', 'call.order_finished 3'];
      expect(await made()).to.deep.equal(told);
      await tables.sql('DELETE FROM webhook_deliveries');
      expect(await database.webhooks.replaySince(endpointId, new Date(0))).to.equal(2);
      expect(await made()).to.deep.equal(told);
    });

    it('wait for an entry that got its number first and is committed last', async () => {
      await endpoint();
      const [slow, quick] = [await newCall(), await newCall()];
      await fanOut();
      const writer = await hold();
      await writer.sql(ENTRY, [slow, 'dialing']);
      await entry(quick, 'ringing');
      await fanOut();
      expect(await made()).to.deep.equal(['call.pending 1', 'call.pending 1']);
      await writer.letGo();
      await fanOut();
      expect(await made()).to.deep.equal(['call.pending 1', 'call.pending 1', 'call.dialing 2', 'call.ringing 2']);
    });

    it('wait for one that has its number and has not written yet', async () => {
      await endpoint();
      const [slow, quick] = [await newCall(), await newCall()];
      await fanOut();
      const writer = await hold();
      // Where an INSERT stands for a moment: its lock and its number are taken, and its transaction has no id.
      await writer.sql('LOCK TABLE call_events IN ROW EXCLUSIVE MODE');
      const [{ id }] = (await writer.sql(`SELECT nextval('call_events_id_seq') AS id`)) as [{ id: string }];
      await entry(quick, 'ringing');
      await fanOut();
      await writer.sql(
        `INSERT INTO call_events (id, call_id, event, status, source) VALUES ($2, $1, 'test', 'dialing', 'worker')`,
        [slow, id],
      );
      await writer.letGo();
      await fanOut();
      expect((await made()).slice(2)).to.deep.equal(['call.dialing 2', 'call.ringing 2']);
    });

    it('wait for nobody who began later', async () => {
      await endpoint();
      const [first, second] = [await newCall(), await newCall()];
      await fanOut();
      const [earlier, later] = [await hold(), await hold()];
      await earlier.sql(ENTRY, [first, 'dialing']);
      await entry(first, 'ringing');
      await database.webhooks.fanOut();
      await later.sql(ENTRY, [second, 'dialing']);
      await earlier.letGo();
      await fanOut();
      expect((await made()).slice(2), 'while the later one is still open').to.deep.equal([
        'call.dialing 2',
        'call.ringing 3',
      ]);
    });

    it('do not wait for what was rolled back', async () => {
      await endpoint();
      const id = await newCall();
      const writer = await hold();
      await writer.sql(ENTRY, [id, 'dialing']);
      await writer.sql('ROLLBACK');
      await entry(id, 'ringing');
      await fanOut();
      expect(await made()).to.deep.equal(['call.pending 1', 'call.ringing 2']);
    });

    it('are made once, however many look, and however many write', async () => {
      await endpoint();
      const others = [database, sessions.open('two'), sessions.open('three')];
      const ids = await Promise.all(Array.from({ length: 30 }, () => newCall()));
      let writing = true;
      const looking = others.map(async (other) => {
        while (writing) await other.webhooks.fanOut();
      });
      for (const status of ['dialing', 'ringing', 'answered', 'completed'])
        await Promise.all(ids.map((id) => entry(id, status)));
      writing = false;
      await Promise.all(looking);
      await fanOut();
      const rows = await tables.sql<{ n: number }>(
        'SELECT count(*)::int AS n FROM webhook_deliveries GROUP BY call_id, event_id',
      );
      expect(rows.map(({ n }) => n)).to.deep.equal(Array.from({ length: 150 }, () => 1));
    });

    it('are none for an endpoint that is switched off, and none for a user who is', async () => {
      const off = await endpoint();
      await database.webhooks.change(off.id, userId, { enabled: false });
      const gone = await createUser(database);
      await endpoint(['call.*'], gone);
      await tables.sql('UPDATE users SET disabled_at = now() WHERE id = $1', [gone]);
      await newCall();
      await newCall(gone);
      await fanOut();
      expect(await made()).to.deep.equal([]);
    });

    it('tell of what happens after the endpoint was made', async () => {
      const id = await newCall();
      // Else it may be of the same millisecond.
      await tables.sql(`UPDATE call_events SET at = at - interval '1 s'`);
      await endpoint();
      await entry(id, 'dialing');
      await fanOut();
      expect(await made()).to.deep.equal(['call.dialing 2']);
    });
  });

  describe('taken up and settled', () => {
    let made: WebhookEndpoint;
    beforeEach(async () => {
      made = await endpoint();
      await newCall();
      await fanOut();
    });

    const take = (leaseMs = 60_000): Promise<DueDelivery[]> => database.webhooks.takeDue(made.id, 10, leaseMs);
    const settled = (due: DueDelivery, more: Partial<SettledAttempt>) =>
      database.webhooks.settle({
        endpointId: made.id,
        deliveryId: due.id,
        attempt: due.attempt,
        httpStatus: 500,
        error: null,
        durationMs: 1,
        outcome: null,
        retryMs: 0,
        holdMs: 0,
        gone: false,
        failingForMs: 1_000_000,
        ...more,
      });
    const log = async () => (await database.webhooks.deliveries(made.id, null, 10))[0]!;

    it('are taken by one process, and again when that one has died', async () => {
      expect(await database.webhooks.endpointsDue()).to.deep.equal([made.id]);
      const [first] = await take();
      expect(first).to.include({ type: 'call.pending', attempt: 1, sequence: 1, status: 'pending' });
      expect(await take()).to.deep.equal([]);
      expect(await database.webhooks.endpointsDue()).to.deep.equal([]);
      await tables.sql("UPDATE webhook_deliveries SET next_attempt_at = now() - interval '1 s'");
      expect((await take())[0]).to.include({ id: first!.id, attempt: 2 });
    });

    it('are over with a success, also with one that was told late', async () => {
      const [first] = await take(0);
      await take(); // By another, while the first was thought dead.
      await settled(first!, { outcome: 'delivered', httpStatus: 200 });
      expect(await log()).to.include({ outcome: 'delivered', nextAttemptAt: null });
    });

    it('are not put off by a failure that was told late', async () => {
      const [first] = await take(0);
      const [second] = await take();
      await settled(second!, { outcome: 'delivered', httpStatus: 200 });
      await settled(first!, { outcome: 'failed' });
      expect(await log()).to.include({ outcome: 'delivered' });
      expect((await log()).attempts.map(({ attempt, httpStatus }) => [attempt, httpStatus])).to.deep.equal([
        [2, 200],
        [1, 500],
      ]);
    });

    it('are put off for a failed one, and for all of an endpoint that asks for it', async () => {
      await newCall();
      await fanOut();
      const [first] = await database.webhooks.takeDue(made.id, 1, 60_000);
      await settled(first!, { retryMs: 3_600_000 });
      expect(await take()).to.have.lengthOf(1);
      await tables.sql("UPDATE webhook_deliveries SET next_attempt_at = now() - interval '1 s'");
      await settled(first!, { attempt: 99, holdMs: 60_000 });
      expect(await take()).to.deep.equal([]);
      expect(await database.webhooks.endpointsDue()).to.deep.equal([]);
    });

    it('end with an endpoint that is gone', async () => {
      const [first] = await take();
      expect(await settled(first!, { gone: true, outcome: 'failed', httpStatus: 410 })).to.equal('gone');
      expect(await database.webhooks.find(made.id, userId)).to.include({ disabledReason: 'gone' });
    });

    it('end with an endpoint that has failed for long, and not with one that worked in between', async () => {
      const long = (due: DueDelivery, more: Partial<SettledAttempt> = {}) =>
        tables
          .sql(`UPDATE webhook_endpoints SET failing_since = failing_since - interval '1 h'`)
          .then(() => settled(due, { failingForMs: 3_000_000, ...more }));
      const [first] = await take();
      expect(await long(first!), 'its first failure').to.equal(null);
      expect(await long(first!, { outcome: 'delivered', attempt: 77 })).to.equal(null);
      expect((await database.webhooks.find(made.id, userId))?.failingSince).to.equal(null);
      expect(await long(first!), 'the first again').to.equal(null);
      expect(await long(first!)).to.equal('failing');
      expect(await take()).to.deep.equal([]);
    });

    it('are signed with both secrets while a rotation’s overlap lasts', async () => {
      await database.webhooks.rotateSecret(made.id, userId, 'whsec_BBBB', 24);
      expect((await take())[0]?.secrets).to.deep.equal(['whsec_BBBB', 'whsec_AAAA']);
      await tables.sql('UPDATE webhook_endpoints SET previous_secret_until = now()');
      await tables.sql("UPDATE webhook_deliveries SET next_attempt_at = now() - interval '1 s'");
      expect((await take())[0]?.secrets).to.deep.equal(['whsec_BBBB']);
    });

    it('are sent again under the same id, and what was missed anew', async () => {
      const [first] = await take();
      await settled(first!, { outcome: 'delivered', httpStatus: 200 });
      await database.webhooks.change(made.id, userId, { enabled: false });
      const missed = await newCall();
      await fanOut();
      await database.webhooks.change(made.id, userId, { enabled: true });
      expect(await database.webhooks.replay(made.id, randomUUID())).to.equal(false);
      expect(await database.webhooks.replaySince(made.id, new Date(Date.now() + 3_600_000))).to.equal(0);
      await tables.sql(`UPDATE calls SET created_at = now() + interval '1 h' WHERE id = ANY($1)`, [
        [first!.callId, missed],
      ]);
      expect(await database.webhooks.replaySince(made.id, new Date(Date.now() + 1_800_000))).to.equal(2);
      const again = await take();
      expect(again.map(({ callId }) => callId)).to.have.members([first!.callId, missed]);
      expect(again.find(({ callId }) => callId === first!.callId)).to.include({
        id: first!.id,
        attempt: 1,
        sequence: 1,
      });
    });

    it('are dropped with their log when they are old', async () => {
      const [first] = await take();
      await settled(first!, { outcome: 'delivered' });
      expect(await database.webhooks.forgetOld(1)).to.equal(0);
      await tables.sql(`UPDATE webhook_deliveries SET created_at = now() - interval '25 h'`);
      expect(await database.webhooks.forgetOld(1)).to.equal(1);
      expect(await tables.sql('SELECT 1 FROM webhook_attempts')).to.deep.equal([]);
    });
  });

  it('have no more endpoints than a user may have, also when many are asked for at once', async () => {
    const wanted = { userId, url: 'https://example.com/', description: null, events: ['call.*'], secret: 'whsec_AAAA' };
    const several = await Promise.all(Array.from({ length: 6 }, () => database.webhooks.create(wanted, 3)));
    expect(several.filter((one) => one !== null)).to.have.lengthOf(3);
  });
});
