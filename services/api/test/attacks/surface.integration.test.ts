import { connect } from 'node:net';
import { openRedisScripts } from '@dialgate/redis';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { PASSWORD, startApi, type Answer, type Api } from '../api.js';

const CALL = '/api/v2/interaction/+33100000001';
const TOKEN = '/api/v2/token';
const WRONG = { username: 'somebody', password: 'wrong' };

interface Line {
  readonly message: string;
  readonly address?: string;
  readonly route?: string;
  readonly userId?: string;
  readonly requests?: number;
}

const linesOf = (api: Api): Line[] =>
  api
    .logged()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

describe('who looks for another way in', () => {
  let api: Api;
  before(async () => (api = await startApi({ ALLOWED_ORIGINS: 'https://desk.example.com' })));
  after(() => api.stop());

  it('finds nothing under a path that is spelt otherwise', async () => {
    const token = api.tokenOf(api.admin.id);
    for (const path of [
      '/Admin/queues',
      '/admin/Queues',
      '/ADMIN/QUEUES/',
      '/admin/Calls',
      '/admin/calls/',
      '/Health',
      '/health/',
      '/Docs',
      '/docs/',
      '/Api/v2/calls',
    ]) {
      expect((await api.send('GET', path, { token })).status, path).to.equal(404);
    }
    for (const path of ['/api/v2/Token', '/api/v2/token/', '/API/v2/token', '/api/v2/Calls', '/api/v2/calls/']) {
      expect((await api.send('POST', path, { json: {} })).status, path).to.equal(404);
    }
  });

  it('learns by OPTIONS what a path answers, and that an unknown one answers nothing', async () => {
    const headers = { origin: 'https://desk.example.com', 'access-control-request-method': 'POST' };
    const options = (path: string) => api.send('OPTIONS', path, { token: null, headers });
    for (const [path, allow] of [
      ['/api/v2/calls', 'GET, POST, HEAD, OPTIONS'],
      [TOKEN, 'POST, OPTIONS'],
      ['/health', 'GET, HEAD, OPTIONS'],
    ] as const) {
      const { status, headers: told } = await options(path);
      expect(status, path).to.equal(204);
      expect(told).to.include({ allow, 'access-control-allow-origin': 'https://desk.example.com' });
      expect(told['access-control-allow-methods']).to.equal('GET,POST,PATCH,DELETE');
    }
    for (const path of ['/api/v2/nothing', '/nothing', '/api/v3/calls']) {
      expect((await options(path)).status, path).to.equal(404);
    }
  });

  it('is told that a path is too long, and hears no more of it than its own', async () => {
    const answer = await api.send('GET', `/${'x'.repeat(5_000)}`, { token: null });
    expect(answer.status).to.equal(414);
    expect(answer.body).to.include({ code: 'uri_too_long', status: 414 });
    expect((await api.send('GET', '/health', { headers: { 'x-long': 'x'.repeat(17_000) } })).status).to.equal(431);
  });

  it('gets every refused login in the words of OAuth, and as a problem', async () => {
    const json = { 'content-type': 'application/json' };
    const many = new URLSearchParams(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, 'x'])));
    const refused: [status: number, error: string, answer: Promise<Answer>][] = [
      [400, 'invalid_request', api.send('POST', TOKEN, { token: null, raw: '{', headers: json })],
      [400, 'invalid_request', api.send('POST', TOKEN, { token: null, json: { username: 1 } })],
      [
        400,
        'unsupported_grant_type',
        api.send('POST', TOKEN, { token: null, json: { ...WRONG, grant_type: 'x"\u00e9' } }),
      ],
      [401, 'invalid_grant', api.send('POST', TOKEN, { token: null, json: WRONG })],
      [405, 'invalid_request', api.send('GET', TOKEN, { token: null })],
      [413, 'invalid_request', api.send('POST', TOKEN, { token: null, json: { ...WRONG, scope: 'x'.repeat(9_000) } })],
      [
        413,
        'invalid_request',
        api.send('POST', TOKEN, {
          token: null,
          raw: many.toString(),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
      ],
      [414, 'invalid_request', api.send('POST', `${TOKEN}?${'x'.repeat(5_000)}`, { token: null, json: WRONG })],
      [
        415,
        'invalid_request',
        api.send('POST', TOKEN, { token: null, raw: '<a/>', headers: { 'content-type': 'text/xml' } }),
      ],
      [
        415,
        'invalid_request',
        api.send('POST', TOKEN, { token: null, raw: 'x', headers: { ...json, 'content-encoding': 'gzip' } }),
      ],
    ];
    for (const [status, error, asked] of refused) {
      const answer = await asked;
      expect(answer.status, `${error} ${answer.text}`).to.equal(status);
      expect(answer.headers['content-type']).to.equal('application/json; charset=utf-8');
      expect(answer.body).to.include({ error, status, instance: TOKEN });
      expect(answer.body).to.include.keys('error_description', 'code', 'detail', 'request_id', 'title', 'type');
      // RFC 6749 §5.2
      expect(answer.body.error_description).to.match(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    }
  });

  it('is told to come back, in the same words, when too many log in at once', async () => {
    // So many that fifty wait also where a request comes as slowly as a few of these are compared.
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => api.send('POST', TOKEN, { token: null, json: WRONG })),
    );
    const turnedAway = answers.filter(({ status }) => status === 503);
    expect(turnedAway).not.to.deep.equal([]);
    for (const { body, headers } of turnedAway) {
      expect(body).to.include({ error: 'temporarily_unavailable', code: 'overloaded' });
      expect(headers).to.include.keys('retry-after');
    }
  });

  it('cannot make up where a call’s status is: a prefix counts from a trusted proxy only', async () => {
    const behind = await startApi({ TRUST_PROXY: 'loopback' }, { beside: api });
    try {
      const location = async (to: Api, prefix: string) => {
        const { headers } = await to.send('POST', CALL, { headers: { 'x-forwarded-prefix': prefix } });
        return String(headers.location).replace(/[0-9a-f-]{36}$/, 'ID');
      };
      expect(await location(api, '/calls')).to.equal('/api/v2/status/ID');
      expect(await location(behind, '/calls/eu-1')).to.equal('/calls/eu-1/api/v2/status/ID');
      for (const prefix of [
        '//evil.example.com',
        'https://evil.example.com',
        '/a b',
        '/..',
        '/a/',
        `/${'x'.repeat(200)}`,
      ]) {
        expect(await location(behind, prefix), prefix).to.equal('/api/v2/status/ID');
      }
    } finally {
      await behind.stop();
    }
  });
});

