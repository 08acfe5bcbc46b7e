import {
  createTestDatabase,
  eventually,
  NO_LIMITS,
  patience,
  someNewCall,
  someObservation,
  standStill,
  type TestDatabase,
} from '@dialgate/testing';
import { expect } from 'chai';
import { hasNoTables, openDatabase, whyAway } from '../src/index.js';
import { openPatientPool } from '../src/patient-pool.js';
import { slowToAnswer, slowToConnect } from './slow-postgres.js';

describe('a database that is not ready', function () {
  this.timeout(60_000);
  let tables: TestDatabase;
  beforeEach(async () => {
    tables = await createTestDatabase();
  });
  afterEach(() => tables.drop());

  it('on a machine where connecting takes longer than anybody waits, turns the first away and serves the next', async () => {
    const slow = await slowToConnect(tables.url, 900);
    const database = openDatabase({ url: slow.url, applicationName: 'test', poolSize: 1, connectTimeoutMs: 100 });
    const first = await database.ping().catch((error: unknown) => error);
    expect(first).to.have.property('code', 'database_unavailable');
    await eventually(() => database.ping().then(() => true), 20_000);
    await database.close();
    slow.close();
  });

  it('on a machine where the first answer takes longer than anybody waits, turns the first away and serves the next', async () => {
    const slow = await slowToAnswer(tables.url, 900);
    const database = openDatabase({ url: slow.url, applicationName: 'test', poolSize: 1, queryTimeoutMs: 300 });
    const first = await database.ping().catch((error: unknown) => error);
    expect(first).to.have.property('code', 'database_unavailable');
    await eventually(() => database.ping().then(() => true), 20_000);
    await database.close();
    slow.close();
  });

  it('is not taken for one because this process stood still while it answered', async () => {
    const database = openDatabase({
      url: tables.url,
      applicationName: 'test',
      poolSize: 1,
      queryTimeoutMs: patience(400),
    });
    await eventually(() => database.ping().then(() => true));
    const asked = database.ping();
    await standStill(patience(500));
    await asked;
    await database.close();
  });

  it('is one of which only what takes no writes can be found, to a statement as to a transaction', async () => {
    const name = new URL(tables.url).pathname.slice(1);
    await tables.sql(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const url = `${tables.url}?target_session_attrs=read-write`;
    const database = openDatabase({ url, applicationName: 'test', callLimits: { ...NO_LIMITS, user_open_calls: 1 } });
    const asked = [
      database.ping(),
      database.users.findByUsername('nobody'),
      database.calls.note(someObservation('01920000-0000-7000-8000-000000000000', 'continued')),
      database.calls.create(someNewCall({ userId: '01920000-0000-7000-8000-000000000001' })),
    ];
    for (const each of await Promise.allSettled(asked)) {
      expect(each).to.have.property('reason').that.has.property('code', 'database_unavailable');
    }
    await database.close();
  });

  it('is waited for by a bounded number', async () => {
    const slow = await slowToConnect(tables.url, 600_000);
    const pool = openPatientPool(slow.url, { max: 1 }, { connectMs: 600_000, answerMs: 600_000 });
    const ask = (): Promise<unknown> => pool.query({ text: 'SELECT' }).catch(String);
    let told = 0;
    const waiting = Array.from({ length: 5_001 }, () => ask().then(() => told++));
    expect(await ask()).to.include('too many wait');
    expect(told, 'turned away before').to.equal(0);
    slow.close();
    await Promise.all(waiting);
    await pool.end();
  });

  it('is one whose migrations have not been applied, to everybody who asks', async () => {
    const { calls, slots, users, audit, ping } = tables.database;
    await tables.sql('DROP SCHEMA public CASCADE');
    await tables.sql('CREATE SCHEMA public');
    const owner = '0192f3a4-5b6c-7d8e-9f00-112233445566';
    for (const ask of [
      ping,
      () => users.findByUsername('admin'),
      () => users.findById(owner),
      () => slots.list(),
      () => calls.backlog(),
      () => audit.forget(365),
      () => calls.expireOverdue('sweep'),
      () => slots.acquire({ asterisk: 'a', appPrefix: 'p', owner, holder: 'h' }),
    ]) {
      // A connection that is late is the same to whoever asks, for another reason.
      await eventually(async () => {
        const error = await ask().catch((reason: unknown) => reason);
        expect(error, String(ask)).to.have.property('code', 'database_unavailable');
        expect(hasNoTables(error), String(ask)).to.equal(true);
        expect(whyAway(error), 'waiting does not help').to.equal(null);
        return true;
      }, 30_000);
    }
  });
});
