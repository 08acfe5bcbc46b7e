import { connect } from 'node:net';
import { startThrowawayRedis, type Redis } from '@dialgate/local-stack';
import { createTestDatabase, eventually, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { startApi, type Answer, type Api } from './api.js';

const PATH = '/api/v2/interaction/+33100000001';

const health = (api: Api, path = '/health') => api.send('GET', path, { token: null });
const codesOf = ({ body }: Answer) => ((body.reasons ?? []) as { code: string }[]).map(({ code }) => code);
const problemsOf = ({ body }: Answer) => ((body.reasons ?? []) as { problem: string }[]).map(({ problem }) => problem);

describe('with Redis full', function () {
  this.timeout(60_000);
  let server: Redis;
  let api: Api;
  before(async () => {
    server = await startThrowawayRedis();
    api = await startApi({ REDIS_URL: server.url });
    await eventually(api.queue.ready, 20_000);
  });
  after(async () => {
    await api.stop();
    await server.stop();
  });

  it('accepts calls, says so, and is not well: none would leave', async () => {
    await configure(server.url, 'maxmemory', '1');
    await eventually(async () => {
      const told = await health(api);
      expect(told.status).to.equal(200);
      expect(told.body).to.deep.include({ status: 'degraded', redis: { status: 'down' }, database: { status: 'ok' } });
      expect(codesOf(told)).to.include('redis_refuses');
      expect(problemsOf(told)).to.include(
        'Redis is full (maxmemory): calls are accepted, and dialled when it has room again.',
      );
      return true;
    });
    await eventually(async () => {
      const strict = await health(api, '/health/strict');
      expect(strict.status).to.equal(503);
      expect(strict.body.code).to.equal('calls_would_wait');
      expect((strict.body.reasons as object[])[0]).to.include({ code: 'redis_refuses', stops: 'leaving' });
      return true;
    });
    await eventually(async () => (await health(api, '/health/ready')).status === 200);

    await eventually(async () => (await api.send('POST', PATH)).headers['x-queue'] === 'degraded');
    const call = await api.send('POST', PATH);
    expect(call.status).to.equal(202);
    expect(call.headers['x-queue']).to.equal('degraded');
  });

  it('is well again as soon as there is room', async () => {
    await configure(server.url, 'maxmemory', '0');
    await eventually(async () => !codesOf(await health(api)).includes('redis_refuses'));
    await eventually(async () => (await api.send('POST', PATH)).headers['x-queue'] === undefined);
    expect((await health(api)).body.redis).to.deep.equal({ status: 'ok' });
  });
});

describe('with a PostgreSQL that writes nothing', function () {
  this.timeout(60_000);
  let tables: TestDatabase;
  let api: Api;
  before(async () => {
    tables = await createTestDatabase();
    api = await startApi({}, { tables });
  });
  after(() => api.stop());

  const isReady = async () => (await health(api, '/health/ready')).status === 200;

  it('is down while it is read-only, and not ready', async () => {
    const name = new URL(tables.url).pathname.slice(1);
    const readOnly = (value: string) =>
      tables.sql(
        `SET default_transaction_read_only = off; ALTER DATABASE "${name}" SET default_transaction_read_only = ${value};
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
      );
    await readOnly('on');
    try {
      const told = await eventually(async () => {
        const answer = await health(api);
        return codesOf(answer).includes('database_refuses') ? answer : null;
      }, 20_000);
      expect(told.body).to.deep.include({ status: 'down', database: { status: 'down' } });
      expect(problemsOf(told)).to.include('PostgreSQL is read-only: no call can be accepted.');
      expect((await health(api, '/health/ready')).body).to.include({ code: 'database_unavailable' });
      expect((await health(api, '/health/strict')).body).to.include({ code: 'database_unavailable' });
      expect((await api.send('POST', PATH)).status).to.equal(503);
    } finally {
      await readOnly('off');
    }
    await eventually(isReady, 20_000);
    await eventually(async () => (await api.send('POST', PATH)).status === 202, 20_000);
  });

  it('is down when its disk was too full for the last call, until one is written', async () => {
    // What a full disk makes PostgreSQL answer, by its own number.
    await tables.sql(
      `CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
       CREATE TRIGGER is_full BEFORE INSERT ON calls FOR EACH STATEMENT EXECUTE FUNCTION is_full()`,
    );
    expect(await isReady()).to.equal(true);
    expect((await api.send('POST', PATH)).status).to.equal(503);
    const told = await eventually(async () => {
      const answer = await health(api);
      return codesOf(answer).includes('database_refuses') ? answer : null;
    });
    expect(told.body).to.deep.include({ status: 'down', database: { status: 'down' } });
    expect(problemsOf(told)).to.include('PostgreSQL’s disk is full: no call can be accepted.');
    await eventually(async () => !(await isReady()));
    await tables.sql('DROP TRIGGER is_full ON calls');
    expect((await api.send('POST', PATH)).status).to.equal(202);
    await eventually(isReady);
    expect(codesOf(await health(api))).not.to.include('database_refuses');
  });
});

/** Says it as the server's owner: the services' user may not. */
function configure(url: string, setting: string, value: string): Promise<void> {
  const { hostname, port, username, password } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let heard = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      if (heard.includes('-')) reject(new Error(heard));
      else if (heard.split('\r\n').length > 2) resolve();
      else return;
      socket.destroy();
    });
    socket.on('error', reject);
    socket.write(`AUTH ${username || 'default'} ${password}\r\nCONFIG SET ${setting} ${value}\r\n`);
  });
}
