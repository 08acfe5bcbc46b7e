import { expect } from 'chai';
import { createSeenBefore } from '../src/reconcile/seen-before.js';

const LEASE = { slotId: 1, epoch: 1 };
const APART_MS = 2_000;

describe('what two snapshots show', () => {
  const realNow = performance.now.bind(performance);
  let now = 0;
  beforeEach(() => {
    now = 0;
    performance.now = () => now;
  });
  afterEach(() => {
    performance.now = realNow;
  });

  /** What a snapshot says that is taken so much later. */
  const later = (snapshots: ReturnType<typeof createSeenBefore>, ms: number, lease = LEASE) => {
    now += ms;
    return snapshots(lease);
  };

  it('is so when they are two seconds apart', () => {
    const snapshots = createSeenBefore();
    expect(later(snapshots, 0)('id.1', 'ringing', 'gone')).to.equal(false);
    expect(later(snapshots, APART_MS - 1)('id.1', 'ringing', 'gone')).to.equal(false);
    expect(later(snapshots, 1)('id.1', 'ringing', 'gone')).to.equal(true);
  });

  it('is not when the call has moved on between them: a channel that was gone before it was made is gone for the first time', () => {
    const snapshots = createSeenBefore();
    expect(later(snapshots, 0)('id.1', 'pending', 'gone')).to.equal(false);
    expect(later(snapshots, 2 * APART_MS)('id.1', 'ringing', 'gone')).to.equal(false);
    expect(later(snapshots, APART_MS)('id.1', 'ringing', 'gone')).to.equal(true);
  });

  it('is not when the slot was another holder’s between them, or one between them showed something else', () => {
    const snapshots = createSeenBefore();
    later(snapshots, 0)('id.1', 'ringing', 'gone');
    expect(later(snapshots, APART_MS, { slotId: 1, epoch: 2 })('id.1', 'ringing', 'gone')).to.equal(false);
    later(snapshots, APART_MS, { slotId: 1, epoch: 2 });
    expect(later(snapshots, APART_MS, { slotId: 1, epoch: 2 })('id.1', 'ringing', 'gone')).to.equal(false);
  });
});
