import type { Swept } from '@dialgate/database';
import { silentLog } from '@dialgate/service-kit';
import { expect } from 'chai';
import { createSweepLostJobs, createSweepOverdue } from '../src/reconcile/sweep.js';

const EXPIRED = ended('0192f3a4-0001', { from: 'pending', to: 'failed', event: 'expired', failureReason: 'expired' });
const ORPHAN = ended('0192f3a4-0002', { from: 'answered', to: 'completed', event: 'lost', failureReason: 'lost' });

describe('the sweep of overdue calls', () => {
  it('says the new status of each call that it ended', async () => {
    const said: string[] = [];
    const calls = { expireOverdue: () => Promise.resolve([EXPIRED]), endOrphans: () => Promise.resolve([ORPHAN]) };
    const log = { ...silentLog, info: (_fields: object, message: string) => void said.push(message) };
    await createSweepOverdue(calls, 3_600, log)();
    expect(said).to.include.members([
      'Updated call 0192f3a4-0001 status to failed',
      'Updated call 0192f3a4-0002 status to completed',
    ]);
  });
});

describe('the sweep of lost jobs', () => {
  const sweeping = (ready: boolean) => {
    const done: string[] = [];
    const calls = { takeDueForQueue: () => Promise.resolve(done.push('taken') > 0 ? ['c1'] : []) };
    const producer = { ready: () => ready, add: (id: string) => Promise.resolve(void done.push(`queued ${id}`)) };
    return { done, sweep: createSweepLostJobs(calls, producer, silentLog) };
  };

  it('queues what it takes', async () => {
    const { done, sweep } = sweeping(true);
    await sweep();
    expect(done).to.deep.equal(['taken', 'queued c1']);
  });

  it('takes none while Redis is away: their next turn would be later and later', async () => {
    const { done, sweep } = sweeping(false);
    await sweep();
    expect(done).to.deep.equal([]);
  });
});

function ended(callId: string, how: Pick<Swept, 'from' | 'to' | 'event' | 'failureReason'>): Swept {
  return { callId, cancelRequested: false, hangupCause: null, sipStatus: null, hangupBy: null, ...how };
}
