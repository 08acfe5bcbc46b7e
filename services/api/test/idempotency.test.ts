import { createHash } from 'node:crypto';
import { DialgateError } from '@dialgate/domain';
import { expect } from 'chai';
import { fingerprint, idempotencyKey } from '../src/calls/idempotency.js';

describe('the Idempotency-Key', () => {
  it('is a quoted string, or what stands there', () => {
    expect(idempotencyKey(['"8e03978e-40d5-43dd-bc93-6894a57f9324"'])).to.equal('8e03978e-40d5-43dd-bc93-6894a57f9324');
    expect(idempotencyKey(['8e03978e-40d5-43dd-bc93-6894a57f9324'])).to.equal('8e03978e-40d5-43dd-bc93-6894a57f9324');
    expect(idempotencyKey([String.raw`"a\"b\\c"`])).to.equal(String.raw`a"b\c`);
    expect(idempotencyKey(['x'.repeat(255)])).to.have.lengthOf(255);
    expect(idempotencyKey(undefined)).to.equal(null);
    expect(idempotencyKey([])).to.equal(null);
    expect(idempotencyKey(['k'])).to.equal('k');
    expect(idempotencyKey(['"k"'])).to.equal('k');
  });

  it('is refused when it is empty, too long, not printable, half quoted or there twice', () => {
    for (const given of [[''], ['""'], ['x'.repeat(256)], ['é'], ['a\tb'], ['"abc'], ['"a"b"'], ['a', 'a']]) {
      expect(() => idempotencyKey(given), JSON.stringify(given)).to.throw('Idempotency-Key');
    }
  });
});

describe('a wrong Idempotency-Key', () => {
  it('is named as the field that it is', () => {
    try {
      idempotencyKey(['é']);
      expect.fail('it was taken');
    } catch (error) {
      if (!(error instanceof DialgateError)) throw error;
      expect(error).to.include({ code: 'invalid_request', message: 'The Idempotency-Key header is wrong.' });
      expect(error.details.fields).to.deep.equal([
        { field: 'header.Idempotency-Key', problem: 'must be one string of 1 to 255 printable ASCII characters' },
      ]);
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

  it('tells lists and objects that hold the same from one another', () => {
    const all = [
      [['1', '2']],
      [['12']],
      [{ 0: ['1', '2'] }],
      [{ a: 1, b: 2 }],
      [{ a: '1,"b":2' }],
      ['1', '2'],
      [1, 2],
      [12],
    ];
    const prints = all.map((metadata) => fingerprint(route, '+33100000001', { metadata }));
    expect(new Set(prints).size).to.equal(all.length);
  });

  it('is the one that was kept before an upgrade', () => {
    expect(fingerprint(route, '+33100000001', { context: 'a', metadata: [1, { b: 'c' }] })).to.equal(
      createHash('sha256')
        .update('["POST /calls","+33100000001",{"context":"a","metadata":[1,{"b":"c"}]}]')
        .digest('hex'),
    );
  });
});
