import { createTestDatabase, createUser, someNewCall, someObservation, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';

describe('a statement that PostgreSQL could not carry out', () => {
  let tables: TestDatabase;
  beforeEach(async () => {
    tables = await createTestDatabase();
  });
  afterEach(() => tables.drop());

  /** As a damaged page does: whatever writes this entry fails. */
  async function damage(sqlstate: string): Promise<void> {
    await tables.sql(`CREATE FUNCTION damaged() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN RAISE EXCEPTION 'damaged' USING ERRCODE = '${sqlstate}'; END $$`);
    await tables.sql(`CREATE TRIGGER damaged BEFORE INSERT ON call_events FOR EACH ROW
      WHEN (NEW.event = 'continued') EXECUTE FUNCTION damaged()`);
  }

  async function noteTogether(): Promise<PromiseSettledResult<void>[]> {
    const { calls } = tables.database;
    const call = someNewCall({ userId: await createUser(tables.database) });
    await calls.create(call);
    const events = ['dial_began', 'continued', 'entered_dialplan'] as const;
    return Promise.allSettled(events.map((event) => calls.note(someObservation(call.id, event))));
  }

  for (const sqlstate of ['XX001', '58030', '25P03', '40P01']) {
    it(`for ${sqlstate} may be tried again, and takes no others with it`, async () => {
      await damage(sqlstate);
      const [one, failed, other] = await noteTogether();
      expect([one?.status, other?.status]).to.deep.equal(['fulfilled', 'fulfilled']);
      expect(failed).to.have.property('reason').that.has.property('code', 'database_unavailable');
    });
  }

  for (const sqlstate of ['22003', '23514', '42501']) {
    it(`for ${sqlstate} is wrong, and not tried again`, async () => {
      await damage(sqlstate);
      const [, failed] = await noteTogether();
      expect(failed?.status).to.equal('rejected');
      expect(failed).to.have.property('reason').that.does.not.have.property('code', 'database_unavailable');
    });
  }
});
