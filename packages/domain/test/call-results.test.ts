import { expect } from 'chai';
import fc from 'fast-check';
import { isListed, keptResults, RESULT_LENGTH } from '../src/index.js';

describe('what the dialplan says of a call', () => {
  it('is kept under names of letters, digits and underscores, as text', () => {
    expect(keptResults({ AMDSTATUS: 'HUMAN', DG_RESULT_1: '', constructor: 'a name like any other' })).to.deep.equal({
      AMDSTATUS: 'HUMAN',
      DG_RESULT_1: '',
      constructor: 'a name like any other',
    });
    const others = { 'LOCAL(ARGC)': '0', '1st': 'x', __proto__x: 'x', ä: 'x', '': 'x', ['a'.repeat(65)]: 'x' };
    expect(keptResults(others)).to.deep.equal({});
    expect(keptResults({ number: 1, none: null, list: ['x'], object: { x: 'x' } })).to.deep.equal({});
  });

  it('is cut off where it is too long', () => {
    expect(keptResults({ long: 'x'.repeat(10_000) }).long).to.equal('x'.repeat(RESULT_LENGTH));
  });

  it('has nothing that cannot be shown or stored: control characters, halves of characters', () => {
    expect(keptResults({ odd: 'a\u0000b\r\nc\u001b[2J\ud800d' }).odd).to.equal('a\ufffdb\ufffd\ufffdc\ufffd[2J\ufffdd');
    expect(keptResults({ cut: `${'x'.repeat(RESULT_LENGTH - 1)}😀` }).cut).to.equal(
      `${'x'.repeat(RESULT_LENGTH - 1)}\ufffd`,
    );
    expect(keptResults({ whole: 'Grüße 😀 <b>"' }).whole).to.equal('Grüße 😀 <b>"');
  });

  it('is bounded whatever was said', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.anything()), (said) => {
        for (const [name, value] of Object.entries(keptResults(said))) {
          expect(name).to.match(/^\w{1,64}$/);
          expect(value.length).to.be.at.most(RESULT_LENGTH);
          expect(value).not.to.match(/\p{Cc}/u);
          expect(() => encodeURIComponent(value)).not.to.throw(); // It refuses halves of characters.
        }
      }),
    );
  });

  it('is asked for by name or by prefix, and case counts', () => {
    expect(isListed('AMDSTATUS', ['AMDSTATUS'])).to.equal(true);
    expect(isListed('AMDSTATUS2', ['AMDSTATUS'])).to.equal(false);
    expect(isListed('DG_RESULT_X', ['AMDSTATUS', 'DG_*'])).to.equal(true);
    expect(isListed('dg_result_x', ['DG_*'])).to.equal(false);
    expect(isListed('X', [])).to.equal(false);
  });
});
