import { expect } from 'chai';
import { changedHands, most } from '../src/run-fault.js';

describe('what is allowed of a fault', () => {
  it('is no call at all where nothing hides any', () => {
    expect(most(0, 1_000_000)).to.equal(0);
  });

  it('is a share, and of few calls a little more by chance', () => {
    expect(most(0.1, 10_000)).to.be.within(1_000, 1_100);
    expect(most(0.1, 10)).to.be.within(1, 5);
  });

  it('is no slot that changes hands while everybody lives', () => {
    const before = { 'gw-1': 1, 'gw-2': 7 };
    expect(changedHands(before, { ...before })).to.deep.equal([]);
    expect(changedHands(before, { 'gw-1': 2, 'gw-2': 7 })).to.deep.equal(['gw-1 changed hands: epoch 1 became 2']);
    expect(changedHands(before, { 'gw-1': 1 })).to.deep.equal(['gw-2 changed hands: epoch 7 became undefined']);
    expect(changedHands(before, { ...before, 'gw-3': 1 })).to.have.length(1);
  });
});
