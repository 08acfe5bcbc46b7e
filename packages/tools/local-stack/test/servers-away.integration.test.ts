import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { eventually, patience, slowness } from '@dialgate/testing';
import { expect } from 'chai';
import { startPostgres, startRedis, type Postgres, type Redis } from '../src/index.js';
import { startGateway, type Gateway } from './gateway.js';

describe('when Redis goes and comes', function () {
  this.timeout(60_000);
  let directory: string;
  let simulator: AsteriskSimulator;
  let redis: Redis;
  let gateway: Gateway;

  const redisAt = (port?: number): Promise<Redis> =>
    startRedis({
      dir: directory,
      log: () => undefined,
      searchPath: process.env.PATH,
      cache: join(homedir(), '.cache', 'dialgate'),
      port,
    });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'redis-away-'));
    // A phone rings for long enough to be seen.
    const speed = 1 / slowness();
    simulator = await startAsteriskSimulator({ username: 'gateway', password: 'simulated', speed });
    redis = await redisAt();
    gateway = await startGateway(
      { url: simulator.ariUrl, username: 'gateway', password: 'simulated' },
      { both: { REDIS_URL: redis.url } },
    );
  });
  after(async () => {
    await gateway.stop();
    await redis.stop();
    await simulator.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('calls are accepted meanwhile, running ones followed, and waiting ones dialled once when it is back', async () => {
    const before = await gateway.place('+33100000001');
    expect(await gateway.ended(before)).to.include({ status: 'completed' });

    const running = await gateway.place('+33100000012', { extension: 'wait' });
    await gateway.reaches(running, 'ringing');
    redis.process?.kill('SIGKILL');
    await redis.process?.exited;

    const answer = await gateway.request('POST', '/calls', { phone_number: '+33100000486' });
    expect(answer.status).to.equal(202);
    await eventually(async () => {
      const degraded = await gateway.request('POST', '/calls', { phone_number: '+33100000486', expires_in: 1 });
      return degraded.headers.get('x-queue') === 'degraded';
    });
    const { call_id: waiting } = (await answer.json()) as { call_id: string };
    expect(await gateway.ended(running)).to.include({ status: 'completed', hangup_by: 'callee' });
    expect(await gateway.client.getCall(waiting)).to.include({ status: 'pending' });

    redis = await redisAt(Number(new URL(redis.url).port));
    expect(await gateway.ended(waiting, 30_000)).to.include({ status: 'busy' });
    expect(simulator.ledger.dialledTwice().filter(({ what }) => what === 'call')).to.deep.equal([]);
  });
});

describe('when PostgreSQL goes and comes', function () {
  this.timeout(90_000);
  let directory: string;
  let simulator: AsteriskSimulator;
  let postgres: Postgres;
  let gateway: Gateway;

  const postgresAt = (port?: number): Promise<Postgres> =>
    startPostgres({ dir: directory, log: () => undefined, searchPath: process.env.PATH, port });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'postgres-away-'));
    await chmod(directory, 0o755);
    const speed = 1 / slowness();
    simulator = await startAsteriskSimulator({ username: 'gateway', password: 'simulated', speed });
    postgres = await postgresAt();
    gateway = await startGateway(
      { url: simulator.ariUrl, username: 'gateway', password: 'simulated' },
      { server: postgres.url },
    );
  });
  after(async () => {
    await gateway.stop();
    await postgres.stop();
    await simulator.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('requests are turned away within two seconds, and what happened meanwhile is written when it is back', async () => {
    const answered = await gateway.place('+33100000012', { extension: 'wait' });
    const ringing = await gateway.place('+33100000017');
    await gateway.reaches(ringing, 'ringing');
    await gateway.reaches(answered, 'answered');
    postgres.process?.kill('SIGKILL');
    await postgres.process?.exited;

    const since = performance.now();
    const refused = await gateway.request('POST', '/calls', { phone_number: '+33100000001' });
    expect(refused.status).to.equal(503);
    expect(refused.headers.get('retry-after')).to.match(/^\d+$/);
    expect(performance.now() - since).to.be.lessThan(patience(2_500));

    // Both calls end while nobody can write it down.
    await eventually(() => simulator.liveChannels() === 0, 15_000);
    postgres = await postgresAt(Number(new URL(postgres.url).port));
    expect(await gateway.ended(answered, 30_000)).to.include({
      status: 'completed',
      hangup_cause: 16,
      hangup_by: 'callee',
    });
    expect((await gateway.client.getCall(answered)).duration).to.be.within(3, patience(5));
    expect(await gateway.ended(ringing, 30_000)).to.include({ status: 'no_answer', sip_status: 480 });

    const after = await gateway.place('+33100000486');
    expect(await gateway.ended(after, 30_000)).to.include({ status: 'busy' });
    expect(simulator.ledger.dialledTwice().filter(({ what }) => what === 'call')).to.deep.equal([]);
  });
});
