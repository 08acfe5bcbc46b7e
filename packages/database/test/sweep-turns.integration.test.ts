import { createEndOverdue, silentLog } from '@dialgate/service-kit';
import { createTestDatabase, createUser, someNewCall, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import type { Database } from '../src/index.js';
import { openSessions, type Sessions } from './sessions.js';

/** So long that no turn ends by itself while a test runs. */
const EVERY_MS = 1_000_000;

describe('the turns of sweepers', () => {
  let db: TestDatabase;
  let sessions: Sessions;
  let userId: string;

  before(async () => {
    db = await createTestDatabase();
    sessions = openSessions(db);
    userId = await createUser(db.database);
  });
  beforeEach(() => lastTaken('now() - 0.8 * interval $1'));
  after(async () => {
    await sessions.close();
    await db.drop();
  });

  /** Has the turns taken at that time; `$1` is how often each process asks. */
  async function lastTaken(at: string): Promise<void> {
    await db.sql(`UPDATE sweep_turns SET taken_at = ${at.replace('$1', `'${EVERY_MS} ms'`)}`);
  }
  const take = (by: Database = db.database) => by.calls.takeSweepTurn('overdue_calls', EVERY_MS);

  describe('one of all', () => {
    it('has the turn when they ask at once, and nobody before it is over', async () => {
      const all = await Promise.all(Array.from({ length: 20 }, () => take()));
      expect(all.filter((mine) => mine)).to.have.lengthOf(1);
      expect(await take()).to.equal(false);
      await lastTaken('now() - 0.7 * interval $1');
      expect(await take()).to.equal(false);
      await lastTaken('now() - 0.8 * interval $1');
      expect(await take()).to.equal(true);
    });

    it('has it for one kind of sweep', async () => {
      expect(await take()).to.equal(true);
      expect(await db.database.calls.takeSweepTurn('lost_jobs', EVERY_MS)).to.equal(true);
    });

    it('has it although the last was taken in the future, by a clock that was set back since', async () => {
      await lastTaken(`now() + interval '1 day'`);
      expect(await take()).to.equal(true);
      expect(await take()).to.equal(false);
    });
  });

  describe('nobody waits', () => {
    it('for a turn that is just being taken', async () => {
      const holder = await sessions.hold('holder');
      await holder.sql('SELECT 1 FROM sweep_turns FOR UPDATE');
      expect(await take()).to.equal(false);
      await holder.letGo();
      expect(await take()).to.equal(true);
    });

    it('long for one that nobody can take, or of which nothing is known: all sweep then', async () => {
      await lastTaken('now() - 6 * interval $1');
      const holder = await sessions.hold('holder');
      await holder.sql('SELECT 1 FROM sweep_turns FOR UPDATE');
      expect([await take(), await take()]).to.deep.equal([true, true]);
      await holder.sql('DELETE FROM sweep_turns');
      await holder.letGo();
      expect([await take(), await take()]).to.deep.equal([true, true]);
      await db.sql(`INSERT INTO sweep_turns (kind) VALUES ('overdue_calls'), ('lost_jobs')`);
    });
  });

  describe('a call that nobody dialled in time ends', () => {
    let id: string;
    beforeEach(async () => {
      const call = someNewCall({ userId });
      id = call.id;
      await db.database.calls.create(call);
      await db.sql(`UPDATE calls SET expires_at = now() - interval '1 s' WHERE id = $1`, [id]);
    });

    const isOver = async () => (await db.database.calls.find(id))?.status === 'failed';
    /** As a process has it. */
    const sweeper = (name: string, expireOverdue?: () => Promise<never>) => {
      const { calls } = sessions.open(name);
      const times = { orphanSeconds: 60, everyMs: EVERY_MS };
      return createEndOverdue({ ...calls, ...(expireOverdue && { expireOverdue }) }, 'sweep', times, silentLog);
    };

    it('by one of two sweepers; the other has nothing to look for', async () => {
      let looks = 0;
      const counting = sweeper('counting', () => {
        looks++;
        throw new Error('it was not its turn');
      });
      await sweeper('first')();
      await counting();
      expect([looks, await isOver()]).to.deep.equal([0, true]);
    });

    it('although the sweeper that asks first fails in each of its turns', async () => {
      const failing = sweeper('failing', () => Promise.reject(new Error('always')));
      const other = sweeper('other');
      for (let round = 0; round < 2; round++) {
        await failing().catch(() => undefined);
        await other();
        await lastTaken('now() - 0.8 * interval $1');
      }
      expect(await isOver()).to.equal(true);
    });

    it('although the sweeper whose turn it was hangs for ever', async () => {
      let hangs: () => void = () => undefined;
      const itHangs = new Promise<void>((resolve) => (hangs = resolve));
      const hanging = sweeper('hanging', () => {
        hangs();
        return new Promise<never>(() => undefined);
      });
      void hanging();
      await itHangs;
      const other = sweeper('other');
      await other();
      expect(await isOver()).to.equal(false);
      await lastTaken('now() - 0.8 * interval $1');
      await other();
      expect(await isOver()).to.equal(true);
    });
  });

  it('has one sweep end more calls than one statement takes on', async () => {
    const calls = Array.from({ length: 1_001 }, () => someNewCall({ userId }));
    await Promise.all(calls.map((call) => db.database.calls.create(call)));
    await db.sql(`UPDATE calls SET expires_at = now() - interval '1 s' WHERE ended_at IS NULL`);
    expect(await db.database.calls.expireOverdue('sweep')).to.have.lengthOf(1_001);
  });
});
