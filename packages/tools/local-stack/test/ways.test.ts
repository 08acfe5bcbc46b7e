import { expect } from 'chai';
import { postgresWays, redisWays, type Facts } from '../src/ways.js';

const BARE: Facts = { found: false, debian: false, root: false, embedded: false };

describe('the ways to a server', () => {
  it('take a server that was given, and no other way, even if that one is down', () => {
    expect(
      postgresWays({ found: true, debian: true, root: true, embedded: true, url: 'postgresql://db/x' }),
    ).to.deep.equal(['given']);
    expect(redisWays({ found: true, debian: true, root: true, embedded: false, url: 'redis://cache' })).to.deep.equal([
      'given',
    ]);
  });

  it('treat an empty URL like none', () => {
    expect(postgresWays({ ...BARE, found: true, url: '' })).to.deep.equal(['found']);
  });

  it('prefer what is on the machine, then Debian as root, then the embedded PostgreSQL', () => {
    expect(postgresWays({ found: true, debian: true, root: true, embedded: true })).to.deep.equal([
      'found',
      'debian',
      'embedded',
    ]);
    expect(postgresWays({ found: false, debian: true, root: false, embedded: true })).to.deep.equal(['embedded']);
  });

  it('fetch Redis from Debian without root too', () => {
    expect(redisWays({ ...BARE, debian: true })).to.deep.equal(['debian']);
  });

  it('are none on a machine that offers nothing', () => {
    expect(postgresWays(BARE)).to.deep.equal([]);
    expect(redisWays(BARE)).to.deep.equal([]);
  });
});
