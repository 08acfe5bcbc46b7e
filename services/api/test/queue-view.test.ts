import type { QueuePlace } from '@dialgate/database';
import { expect } from 'chai';
import { queueView } from '../src/calls/queue-view.js';
import { agreedLimits, createWorkerLimits } from '../src/calls/worker-limits.js';

const now = new Date('2026-01-15T09:30:00.000Z');
const later = (ms: number): Date => new Date(now.getTime() + ms);
const OFF = { maxConcurrentCalls: 0, originatePerSecond: 0 };

/** A call behind four others that is due, with a worker that takes calls. */
const place = (given: Partial<QueuePlace> = {}): QueuePlace => ({
  now,
  dueAt: later(-1_000),
  ahead: 4,
  open: 0,
  nextDialAt: later(-60_000),
  isServed: true,
  ...given,
});

const startOf = (given: Partial<QueuePlace>, limits: Partial<typeof OFF> | null = {}): string | null | undefined =>
  queueView(place(given), limits === null ? null : { ...OFF, ...limits })?.estimated_start;

describe('what a waiting call says of its place', () => {
  it('counts from one, and tells nothing of a call that does not wait', () => {
    expect(queueView(place({ ahead: 0 }), OFF)).to.deep.equal({ position: 1, estimated_start: now.toISOString() });
    expect(queueView(place(), OFF)).to.include({ position: 5 });
    expect(queueView(null, OFF)).to.equal(null);
  });

  it('reckons by the pace, from the next time that is given out', () => {
    expect(startOf({}, { originatePerSecond: 2 })).to.equal(later(2_000).toISOString());
    expect(startOf({ nextDialAt: later(700) }, { originatePerSecond: 2 })).to.equal(later(2_700).toISOString());
    expect(startOf({ ahead: 0 }, { originatePerSecond: 0.1 })).to.equal(now.toISOString());
  });

  it('does not believe a time further ahead than any that is given out', () => {
    expect(startOf({ nextDialAt: later(3_600_000) }, { originatePerSecond: 2 })).to.equal(later(3_500).toISOString());
  });

  it('knows a start only as long as there is room for all that are ahead', () => {
    expect(startOf({ open: 5 }, { maxConcurrentCalls: 10 })).to.equal(now.toISOString());
    expect(startOf({ open: 6 }, { maxConcurrentCalls: 10 })).to.equal(null);
    expect(startOf({ open: 6 }, { maxConcurrentCalls: 10, originatePerSecond: 2 })).to.equal(null);
    expect(queueView(place({ open: 10 }), { ...OFF, maxConcurrentCalls: 10 })).to.include({ position: 5 });
  });

  it('knows no start without workers, without their limits, or where too many wait', () => {
    expect(startOf({ isServed: false })).to.equal(null);
    expect(startOf({}, null)).to.equal(null);
    expect(queueView(place({ ahead: null }), OFF)).to.deep.equal({ position: null, estimated_start: null });
  });

  it('has no place before its time, and then starts at that', () => {
    const waits = place({ dueAt: later(60_000), ahead: 3, isServed: false });
    expect(queueView(waits, null)).to.deep.equal({ position: null, estimated_start: later(60_000).toISOString() });
  });
});

describe('the limits that workers say they keep', () => {
  const limits = { maxConcurrentCalls: 10, originatePerSecond: 2 };

  it('are known when all agree that say any', () => {
    expect(agreedLimits([limits, undefined, { ...limits }])).to.deep.equal(limits);
    expect(agreedLimits([limits, { ...limits, originatePerSecond: 3 }])).to.equal(null);
    expect(agreedLimits([limits, { ...limits, maxConcurrentCalls: 0 }])).to.equal(null);
    const none = { maxConcurrentCalls: 0, originatePerSecond: 0 };
    expect(agreedLimits([{ ...limits, perBox: none }]), 'boxes without limits').to.deep.equal(limits);
    expect(agreedLimits([limits, { ...limits, perBox: { ...none, originatePerSecond: 1 } }])).to.equal(null);
    expect(agreedLimits([limits, { ...limits, perBox: { ...none, maxConcurrentCalls: 1 } }])).to.equal(null);
    expect(agreedLimits([undefined])).to.equal(null);
    expect(agreedLimits([])).to.equal(null);
  });

  it('are looked up every two seconds at most, and not known while Redis is away', async () => {
    const clock = { now: 0 };
    let asked = 0;
    const facts = { waiting: 0, oldestSeconds: null, dropped: 0, lastDroppedSecondsAgo: null };
    const all = () => {
      asked += 1;
      if (asked > 1) return Promise.reject(new Error('Redis is away'));
      return Promise.resolve([{ holder: 'a', asterisk: 'pbx', facts, limits, saidMsAgo: 0 }]);
    };
    const known = createWorkerLimits({ all }, () => clock.now);
    expect(await Promise.all([known(), known()])).to.deep.equal([limits, limits]);
    clock.now = 1_999;
    expect(await known()).to.deep.equal(limits);
    expect(asked).to.equal(1);
    clock.now = 2_000;
    expect(await known()).to.equal(null);
  });
});
