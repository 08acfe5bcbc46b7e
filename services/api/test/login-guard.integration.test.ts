import { openRedisScripts } from '@dialgate/redis';
import { depth, eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { PASSWORD, startApi, type Answer, type Api } from './api.js';

/** A proxy in front of the application, as the tests are seen by it: on the loopback address. */
const BEHIND_A_PROXY = { TRUST_PROXY: 'loopback', LOGIN_RATE_LIMIT: '5' };

const EVERYTHING = `
  local found = {}
  for _, key in ipairs(redis.call('KEYS', KEYS[1] .. '*')) do
    local text = redis.call('TYPE', key).ok == 'string' and redis.call('GET', key) or ''
    table.insert(found, key .. ' ' .. text)
  end
  return found`;

describe('guessing passwords', () => {
  let api: Api;
  let two: Api;
  let direct: Api;
  before(async () => {
    api = await startApi(BEHIND_A_PROXY);
    two = await startApi(BEHIND_A_PROXY, { beside: api });
    direct = await startApi({ LOGIN_RATE_LIMIT: '5', QUEUE_PREFIX: `${api.redis.prefix}-direct` }, { beside: api });
  });
  after(async () => {
    await two.stop();
    await direct.stop();
    await api.stop();
  });

  let addresses = 0;
  /** An address from which nothing came yet. */
  const newAddress = () => `198.18.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`;

  interface Login {
    readonly username: string;
    readonly from?: string;
    readonly password?: string;
    readonly on?: Api;
  }
  const logIn = ({ username, from, password = 'wrong', on = api }: Login): Promise<Answer> =>
    on.send('POST', '/api/v2/token', {
      token: null,
      json: { username, password },
      headers: from === undefined ? {} : { 'x-forwarded-for': from },
    });
  const someone = async () => (await api.addUser('operator')).username;

  /** All keys of these tests, with what is kept under them. */
  async function everythingInRedis(): Promise<string> {
    const { url: redisUrl, prefix } = api.redis;
    const scripts = openRedisScripts({ redisUrl, prefix, under: '', onAway: () => undefined, onBack: () => undefined });
    try {
      await eventually(scripts.usable);
      return JSON.stringify(await eventually(() => scripts.run(EVERYTHING, [''], [])));
    } finally {
      scripts.close();
    }
  }

  function counted(answers: readonly Answer[]): { tried: number; refused: number } {
    for (const { status } of answers) expect(status).to.be.oneOf([401, 429]);
    const tried = answers.filter(({ status }) => status === 401).length;
    return { tried, refused: answers.length - tried };
  }

  it('stops very many tries at once from one address, over two instances, at the limit', async () => {
    const [username, from] = [await someone(), newAddress()];
    const many = depth({ quick: 200, deep: 1_000 });
    const tries = Array.from({ length: many }, (_, i) => logIn({ username, from, on: i % 2 === 0 ? api : two }));
    expect(counted(await Promise.all(tries))).to.deep.equal({ tried: 5, refused: many - 5 });
  });

  it('stops one address that tries a password on many accounts', async () => {
    const from = newAddress();
    const tries = Array.from({ length: 60 }, (_, i) => logIn({ username: `somebody-${i}`, from }));
    expect(counted(await Promise.all(tries)).tried).to.equal(5);
  });

  it('is not helped by made-up X-Forwarded-For headers, which count for nothing by default', async () => {
    const username = await someone();
    const tries = Array.from({ length: 100 }, (_, i) => logIn({ username, from: `203.0.113.${i}`, on: direct }));
    expect(counted(await Promise.all(tries)).tried).to.equal(5);
  });

  it('is not helped by them behind a trusted proxy either: only what the proxy itself added counts', async () => {
    const [username, from] = [await someone(), newAddress()];
    const tries = Array.from({ length: 100 }, (_, i) => logIn({ username, from: `203.0.113.${i}, ${from}` }));
    expect(counted(await Promise.all(tries)).tried).to.equal(5);
  });

  it('does not lock the victim out from another address', async () => {
    const [username, attacker] = [await someone(), newAddress()];
    for (let i = 0; i < 30; i++) await logIn({ username, from: attacker });
    expect((await logIn({ username, from: newAddress(), password: PASSWORD })).status).to.equal(200);
    expect((await logIn({ username, from: attacker, password: PASSWORD })).status).to.equal(429);
  });

  it('from many addresses locks the account for unknown ones, and not for those its user is known from', async () => {
    const [username, home] = [await someone(), newAddress()];
    expect((await logIn({ username, from: home, password: PASSWORD })).status).to.equal(200);
    const tries = [];
    for (let i = 0; i < 40; i++) tries.push(await logIn({ username, from: newAddress() }));
    expect(counted(tries).tried).to.equal(10);
    expect((await logIn({ username, from: newAddress(), password: PASSWORD })).status).to.equal(429);
    expect((await logIn({ username, from: home, password: PASSWORD })).status).to.equal(200);
  });

  it('by a neighbour behind the same address does not lock out who is known there', async () => {
    const [username, shared] = [await someone(), newAddress()];
    expect((await logIn({ username, from: shared, password: PASSWORD })).status).to.equal(200);
    for (let i = 0; i < 10; i++) await logIn({ username: 'somebody-else', from: shared });
    expect((await logIn({ username: 'somebody-else', from: shared })).status).to.equal(429);
    expect((await logIn({ username, from: shared, password: PASSWORD })).status).to.equal(200);
  });

  it('gets no fresh tries for an address by logging in to an account of one’s own', async () => {
    const [victim, own, from] = [await someone(), await someone(), newAddress()];
    let tried = 0;
    for (let i = 0; i < 20; i++) {
      if ((await logIn({ username: victim, from })).status === 401) tried++;
      if (i % 3 === 0) await logIn({ username: own, from, password: PASSWORD });
    }
    expect(tried).to.equal(5);
  });

  it('gets no fresh tries on other accounts either', async () => {
    const [own, from] = [await someone(), newAddress()];
    let tried = 0;
    for (let i = 0; i < 20; i++) {
      if ((await logIn({ username: `guess-${i}`, from })).status === 401) tried++;
      if (i % 3 === 0) await logIn({ username: own, from, password: PASSWORD });
    }
    expect(tried).to.equal(5);
  });

  it('counts a whole /56 of IPv6 as one address', async () => {
    const username = await someone();
    const tries = [];
    for (let i = 0; i < 20; i++)
      tries.push(await logIn({ username, from: `2001:db8:0:${(i % 16).toString(16)}::${i}` }));
    expect(counted(tries).tried).to.equal(5);
  });

  it('costs the one with the right password nothing, though there are more logins at once than wrong ones are free', async () => {
    const [username, from] = [await someone(), newAddress()];
    // Five wrong ones are free. Each waits for those before it, and on a slow machine for many of them in vain.
    const answers = await Promise.all(
      Array.from({ length: 7 }, (_, i) => logIn({ username, from, password: PASSWORD, on: i % 2 === 0 ? api : two })),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(7).fill(200));
  });

  it('is told what is left, and when to come back', async () => {
    const [username, from] = [await someone(), newAddress()];
    const left = [];
    for (let i = 0; i < 5; i++) left.push((await logIn({ username, from })).headers.ratelimit);
    expect(left.map((header) => /r=(\d+)/.exec(String(header))?.[1])).to.deep.equal(['4', '3', '2', '1', '0']);

    const refused = await logIn({ username, from });
    expect(refused.status).to.equal(429);
    expect(refused.headers['content-type']).to.match(/^application\/json/);
    expect(refused.body).to.include({ code: 'too_many_requests', status: 429, error: 'temporarily_unavailable' });
    expect(refused.headers['ratelimit-policy']).to.equal('"login"; q=5; w=60');
    expect(refused.headers.ratelimit).to.match(/^"login"; r=0; t=\d+$/);
    expect(Number(refused.headers['retry-after'])).to.be.within(1, 60);
  });

  it('is answered the same whether the account exists or not', async () => {
    const shown = async (username: string) => {
      const from = newAddress();
      const seen = [];
      for (let i = 0; i < 7; i++) {
        const { status, body, headers } = await logIn({ username, from });
        const left = /r=\d+/.exec(String(headers.ratelimit))?.[0];
        seen.push({ ...body, status, left, request_id: '' });
      }
      return seen;
    };
    expect(await shown(await someone())).to.deep.equal(await shown('nobody-at-all'));
  });

  it('from an address that is known for an account tells nobody that it is, nor while the address is locked', async () => {
    const [known, shared] = [await someone(), newAddress()];
    expect((await logIn({ username: known, from: shared, password: PASSWORD })).status).to.equal(200);
    const shown = async (username: string) => {
      const { status, headers, body } = await logIn({ username, from: shared });
      const { ratelimit, 'retry-after': retryAfter } = headers;
      return {
        status,
        left: /r=\d+/.exec(String(ratelimit))?.[0],
        mayRetry: retryAfter !== undefined,
        code: body.code,
      };
    };
    // In turns: what one does to the address, the other sees.
    const answers = [];
    for (const username of [known, 'nobody-1', known, 'nobody-2', known, 'nobody-3', known, 'nobody-4', 'nobody-4']) {
      answers.push(await shown(username));
    }
    const tried = (left: number) => ({
      status: 401,
      left: `r=${left}`,
      mayRetry: false,
      code: 'invalid_credentials',
    });
    const locked = { status: 429, left: 'r=0', mayRetry: true, code: 'too_many_requests' };
    expect(answers).to.deep.equal([4, 3, 2, 1, 0].map(tried).concat(Array(4).fill(locked) as never[]));
    expect((await logIn({ username: known, from: shared, password: PASSWORD })).status).to.equal(200);
  });

  it('leaves no name in the log and none in Redis', async () => {
    const [username, from] = [await someone(), newAddress()];
    for (let i = 0; i < 6; i++) await logIn({ username, from });
    expect(api.logged()).to.include('Logins locked').and.to.include(from);
    expect(api.logged()).not.to.include(username);

    const kept = await everythingInRedis();
    expect(kept).to.include('limits:login:').and.to.include(from);
    expect(kept).not.to.include(username);
  });
});

describe('the address of a client', () => {
  let base: Api;
  let clients = 0;
  before(async () => (base = await startApi()));
  after(() => base.stop());

  /** Which of these headers are one and the same client to an application with this TRUST_PROXY. */
  async function isOneClient(trustProxy: string, forwarded: readonly string[]): Promise<boolean> {
    const prefix = `${base.redis.prefix}-${++clients}`; // Limits of its own.
    const api = await startApi(
      { TRUST_PROXY: trustProxy, LOGIN_RATE_LIMIT: '1', QUEUE_PREFIX: prefix },
      { beside: base },
    );
    try {
      const statuses = [];
      for (const [i, header] of forwarded.entries()) {
        const answer = await api.send('POST', '/api/v2/token', {
          token: null,
          json: { username: `nobody-${i}`, password: 'wrong' },
          headers: { 'x-forwarded-for': header, forwarded: `for=${header}` },
        });
        statuses.push(answer.status);
      }
      return statuses.slice(1).every((status) => status === 429);
    } finally {
      await api.stop();
    }
  }

  const LEFT_DIFFERS = ['203.0.113.1, 198.51.100.9', '203.0.113.2, 198.51.100.9'];
  const RIGHT_DIFFERS = ['203.0.113.1, 198.51.100.8', '203.0.113.1, 198.51.100.9'];

  for (const [trustProxy, headers, same, why] of [
    ['false', RIGHT_DIFFERS, true, 'the connection’s own by default'],
    ['0', RIGHT_DIFFERS, true, 'the connection’s own with no proxy'],
    ['1', RIGHT_DIFFERS, false, 'the last one named with one proxy'],
    ['1', LEFT_DIFFERS, true, 'not what the client itself wrote in front'],
    ['2', LEFT_DIFFERS, false, 'the last but one with two proxies'],
    ['loopback', RIGHT_DIFFERS, false, 'the one that a trusted address names'],
    ['loopback,198.51.100.0/24', LEFT_DIFFERS, false, 'the first not trusted, from the right'],
    ['10.0.0.0/8', RIGHT_DIFFERS, true, 'the connection’s own when that is no trusted proxy'],
  ] as const) {
    it(`is ${why} (TRUST_PROXY=${trustProxy})`, async () => {
      expect(await isOneClient(trustProxy, headers)).to.equal(same);
    });
  }
});
