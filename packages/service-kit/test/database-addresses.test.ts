import { expect } from 'chai';
import { addressesIn } from '../src/index.js';

describe('the address of a database', () => {
  it('may be one', () => {
    const url = 'postgresql://me:se%40cret@db:5433/calls?sslmode=require';
    expect(addressesIn(url)).to.deep.equal({ urls: [url], wanted: 'any' });
    expect(addressesIn('postgres://db/calls')).to.deep.equal({ urls: ['postgres://db/calls'], wanted: 'any' });
  });

  it('may be a socket, by its directory', () => {
    const url = 'postgresql://me@db/calls?host=/run/postgresql';
    expect(addressesIn(url)).to.deep.equal({ urls: [url], wanted: 'any' });
  });

  it('may be several, as libpq reads them', () => {
    const url = 'postgresql://me:secret@one:5433,[::1],three/calls?sslmode=require&target_session_attrs=read-write';
    const each = ['one:5433', '[::1]', 'three'].map((host) => `postgresql://me:secret@${host}/calls?sslmode=require`);
    expect(addressesIn(url)).to.deep.equal({ urls: each, wanted: 'read-write' });
    expect(addressesIn('postgresql://one,two/x?target_session_attrs=primary')).to.include({ wanted: 'primary' });
  });

  for (const [url, complaint] of [
    ['mysql://db/calls', 'must be a postgresql:// URL'],
    ['postgresql://me:secret@one:70000/calls', 'must have a host'],
    ['postgresql://one,/calls?target_session_attrs=read-write', 'must have a host'],
    ['postgresql://one,two/calls', 'add ?target_session_attrs=read-write'],
    ['postgresql://me:secret@/calls?host=one,two&target_session_attrs=read-write', 'several hosts in ?host='],
    ['postgresql://me:secret@db/calls?sslmode=require&host=one%2Ctwo', 'several hosts in ?host='],
    ['postgresql://one,two/calls?target_session_attrs=standby', 'none of any, read-write, primary'],
  ] as const) {
    it(`is refused as ${url}, without a word of it`, () => {
      expect(addressesIn(url)).to.be.a('string').that.includes(complaint).and.does.not.include('secret');
    });
  }
});
