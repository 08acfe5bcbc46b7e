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
      takeSweepTurn: () => Promise.resolve(true),
      expireOverdue: () => Promise.resolve([EXPIRED]),
      refuseOfStopped: () => Promise.resolve([STOPPED]),
      endOrphans: () => Promise.resolve([ORPHAN]),
    };
    const log = { ...silentLog, info: (_fields: object, message: string) => void said.push(message) };
    await createEndOverdue(calls, 'sweep', { orphanSeconds: 3_600, everyMs: 2_000 }, log)();
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
  const sweeping = ({
    ready = true,
    isMine = true,
    lost = false,
    adds = true,
    due = 2,
    withoutJob = ['c1', 'w2'],
  } = {}) => {
    const done: string[] = [];
    let left = due;
    const calls = {
      takeSweepTurn: () => Promise.resolve(isMine),
      takeDueForQueue: () => {
        done.push('taken');
        return Promise.resolve(Array.from({ length: Math.min(1_000, left) }, () => `c${due - --left}`));
      },
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
    return { done, sweep: createSweepLostJobs(calls, producer, 2_000, silentLog) };
  };

  it('queues what it takes and has no job, and nothing that has one', async () => {
    const { done, sweep } = sweeping();
    await sweep();
    expect(done).to.deep.equal(['taken', 'queued c1']);
  });

  it('takes none when it is the turn of another, but fills a queue that has lost everything', async () => {
    const { done, sweep } = sweeping({ isMine: false, lost: true });
    await sweep();
    expect(done).to.deep.equal(['queued w2']);
  });

  it('goes on while as many are due as it takes at once, at most five times', async () => {
    const piledUp = sweeping({ due: 2_001, withoutJob: [] });
    await piledUp.sweep();
    expect(piledUp.done).to.deep.equal(['taken', 'taken', 'taken']);
    const endless = sweeping({ due: 9_999, withoutJob: [] });
    await endless.sweep();
    expect(endless.done).to.have.lengthOf(5);
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
  return { callId, attempt: 1, cancelRequested: false, hangupCause: null, sipStatus: null, hangupBy: null, ...how };
}
