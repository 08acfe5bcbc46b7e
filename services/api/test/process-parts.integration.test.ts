import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { askRedis } from '@dialgate/local-stack';
import { silentLog } from '@dialgate/service-kit';
import { openEntryListener, openWorkerReports } from '@dialgate/redis';
import {
  API_PROGRAM,
  createTestDatabase,
  createUser,
  eventually,
  OPEN_LIMITS,
  patience,
  portOf,
  type Program,
  runProgram,
  type TestDatabase,
  testRedis,
} from '@dialgate/testing';
import { expect } from 'chai';
import { signingKey } from '../src/auth/secret-key.js';
import { createTokens } from '../src/auth/tokens.js';
import { exchange, SECRET_KEY, type Answer } from './api.js';
import { freezingProxy, type FreezingProxy } from './frozen-server.js';

const CALL = '/api/v2/interaction/+33100000001';

/** Against hanging only. */
const WAIT_MS = 45_000;

/** Requests for calls that one user may make, and calls that one may have open. */
const [REQUESTS, OPEN_CALLS] = [4, 3];

/** PostgreSQL says nothing for this long at most; the default of `openDatabase` would be 5,000. */
const TOLD_WITHIN_MS = 4_500;

/** Everything that main.ts puts together, seen from outside: two instances, and no worker anywhere. */
describe('the API as operators run it, with no worker alive', () => {
  let tables: TestDatabase;
  let postgres: FreezingProxy;
  const redis = testRedis();
  let one: Program;
  let two: Program;
  let ports: { readonly one: number; readonly two: number };
  const tokens = createTokens({ key: signingKey(SECRET_KEY), expiresInSeconds: 3_600 });
  const issue = (id: string) => tokens.issue({ id, tokenVersion: 0 });

  before(async () => {
    tables = await createTestDatabase();
    postgres = await freezingProxy(tables.url);
    await writeKeys();
    const environment = {
      REDIS_URL: redis.url,
      QUEUE_PREFIX: redis.prefix,
      SECRET_KEY,
      HOST: '127.0.0.1',
      PORT: '0',
      ...OPEN_LIMITS,
      RATE_LIMIT_REQUESTS: String(REQUESTS),
      RATE_LIMIT_WINDOW: '86400',
      ORPHAN_SECONDS: '60',
    };
    one = runProgram(API_PROGRAM, {
      ...environment,
      DATABASE_URL: tables.url,
      USER_MAX_CONCURRENT_CALLS: String(OPEN_CALLS),
    });
    // Without a limit the row is written by one statement, which a frozen PostgreSQL carries out when it wakes up.
    two = runProgram(API_PROGRAM, {
      ...environment,
      DATABASE_URL: postgres.url,
      BOARD_ENABLED: 'false',
      DOCS_ENABLED: 'false',
    });
    const [first, second] = await Promise.all([portOf(one), portOf(two)]);
    ports = { one: first, two: second };
  });
  after(async () => {
    postgres.close();
    for (const program of [one, two]) program.child.kill('SIGKILL');
    await Promise.all([one.exitCode, two.exitCode]);
    await tables.drop();
  });

  const someone = async () => issue(await createUser(tables.database));
  const send = (port: number, method: string, path: string, token: string, json?: object): Promise<Answer> =>
    exchange(port, method, path, { json, headers: { authorization: `Bearer ${token}` } });

  /** Asked for again after a 503: the first connection to PostgreSQL may take longer than an answer may. */
  async function newCall(token: string, json: object = {}, port = ports.one): Promise<string> {
    return eventually(async () => {
      const answer = await send(port, 'POST', CALL, token, json);
      expect(answer.status, answer.text).to.equal(202);
      return String(answer.body.call_id);
    }, WAIT_MS);
  }

  /** The call as its user sees it once it is over. */
  const ended = (token: string, id: string) =>
    eventually(async () => {
      const { body } = await send(ports.one, 'GET', `/api/v2/status/${id}`, token);
      return body.is_completed === true ? body : null;
    }, WAIT_MS);

  /** Two idempotency keys, of which nobody can be waiting for one any more. */
  async function writeKeys(): Promise<void> {
    const user = await createUser(tables.database);
    for (const [key, age] of [
      ['old', '49 h'],
      ['young', '47 h'],
    ]) {
      await tables.sql(
        `INSERT INTO idempotency_keys (user_id, key, fingerprint, call_id, created_at)
         VALUES ($1, $2, repeat('0', 64), $3, now() - $4::interval)`,
        [user, key, randomUUID(), age],
      );
    }
  }

  it('ends a call that nobody dials in time', async () => {
    const token = await someone();
    const id = await newCall(token, { expires_in: 1 });
    expect(await ended(token, id)).to.include({ status: 'failed', failure_reason: 'expired' });
  });

  it('ends calls whose Asterisk has lost its last worker, so that they hold no room for ever', async () => {
    const token = await someone();
    const [dialing, answered] = [await newCall(token), await newCall(token)];
    const { calls, slots } = tables.database;
    const lease = await slots.acquire({ asterisk: 'pbx:8088', appPrefix: 'test', owner: randomUUID(), holder: 'gone' });
    for (const callId of [dialing, answered]) {
      await calls.claim(callId, lease, { maxConcurrentCalls: 0, originatePerSecond: 0 });
      expect(await calls.permitDial({ callId, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch })).to.equal(
        true,
      );
    }
    await tables.sql(`UPDATE calls SET status = 'answered', answered_at = now() - interval '2 h' WHERE id = $1`, [
      answered,
    ]);
    await tables.sql(`UPDATE calls SET dial_sent_at = now() - interval '3 h' WHERE id = ANY($1)`, [
      [dialing, answered],
    ]);
    await tables.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 h'`);
    expect(await ended(token, dialing)).to.include({ status: 'failed', failure_reason: 'outcome_unknown' });
    expect(await ended(token, answered)).to.include({ status: 'completed', failure_reason: 'lost' });
  });

  it('takes back a call whose client was told 503', async () => {
    const userId = await eventually(async () => {
      const id = await createUser(tables.database);
      await newCall(issue(id), {}, ports.two);
      postgres.freezeAt('INSERT INTO calls');
      const refused = await send(ports.two, 'POST', CALL, issue(id));
      const metItsWrite = postgres.isFrozen();
      postgres.thaw();
      expect(refused.status).to.equal(503);
      expect(refused.tookMs).to.be.lessThan(patience(TOLD_WITHIN_MS));
      return metItsWrite && id;
    }, WAIT_MS);
    await eventually(async () => {
      const rows = await tables.sql('SELECT status::text FROM calls WHERE user_id = $1 ORDER BY id', [userId]);
      expect(rows).to.deep.equal([{ status: 'pending' }, { status: 'canceled' }]);
      return true;
    }, WAIT_MS);
  });

  it('forgets idempotency keys that are two days old, and no younger ones', async () => {
    const keys = async () =>
      (await tables.sql<{ key: string }>('SELECT key FROM idempotency_keys')).map(({ key }) => key);
    await eventually(async () => !(await keys()).includes('old'), WAIT_MS);
    expect(await keys()).to.deep.equal(['young']);
  });

  it('caps a user’s open calls, and counts their requests over all instances', async () => {
    const token = await someone();
    const codes = [];
    for (const port of [...Array<number>(REQUESTS).fill(ports.one), ports.two]) {
      const answer = await send(port, 'POST', CALL, token);
      codes.push(answer.body.code ?? answer.status);
    }
    expect(codes).to.deep.equal([202, 202, 202, 'user_open_calls', 'too_many_requests']);
  });

  it('has a board and documents, and neither where they are switched off', async () => {
    const admin = issue(await createUser(tables.database, 'admin'));
    const statuses = (port: number) =>
      Promise.all(
        ['/admin/queues', '/admin/calls', '/docs', '/openapi.json'].map(
          async (path) => (await send(port, 'GET', path, admin)).status,
        ),
      );
    // Until it is connected to Redis, the board says that it is away.
    await eventually(async () => {
      expect(await statuses(ports.one)).to.deep.equal([200, 200, 200, 200]);
      return true;
    }, WAIT_MS);
    expect(await statuses(ports.two)).to.deep.equal([404, 404, 404, 404]);
  });

  it('shows what workers say of themselves over Redis', async () => {
    const workers = openWorkerReports({ redisUrl: redis.url, prefix: redis.prefix, log: silentLog });
    const facts = { waiting: 7, oldestSeconds: 12, dropped: 2, lastDroppedSecondsAgo: 3 };
    try {
      await eventually(async () => {
        await workers.say('one', { holder: 'host-1', asterisk: 'pbx:8088', facts });
        const { body } = await exchange(ports.one, 'GET', '/health', {});
        expect(body.facts).to.deep.equal({ waiting: 7, dropped: 2 });
        return true;
      });
    } finally {
      workers.close();
    }
  });

  it('tells all instances over Redis that it has written into the timeline, and listens to them', async () => {
    let wakes = 0;
    const listener = openEntryListener({
      redisUrl: redis.url,
      prefix: redis.prefix,
      log: silentLog,
      onEntries: () => wakes++,
    });
    try {
      const listening = `PUBSUB NUMSUB {${redis.prefix}}:entries`;
      await eventually(async () => (await askRedis(redis.url, listening)).includes(':3'));
      await newCall(await someone());
      await eventually(() => wakes > 0);
    } finally {
      listener.close();
    }
  });

  it('finishes the request in flight at SIGTERM, takes no new one, and ends with 0', async () => {
    const token = await someone();
    // A request whose body is still on its way.
    const socket = connect(ports.one, '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.on('error', () => undefined);
    socket.write(
      `POST ${CALL} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n` +
        'Content-Length: 2\r\nExpect: 100-continue\r\n\r\n',
    );
    await eventually(() => heard.includes('100 Continue'));
    one.child.kill('SIGTERM');
    await eventually(() => isRefused(ports.one));
    socket.write('{}');
    await eventually(() => heard.includes('202 Accepted'));
    expect(await one.exitCode).to.equal(0);
    expect(one.said()).to.include('Service stopped').and.not.to.include('left behind');
  });
});

async function isRefused(port: number): Promise<boolean> {
  const late = connect(port, '127.0.0.1');
  const refused = await new Promise<boolean>((resolve) => {
    late.once('connect', () => resolve(false));
    late.once('error', () => resolve(true));
  });
  late.destroy();
  return refused;
}
