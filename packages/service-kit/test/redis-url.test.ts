import { expect } from 'chai';
import { readRedisUrl } from '../src/index.js';

const NOBODY = { username: null, password: null };

describe('REDIS_URL', () => {
  const READ: readonly (readonly [url: string, address: object])[] = [
    ['redis://cache', { kind: 'single', tls: false, hosts: [{ host: 'cache', port: 6379 }], ...NOBODY }],
    [
      'rediss://me:p%40ss@[::1]:7000/2?family=6',
      { kind: 'single', tls: true, hosts: [{ host: '::1', port: 7000 }], username: 'me', password: 'p@ss' },
    ],
    [
      'redis://:a:b@h',
      { kind: 'single', tls: false, hosts: [{ host: 'h', port: 6379 }], username: null, password: 'a:b' },
    ],
    [
      'redis+sentinel://a:26380,b/mymaster',
      {
        kind: 'sentinel',
        tls: false,
        hosts: [
          { host: 'a', port: 26380 },
          { host: 'b', port: 26379 },
        ],
        ...NOBODY,
        master: 'mymaster',
        db: 0,
        sentinelUsername: null,
        sentinelPassword: null,
      },
    ],
    [
      'rediss+sentinel://u:p@a/m/3?sentinel_username=s&sentinel_password=x%26y',
      {
        kind: 'sentinel',
        tls: true,
        hosts: [{ host: 'a', port: 26379 }],
        username: 'u',
        password: 'p',
        master: 'm',
        db: 3,
        sentinelUsername: 's',
        sentinelPassword: 'x&y',
      },
    ],
    [
      'redis+cluster://u:p@a:7001,b:7002/',
      {
        kind: 'cluster',
        tls: false,
        hosts: [
          { host: 'a', port: 7001 },
          { host: 'b', port: 7002 },
        ],
        username: 'u',
        password: 'p',
      },
    ],
  ];
  for (const [url, address] of READ) {
    it(`reads ${url}`, () => expect(readRedisUrl(url)).to.deep.equal(address));
  }

  const REFUSED: readonly (readonly [url: string, why: string])[] = [
    ['http://hush', 'must begin with redis://'],
    ['redis+ring://hush', 'must begin with redis://'],
    ['redis://hush:1,b:2', 'must name one host'],
    ['redis+sentinel://hush:1', 'must name the master'],
    ['redis+sentinel://hush/m/x', 'must have the number of a database'],
    ['redis+sentinel://hush/m?role=slave', 'no other options than'],
    ['redis+cluster://hush/1', 'must not name a database'],
    ['redis+cluster://hush:0', 'ports from 1 to 65535'],
    ['redis+cluster://hush,,b', 'must have hosts'],
    ['redis://u:hush%zz@a', 'percent-encoded'],
  ];
  for (const [url, why] of REFUSED) {
    it(`refuses ${url} and shows nothing of it`, () =>
      expect(() => readRedisUrl(url))
        .to.throw(Error, why)
        .with.property('message')
        .that.does.not.include('hush'));
  }
});
