import { requiredTransition, WAITING } from '@dialgate/domain';
import { createTestDatabase, createUser, someNewCall, someObservation, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import type { Database } from '../src/index.js';
import { openSessions, type Sessions } from './sessions.js';

const EXPIRED = { type: 'expired' } as const;

describe('a call whose row somebody else is writing', function () {
  this.timeout(120_000);
  let db: TestDatabase;
  let sessions: Sessions;
  let writer: Database;

  beforeEach(async () => {
    db = await createTestDatabase();
    sessions = openSessions(db);
    writer = sessions.open('writer');
  });
  afterEach(async () => {
    await sessions.close();
    await db.drop();
  });

  it('is moved when that is done, and holds up no other call until then', async () => {
    const locked = await Promise.all([pending(), pending()]);
    const free = await Promise.all([pending(), pending()]);
    const holder = await sessions.hold('holder');
    await holder.sql('SELECT 1 FROM calls WHERE id = ANY($1) FOR UPDATE', [locked]);

    let waited = 0;
    const behind = locked.map(async (id) => {
      const moved = await expire(id);
      waited++;
      return moved;
    });
    expect(await Promise.all(free.map(expire)), 'of the same flush').to.deep.equal([true, true]);
    await sessions.waitsFor('writer', 'holder');
    expect(await expire(await pending()), 'of a later one').to.equal(true);
    expect(waited).to.equal(0);

    await holder.letGo();
    expect(await Promise.all(behind)).to.deep.equal([true, true]);
  });

  it('is not moved when it has become another one meanwhile', async () => {
    const id = await pending();
    const holder = await sessions.hold('holder');
    await holder.sql(`UPDATE calls SET status = 'canceled', ended_at = now() WHERE id = $1`, [id]);
    const moved = expire(id);
    await sessions.waitsFor('writer', 'holder');
    await holder.letGo();
    expect(await moved).to.equal(false);
    expect(await db.sql(`SELECT 1 FROM call_events WHERE call_id = $1 AND event = 'expired'`, [id])).to.have.length(0);
  });

  it('tells in its timeline what was said afterwards after its move', async () => {
    const id = await pending();
    const holder = await sessions.hold('holder');
    await holder.sql('SELECT 1 FROM calls WHERE id = $1 FOR UPDATE', [id]);
    const moved = expire(id);
    const noted = writer.calls.note(someObservation(id, 'channel_created'));
    await sessions.waitsFor('writer', 'holder');
    expect(await expire(await pending()), 'what was to be written by the flush is written').to.equal(true);
    await holder.letGo();
    await Promise.all([moved, noted]);
    const entries = await db.sql<{ event: string }>('SELECT event FROM call_events WHERE call_id = $1 ORDER BY id', [
      id,
    ]);
    expect(entries.map(({ event }) => event)).to.deep.equal(['created', 'expired', 'channel_created']);
  });

  for (const hops of [1, 2, 3, 4]) {
    it(`tells what was said during a move before the next one, which comes ${hops} turns later`, async () => {
      const id = await pending();
      await db.sql(`UPDATE calls SET status = 'dialing', attempt = 1, dial_sent_at = now() WHERE id = $1`, [id]);
      const [ringing, answered] = [{ type: 'ringing' }, { type: 'answered' }] as const;
      const dialing = { ...WAITING, status: 'dialing', dialed: true } as const;
      const rings = { ...dialing, status: 'ringing', rang: true } as const;
      const first = writer.calls.apply(someObservation(id, ringing), requiredTransition(ringing, dialing), null);
      let turn: Promise<unknown> = first;
      for (let hop = 1; hop < hops; hop++) turn = turn.then(() => undefined);
      const second = turn.then(() =>
        writer.calls.apply(someObservation(id, answered), requiredTransition(answered, rings), null),
      );
      const noted = writer.calls.note(someObservation(id, 'channel_created'));
      await Promise.all([second, noted]);
      expect(await timeline(id)).to.deep.equal(['created', 'ringing', 'channel_created', 'answered']);
    });
  }

  async function timeline(id: string): Promise<string[]> {
    const entries = await db.sql<{ event: string }>('SELECT event FROM call_events WHERE call_id = $1 ORDER BY id', [
      id,
    ]);
    return entries.map(({ event }) => event);
  }

  function expire(id: string): Promise<boolean> {
    return writer.calls.apply(someObservation(id, EXPIRED), requiredTransition(EXPIRED, WAITING), null);
  }

  async function pending(): Promise<string> {
    const created = await db.database.calls.create(someNewCall({ userId: await createUser(db.database) }));
    if (created.outcome === 'key_reused') throw new Error('a key was reused');
    return created.id;
  }
});
