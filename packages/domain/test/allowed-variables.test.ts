import { expect } from 'chai';
import { ALLOWED_VARIABLE, forbiddenVariables } from '@dialgate/domain';

describe('the variables that a client may set', () => {
  it('are those with the prefix, or of the very name', () => {
    const allowed = ['DG_*', 'ORDER'];
    expect(forbiddenVariables(['DG_', 'DG_A', 'ORDER'], allowed)).to.deep.equal([]);
    expect(forbiddenVariables(['DG', 'dg_a', 'XDG_A', 'ORDERS', 'order', 'TRUNK'], allowed)).to.have.lengthOf(6);
    expect(forbiddenVariables(['DG_A'], [])).to.deep.equal(['DG_A']);
  });

  it('are told by names and prefixes, never all of them', () => {
    for (const entry of ['DG_*', 'A*', 'ORDER', 'a1_']) expect(ALLOWED_VARIABLE.test(entry), entry).to.equal(true);
    for (const entry of ['*', '_X*', '__X', 'A**', '*A', 'GLOBAL(A)', 'A B', '']) {
      expect(ALLOWED_VARIABLE.test(entry), entry).to.equal(false);
    }
  });
});