describe('the log of somebody who is under attack', () => {
  let api: Api;
  before(async () => (api = await startApi({ LOG_LEVEL: 'info' })));
  after(() => api.stop());

  it('still has what users did, behind a flood of nobodies, with a count of what it left out', async () => {
    const [before] = [linesOf(api).length];
    for (let i = 0; i < 20; i++) {
      await Promise.all(
        Array.from({ length: 25 }, (_, j) => api.send('GET', `/nothing/${i * 25 + j}`, { token: null })),
      );
    }
    await api.send('POST', CALL);
    const lines = await eventually(() => {
      const found = linesOf(api).slice(before);
      return found.some(({ userId }) => userId === api.user.id) && found;
    });
    const nobodys = lines.filter(({ message, userId }) => message === 'Request answered' && userId === undefined);
    console.log(`      S11: 500 requests of nobodies, ${nobodys.length} lines of them`);
    expect(nobodys.length).to.be.within(1, 120); // A minute may end meanwhile.
    expect(lines.find(({ userId }) => userId !== undefined)).to.include({ address: '127.0.0.1' });
  });

  it('names the address of wrong logins, and neither name nor password', async () => {
    await api.send('POST', TOKEN, { token: null, json: { username: 'my-secret-password', password: 'also secret' } });
    const line = await eventually(() => linesOf(api).find(({ message }) => message === 'Login was wrong'));
    expect(line).to.include({ address: '127.0.0.1' });
    expect(api.logged()).not.to.match(/my-secret-password|also secret/);
  });

  it('says once that a proxy is not believed', async () => {
    for (let i = 0; i < 3; i++) await api.send('GET', '/', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(linesOf(api).filter(({ message }) => message === 'X-Forwarded-For is not believed')).to.have.lengthOf(1);
  });
});

describe('an address behind a proxy', () => {
  let api: Api;
  before(async () => (api = await startApi({ TRUST_PROXY: '1', LOGIN_RATE_LIMIT: '1' })));
  after(() => api.stop());

  const wrongLogin = (from: string) =>
    api.send('POST', TOKEN, { token: null, json: WRONG, headers: { 'x-forwarded-for': from } });

  it('is the proxy’s own where the proxy passes on what is no address', async () => {
    const statuses = [];
    for (const from of ['unknown', '203.0.113.9:5123', 'x:*', '<script>', '9'.repeat(5_000)]) {
      statuses.push((await wrongLogin(from)).status);
    }
    expect(statuses).to.deep.equal([401, 429, 429, 429, 429]);
    const { url: redisUrl, prefix } = api.redis;
    const scripts = openRedisScripts({ redisUrl, prefix, under: '', onAway: () => undefined, onBack: () => undefined });
    await eventually(scripts.usable);
    const keys = await eventually(() =>
      scripts.run<string[]>(`return redis.call('KEYS', KEYS[1] .. '*')`, [':limits:']),
    );
    scripts.close();
    expect(keys.join(' '))
      .to.include('127.0.0.1')
      .and.not.match(/unknown|5123|script|999/);
  });

  it('is found behind two thousand headers of the client’s own', async () => {
    const status = (from: string, username: string) =>
      new Promise<string>((resolve, reject) => {
        const body = JSON.stringify({ username, password: 'wrong' });
        const socket = connect(api.port(), '127.0.0.1');
        let heard = '';
        socket.on('data', (chunk) => (heard += chunk.toString()));
        socket.on('error', reject);
        socket.on('close', () => resolve(heard.slice(9, 12)));
        socket.write(
          `POST ${TOKEN} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n` +
            `Content-Length: ${body.length}\r\n${'a:\r\n'.repeat(2_500)}X-Forwarded-For: ${from}\r\n\r\n${body}`,
        );
      });
    expect(await status('198.51.100.7', 'one')).to.equal('401');
    expect(await status('198.51.100.7', 'two')).to.equal('429');
    expect(await status('198.51.100.8', 'two')).to.equal('401');
  });
});

describe('a Redis that somebody else has written into', () => {
  let api: Api;
  before(async () => (api = await startApi({ LOGIN_RATE_LIMIT: '5', RATE_LIMIT_REQUESTS: '100' })));
  after(() => api.stop());

  it('never makes an error of ours', async () => {
    const { url: redisUrl, prefix } = api.redis;
    const scripts = openRedisScripts({ redisUrl, prefix, under: '', onAway: () => undefined, onBack: () => undefined });
    await eventually(scripts.usable);
    const overwrite = (value: string) =>
      scripts.run(
        `for _, key in ipairs(redis.call('KEYS', KEYS[1] .. ':*')) do
           local kind = redis.call('TYPE', key).ok
           if kind == 'string' then redis.call('SET', key, ARGV[1]) end
         end
         redis.call('ZADD', KEYS[1] .. ':workers', 1, 'x')
         redis.call('SET', KEYS[1] .. ':workers:x', ARGV[1])`,
        [''],
        [value],
      );
    const ours = { username: api.user.username, password: PASSWORD };
    try {
      for (const value of [
        '{',
        'null',
        '5',
        '"text"',
        '[]',
        '{"failures":"x","pending":{}}',
        '{"holder":"h","asterisk":"a","facts":null}',
      ]) {
        await api.send('POST', TOKEN, { token: null, json: { username: 'nobody', password: 'wrong' } });
        await overwrite(value);
        const statuses = [
          (await api.send('POST', TOKEN, { token: null, json: ours })).status,
          (await api.send('POST', CALL)).status,
          (await api.send('GET', '/health', { token: api.tokenOf(api.admin.id) })).status,
        ];
        expect(statuses, value).to.deep.equal([200, 202, 200]);
      }
    } finally {
      scripts.close();
    }
  });
});
