import type { Swept } from '@dialgate/database';
import { createEndOverdue, silentLog } from '@dialgate/service-kit';
import { expect } from 'chai';
import { createSweepLostJobs } from '../src/reconcile/sweep.js';

const EXPIRED = ended('0192f3a4-0001', { from: 'pending', to: 'failed', event: 'expired', failureReason: 'expired' });
const STOPPED = ended('0192f3a4-0003', {
  from: 'pending',
  to: 'failed',
  event: 'refused',
  failureReason: 'not_allowed',
});
const ORPHAN = ended('0192f3a4-0002', { from: 'answered', to: 'completed', event: 'lost', failureReason: 'lost' });

describe('the sweep of overdue calls', () => {
  it('says the new status of each call that it ended', async () => {
    const said: string[] = [];
    const calls = {
      expireOverdue: () => Promise.resolve([EXPIRED]),
      refuseOfStopped: () => Promise.resolve([STOPPED]),
      endOrphans: () => Promise.resolve([ORPHAN]),
    };
    const log = { ...silentLog, info: (_fields: object, message: string) => void said.push(message) };
    await createEndOverdue(calls, 'sweep', 3_600, log)();
    expect(said).to.include.members([
      'Updated call 0192f3a4-0001 status to failed',
      'Updated call 0192f3a4-0003 status to failed',
      'Updated call 0192f3a4-0002 status to completed',
    ]);
  });
});

describe('the sweep of lost jobs', () => {
  const WAITING = [
    { id: 'w1', nextEnqueueAt: '2026-01-01' },
    { id: 'w2', nextEnqueueAt: '2026-01-02' },
  ];
  const sweeping = ({ ready = true, lost = false, adds = true, withoutJob = ['c1', 'w2'] } = {}) => {
    const done: string[] = [];
    const calls = {
      takeDueForQueue: () => Promise.resolve(done.push('taken') > 0 ? ['c1', 'c2'] : []),
      putBackForQueue: (ids: readonly string[]) => Promise.resolve(void done.push(`put back ${ids.join()}`)),
      waitingForQueue: (after: { readonly id: string } | null) =>
        Promise.resolve(WAITING.filter(({ id }) => after === null || id > after.id).slice(0, 1)),
    };
    const producer = {
      ready: () => ready,
      add: (id: string) => (adds ? Promise.resolve(void done.push(`queued ${id}`)) : Promise.reject(new Error('away'))),
      withoutJob: (ids: readonly string[]) => Promise.resolve(ids.filter((id) => withoutJob.includes(id))),
      beginRefill: () => Promise.resolve(lost),
      abandonRefill: () => Promise.resolve(void done.push('refill abandoned')),
    };
    return { done, sweep: createSweepLostJobs(calls, producer, silentLog) };
  };

  it('queues what it takes and has no job, and nothing that has one', async () => {
    const { done, sweep } = sweeping();
    await sweep();
    expect(done).to.deep.equal(['taken', 'queued c1']);
  });

  it('takes none while Redis is away: their next turn would be later and later', async () => {
    const { done, sweep } = sweeping({ ready: false });
    await sweep();
    expect(done).to.deep.equal([]);
  });

  it('puts back what it could not queue, for the same reason', async () => {
    const { done, sweep } = sweeping({ adds: false });
    expect(String(await sweep().catch((error: unknown) => error))).to.include('away');
    expect(done).to.deep.equal(['taken', 'put back c1,c2']);
  });

  it('fills a queue that has lost everything page by page, due or not', async () => {
    const { done, sweep } = sweeping({ lost: true, withoutJob: ['w1', 'w2'] });
    await sweep();
    expect(done).to.deep.equal(['queued w1', 'queued w2', 'taken']);
  });

  it('leaves a queue that could not be filled to the next', async () => {
    const { done, sweep } = sweeping({ lost: true, adds: false });
    await sweep().catch(() => undefined);
    expect(done).to.deep.equal(['refill abandoned']);
  });
});

function ended(callId: string, how: Pick<Swept, 'from' | 'to' | 'event' | 'failureReason'>): Swept {
  return { callId, cancelRequested: false, hangupCause: null, sipStatus: null, hangupBy: null, ...how };
}
