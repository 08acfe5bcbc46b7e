import { expect } from 'chai';
import { fingerprint, idempotencyKey } from '../src/calls/idempotency.js';

describe('the Idempotency-Key', () => {
  it('is a quoted string, or what stands there', () => {
    expect(idempotencyKey(['"8e03978e-40d5-43dd-bc93-6894a57f9324"'])).to.equal('8e03978e-40d5-43dd-bc93-6894a57f9324');
    expect(idempotencyKey(['8e03978e-40d5-43dd-bc93-6894a57f9324'])).to.equal('8e03978e-40d5-43dd-bc93-6894a57f9324');
    expect(idempotencyKey([String.raw`"a\"b\\c"`])).to.equal(String.raw`a"b\c`);
    expect(idempotencyKey(['x'.repeat(255)])).to.have.lengthOf(255);
    expect(idempotencyKey(undefined)).to.equal(null);
  });

  it('is refused when it is empty, too long, not printable, half quoted or there twice', () => {
    for (const given of [[''], ['""'], ['x'.repeat(256)], ['é'], ['a\tb'], ['"abc'], ['"a"b"'], ['a', 'a']]) {
      expect(() => idempotencyKey(given), JSON.stringify(given)).to.throw('Idempotency-Key');
    }
  });
});

describe('the fingerprint of a request', () => {
  const route = 'POST /calls';

  it('does not depend on the order in which things were said', () => {
    const one = fingerprint(route, '+33100000001', { context: 'a', variables: { A: '1', B: '2' } });
    expect(fingerprint(route, '+33100000001', { variables: { B: '2', A: '1' }, context: 'a' })).to.equal(one);
    expect(one).to.match(/^[0-9a-f]{64}$/);
  });

  it('differs with the route, the number and everything said', () => {
    const all = [
      fingerprint(route, '+33100000001', {}),
      fingerprint('POST /interaction', '+33100000001', {}),
      fingerprint(route, '+33100000002', {}),
      fingerprint(route, '+33100000001', { priority: 1 }),
      fingerprint(route, '+33100000001', { metadata: ['1'] }),
      fingerprint(route, '+33100000001', { metadata: [1] }),
      fingerprint(route, '+33100000001', { metadata: null }),
    ];
    expect(new Set(all).size).to.equal(all.length);
  });
});
