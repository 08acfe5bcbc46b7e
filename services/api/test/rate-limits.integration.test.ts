import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis, type Redis } from '@dialgate/local-stack';
import { eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { startApi, type Answer, type Api } from './api.js';
import { freezingProxy } from './frozen-server.js';

const PATH = '/api/v2/interaction/+33100000001';
const LIMIT = { RATE_LIMIT_REQUESTS: '5', RATE_LIMIT_WINDOW: '600' };

/** How many of so many requests at once were let through. */
async function accepted(count: number, send: (i: number) => Promise<Answer>): Promise<number> {
  const answers = await Promise.all(Array.from({ length: count }, (_, i) => send(i)));
  for (const { status } of answers) expect(status).to.be.oneOf([202, 429]);
  return answers.filter(({ status }) => status === 202).length;
}

describe('the rate limit on calls', () => {
  let one: Api;
  let two: Api;
  before(async () => {
    one = await startApi(LIMIT);
    two = await startApi(LIMIT, { beside: one });
  });
  after(async () => {
    await two.stop();
    await one.stop();
  });

  async function someone(): Promise<string> {
    return one.tokenOf((await one.addUser('operator')).id);
  }

  it('is one for all instances, exactly, and another for each user', async () => {
    const [token, other] = [await someone(), await someone()];
    expect(await accepted(40, (i) => (i % 2 === 0 ? one : two).send('POST', PATH, { token }))).to.equal(5);
    expect((await two.send('POST', PATH, { token: other })).status).to.equal(202);
  });

  it('says in every answer what is left, and in a refusal when to come back', async () => {
    const token = await someone();
    const first = await one.send('POST', PATH, { token });
    expect(first.headers['ratelimit-policy']).to.match(/^"calls"; q=5; w=600; pk=:[A-Za-z0-9+/=]+:$/);
    expect(first.headers.ratelimit).to.match(/^"calls"; r=4; t=\d+$/);
    for (let i = 0; i < 4; i++) await two.send('POST', PATH, { token });

    const refused = await one.send('POST', '/api/v2/calls', { token, json: { phone_number: '+33100000001' } });
    expect(refused.status).to.equal(429);
    expect(refused.headers['content-type']).to.match(/^application\/problem\+json/);
    expect(refused.body).to.include({ code: 'too_many_requests', status: 429 });
    expect(refused.headers.ratelimit).to.match(/^"calls"; r=0; t=\d+$/);
    expect(Number(refused.headers['retry-after'])).to.be.within(1, 600);
  });

  it('counts refused requests and replays too, and leaves other routes alone', async () => {
    const token = await someone();
    const headers = { 'idempotency-key': 'replayed' };
    expect((await one.send('POST', PATH, { token, headers })).status).to.equal(202);
    expect((await two.send('POST', PATH, { token, headers })).headers['idempotency-replayed']).to.equal('true');
    for (let i = 0; i < 3; i++) {
      expect((await one.send('POST', '/api/v2/interaction/nonsense', { token })).status).to.equal(400);
    }
    expect((await two.send('POST', PATH, { token, headers })).status).to.equal(429);
    const status = await one.send('GET', '/api/v2/status/0192f3a4-5b6c-7d8e-9f00-112233445566', { token });
    expect(status.status).to.equal(404);
    expect(status.headers).not.to.have.property('ratelimit');
  });

  it('can be switched off', async () => {
    const free = await startApi({ RATE_LIMIT_REQUESTS: '0' }, { beside: one });
    try {
      const token = await someone();
      expect(await accepted(80, () => free.send('POST', PATH, { token }))).to.equal(80);
      expect((await free.send('POST', PATH, { token })).headers).not.to.have.property('ratelimit');
    } finally {
      await free.stop();
    }
  });
});

describe('the rate limit on calls while Redis is away', () => {
  it('goes on in memory where it stood, quickly, when Redis freezes, and is shared again when it thaws', async () => {
    const one = await startApi();
    const proxy = await freezingProxy(one.redis.url);
    const two = await startApi({ ...LIMIT, REDIS_URL: proxy.url }, { beside: one });
    try {
      const token = one.tokenOf(one.user.id);
      await eventually(() => two.queue.ready() && two.limits.shared());
      for (let i = 0; i < 3; i++) expect((await two.send('POST', PATH, { token })).status).to.equal(202);
      proxy.freeze();
      const answers = [];
      for (let i = 0; i < 20; i++) answers.push(await two.send('POST', PATH, { token }));
      expect(answers.map(({ status }) => status)).to.deep.equal([202, 202, ...Array<number>(18).fill(429)]);
      // Only the first waits for Redis at all.
      expect(Math.max(...answers.map(({ tookMs }) => tookMs))).to.be.lessThan(patience(1_000));
      expect(answers.slice(1).reduce((sum, { tookMs }) => sum + tookMs, 0)).to.be.lessThan(patience(3_000));
      expect(two.limits.shared()).to.equal(false);

      proxy.thaw();
      await eventually(() => two.limits.shared());
      expect((await two.send('POST', PATH, { token })).status).to.equal(429);
    } finally {
      proxy.thaw();
      await two.stop();
      await one.stop();
      proxy.close();
    }
  });

  it('holds when Redis is killed, and when it comes back without its keys', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'limits-'));
    const redisAt = (port?: number): Promise<Redis> =>
      startRedis({
        dir,
        log: () => undefined,
        searchPath: process.env.PATH,
        cache: join(homedir(), '.cache', 'dialgate'),
        port,
      });
    const beside = await startApi();
    let redis = await redisAt();
    const { port } = new URL(redis.url);
    const api = await startApi({ ...LIMIT, LOGIN_RATE_LIMIT: '3', REDIS_URL: redis.url }, { beside });
    try {
      await eventually(() => api.limits.shared());
      const token = api.tokenOf(api.user.id);
      const logIn = () =>
        api.send('POST', '/api/v2/token', { token: null, json: { username: 'somebody', password: 'wrong' } });
      for (let i = 0; i < 2; i++) await api.send('POST', PATH, { token });
      for (let i = 0; i < 2; i++) expect((await logIn()).status).to.equal(401);

      redis.process?.kill('SIGKILL');
      await redis.process?.exited;
      expect(await accepted(20, () => api.send('POST', PATH, { token }))).to.equal(3);
      expect([(await logIn()).status, (await logIn()).status]).to.deep.equal([401, 429]);
      expect((await api.send('POST', PATH, { token })).tookMs).to.be.lessThan(patience(1_000));

      await rm(join(dir, 'redis'), { recursive: true });
      redis = await redisAt(Number(port));
      await eventually(() => api.limits.shared(), 10_000);
      expect((await api.send('POST', PATH, { token })).status).to.equal(429);
      expect((await logIn()).status).to.equal(429);
    } finally {
      await api.stop();
      await beside.stop();
      await redis.stop();
      await rm(dir, { recursive: true, force: true });
    }
  });
});
