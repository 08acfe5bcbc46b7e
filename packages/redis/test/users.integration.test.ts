import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startThrowawayRedis, type Redis as RedisServer } from '@dialgate/local-stack';
import { silentLog } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import {
  examineRedis,
  openBoardQueues,
  openCancelRequestListener,
  openEntryListener,
  openEvictionCheck,
  openOriginateConsumer,
  openOriginateProducer,
  openRedisScripts,
  openWorkerReports,
  type JobEnd,
} from '../src/index.js';

const START = fileURLToPath(new URL('../../../docker/redis/start.sh', import.meta.url));
const PREFIX = 'dialgate-7';
const CALL = '019b0c1e-7a3f-7f10-8a2b-3c4d5e6f7a8b';

/** All that the API's limits ask for, in one. */
const COUNT = `
  local now = redis.call('TIME')[1]
  redis.call('SET', KEYS[1], now, 'PX', 10000)
  redis.call('INCR', KEYS[1])
  if redis.call('PTTL', KEYS[1]) < 0 then return 0 end
  redis.call('PEXPIRE', KEYS[1], 5000)
  return redis.call('GET', KEYS[1]) and 1 or 0`;

/** What docker/redis/start.sh starts, with a redis-server that only shows what it was given. */
function whatIsStarted(password: string): { command: string[]; users: string } {
  const directory = mkdtempSync(join(tmpdir(), 'dialgate-users-'));
  try {
    writeFileSync(join(directory, 'redis-server'), '#!/bin/sh\necho "$@" "${REDIS_PASSWORD:-}"\n', { mode: 0o755 });
    const said = execFileSync(START, ['--appendonly', 'yes'], {
      env: { PATH: `${directory}:/usr/bin:/bin`, TMPDIR: directory, REDIS_PASSWORD: password, QUEUE_PREFIX: PREFIX },
    });
    return { command: said.toString().trim().split(' '), users: readFileSync(join(directory, 'users.acl'), 'utf8') };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('the services’ user of Redis', function () {
  this.timeout(40_000);
  const password = 'a3f9c0ffee';
  const { command, users } = whatIsStarted(password);
  let server: RedisServer;
  let redisUrl: string;
  let own: Redis;

  before(async () => {
    server = await startThrowawayRedis();
    const admin = new Redis(server.url);
    const [, name = '', ...rules] = users.trim().split('\n').at(-1)!.split(' ');
    await admin.call('ACL', 'SETUSER', name, 'reset', ...rules);
    await admin.set('other:secret', 'x');
    admin.disconnect();
    const url = new URL(server.url);
    url.username = name;
    url.password = password;
    redisUrl = url.href;
    own = new Redis(redisUrl);
  });
  after(async () => {
    own.disconnect();
    await server.stop();
  });

  const access = () => ({ redisUrl, prefix: PREFIX, log: silentLog });

  it('is the only one, and the password stands nowhere', () => {
    expect(command).to.deep.equal(['--aclfile', command[1]!, '--appendonly', 'yes']);
    expect(users.trim().split('\n')[0]).to.equal('user default off ~* &* +@all');
    expect(users.trim().split('\n')).to.have.lengthOf(2);
    expect(users).not.to.match(new RegExp(`${password}|HASH|PREFIX`));
  });

  it('can be looked at by doctor', async () => {
    expect(await examineRedis(access(), 10_000)).to.include({
      kind: 'reached',
      evictionPolicy: 'noeviction',
      mayUseKeys: true,
    });
    expect(await examineRedis({ ...access(), prefix: 'another' }, 10_000)).to.include({ mayUseKeys: false });
  });

  it('can do all that the queue needs', async () => {
    const producer = openOriginateProducer(access());
    const board = openBoardQueues(access());
    let cancelRequests = 0;
    let wakes = 0;
    const listener = openCancelRequestListener({ ...access(), onCancelRequest: () => cancelRequests++ });
    const entries = openEntryListener({ ...access(), onEntries: () => wakes++ });
    const ends: JobEnd[] = [{ putBackForMs: 20, resting: 'all' }, 'done'];
    const originated: string[] = [];
    const consumer = openOriginateConsumer({
      ...access(),
      concurrency: 2,
      lockMs: 500,
      originate: (callId) => {
        originated.push(callId);
        return Promise.resolve(ends.shift() ?? 'done');
      },
      areOver: (callIds) => Promise.resolve(callIds),
    });
    try {
      await eventually(() => producer.ready() && board.ready());
      await producer.add(CALL);
      expect(await producer.depth()).to.equal(1);
      const [queue] = board.queues;
      expect((await queue!.getJobs(['waiting', 'delayed', 'failed']))[0]?.data).to.deep.equal({ callId: CALL });
      consumer.open(true);
      await eventually(async () => originated.length === 2 && (await producer.depth()) === 0);
      expect(await queue!.getWorkers()).to.have.lengthOf(1);
      expect(await queue!.isPaused()).to.equal(false);
      await eventually(async () => {
        await producer.announceCancelRequest(CALL);
        return cancelRequests > 0;
      });
      await eventually(() => {
        producer.announceEntries();
        return wakes > 0;
      });
    } finally {
      await consumer.close(1_000);
      for (const one of [listener, entries]) one.close();
      board.close();
      await producer.close();
    }
  });

  it('can do all that reports, limits and the check of the eviction policy need', async () => {
    const reports = openWorkerReports(access());
    const facts = { waiting: 0, oldestSeconds: null, dropped: 0, lastDroppedSecondsAgo: null };
    const scripts = openRedisScripts({
      redisUrl,
      prefix: PREFIX,
      under: ':limits:',
      onAway: () => undefined,
      onBack: () => undefined,
    });
    const check = openEvictionCheck(access());
    try {
      await eventually(() => reports.say('one', { holder: 'host-1', asterisk: 'pbx', facts }).then(() => true));
      expect(await reports.all()).to.have.lengthOf(1);
      await reports.takeBack('one');
      await eventually(scripts.usable);
      let nth = 0; // Of a busy Redis there is no answer in time, and the key may have been counted all the same.
      await eventually(async () => (await scripts.run(COUNT, [`key ${(nth += 1)}`])) === 1);
      await check.start();
    } finally {
      check.close();
      scripts.close();
      reports.close();
    }
  });

  for (const refused of [
    'CONFIG GET requirepass',
    'CONFIG SET maxmemory-policy allkeys-lru',
    'FLUSHALL',
    'FLUSHDB',
    'KEYS *',
    'SCAN 0',
    'RANDOMKEY',
    'GET other:secret',
    'SET other:secret y',
    'GET dialgate-70:x',
    'SUBSCRIBE other:channel',
    'PSUBSCRIBE *',
    'PUBLISH other:wishes x',
    'ACL LIST',
    'ACL SETUSER dialgate allkeys',
    'CLIENT KILL TYPE normal',
    'CLIENT PAUSE 1000',
    'SHUTDOWN NOSAVE',
    'REPLICAOF 127.0.0.1 1',
    'MODULE LIST',
    'MONITOR',
    'SCRIPT FLUSH',
    'FUNCTION FLUSH',
    'MIGRATE 127.0.0.1 1 key 0 1',
  ]) {
    it(`may not ${refused}`, async () => {
      const [name = '', ...args] = refused.split(' ');
      const error = await own.call(name, ...args).catch((reason: unknown) => reason);
      expect(String(error)).to.include('NOPERM');
    });
  }

  it('reaches no other keys by a script either', async () => {
    for (const script of ["return redis.call('GET', 'other:secret')", "return redis.call('FLUSHALL')"]) {
      expect(String(await own.eval(script, 0).catch((reason: unknown) => reason))).to.include(
        'The user executing the script',
      );
    }
  });
});

describe('what the services wrote', function () {
  this.timeout(40_000);
  let server: RedisServer;
  before(async () => {
    server = await startThrowawayRedis({ settings: ['appendonly yes', 'enable-debug-command yes'] });
  });
  after(() => server.stop());

  it('is all there after a restart of Redis, and nobody can log in as its default user', async () => {
    const admin = new Redis(server.url);
    await admin.call('ACL', 'SETUSER', 'admin', 'on', '>words', '~*', '&*', '+@all');
    admin.disconnect();
    const { host } = new URL(server.url);
    const owner = new Redis(`redis://admin:words@${host}`);
    for (const line of whatIsStarted('a3f9c0ffee').users.trim().split('\n')) {
      const [, name = '', ...rules] = line.split(' ');
      await owner.call('ACL', 'SETUSER', name, 'reset', ...rules);
    }
    const own = new Redis(`redis://dialgate:a3f9c0ffee@${host}`);
    const keys = ['plain', 'transaction', 'script'].map((name) => `{${PREFIX}}:${name}`);
    await own.set(keys[0]!, '1');
    await own.multi().set(keys[1]!, '1').set(`${keys[1]}:2`, '1').exec();
    await own.eval("redis.call('SET', KEYS[1], '1') redis.call('SET', KEYS[2], '1')", 2, keys[2]!, `${keys[2]}:2`);
    await owner.call('DEBUG', 'LOADAOF'); // Forgets everything and reads its file, as at a start.
    expect(await own.mget(keys)).to.deep.equal(['1', '1', '1']);

    const stranger = new Redis(`redis://${host}`, { retryStrategy: null, enableReadyCheck: false });
    const refused = await stranger.ping().catch((error: unknown) => String(error));
    expect(refused).to.include('NOAUTH');
    for (const client of [owner, own, stranger]) client.disconnect();
  });
});
