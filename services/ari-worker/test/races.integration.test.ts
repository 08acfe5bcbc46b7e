import type { Observation } from '@dialgate/database';
import type { Transition } from '@dialgate/domain';
import { silentLog } from '@dialgate/service-kit';
import { eventually, someCall, someObservation } from '@dialgate/testing';
import { expect } from 'chai';
import type { AriChannel } from '../src/ari/events.js';
import { createFollowedCalls } from '../src/events/followed-calls.js';
import { createHeldSlots } from '../src/slots/held-slots.js';
import { createSerializeByKey } from '../src/events/serialize-by-key.js';
import { createApplyEvent } from '../src/events/apply-event.js';
import { createLostDials } from '../src/events/lost-dials.js';
import { createReconcile } from '../src/reconcile/reconcile.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

const SLOT_2 = { lease: { slotId: 2, owner: 'w1', epoch: 5, app: 'gw-2' }, requireReconcile: () => undefined };

describe('when two things happen at once', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 4 });
  });
  afterEach(() => bench.close());

  it('a call that is dialled while its old row is being reconciled goes on', async () => {
    await bench.startWorker();
    await bench.ready(1);
    // The dialplan question holds the call between claim and dial while a slow reconciliation has its row as it was.
    const { faults } = bench.simulator;
    const slow = (ms: number) => ({ fault: { kind: 'slow-reply', ms }, times: 1 }) as const;
    const question = faults.onRequest({ request: 'get-variable', ...slow(400) });
    faults.onRequest({
      request: 'create',
      fault: { kind: 'lose-reply' },
      times: 1,
      when: (request) => request.param('endpoint').includes('099'),
    });
    const id = await bench.place('+33100000002');
    await eventually(() => question.hits() === 1);
    const list = faults.onRequest({ request: 'list-channels', ...slow(800) });
    await bench.place('+33100000099');
    expect(await bench.ended(id)).to.include({ status: 'completed' });
    expect(list.hits()).to.equal(1);
    expect(bench.invites(id)).to.equal(1);
  });

  it('workers that are stopped together follow their calls to the end', async () => {
    const workers = [1, 2].map(() => bench.startWorkerProcess({ DRAIN_SECONDS: '40' }));
    await bench.ready(2);
    const id = await bench.place('+33100000012', { destination: LONG });
    await bench.reaches(id, 'answered');
    for (const worker of workers) worker.kill('SIGTERM');
    expect(await Promise.all(workers.map(({ ended }) => ended))).to.deep.equal([0, 0]);
    expect(await bench.call(id)).to.include({ status: 'completed', hangupBy: 'callee' });
  });

  it('an answered call that is in an application of the customer’s own is left there', async () => {
    await bench.startWorker();
    await bench.ready(1);
    const id = await bench.place('+33100000002', { destination: LONG });
    await bench.reaches(id, 'answered');
    await eventually(async () => (await bench.timeline(id)).includes('continued'));
    // Asterisk lists the channel as waiting in somebody else's application.
    const [channel] = (await (await bench.ask('GET', '/channels')).json()) as AriChannel[];
    if (channel === undefined) throw new Error('no channel');
    const theirs = { ...channel, dialplan: { ...channel.dialplan, app_name: 'Stasis', app_data: 'their-ivr' } };
    const list = bench.simulator.faults.onRequest({
      request: 'list-channels',
      fault: { kind: 'answer', status: 200, body: [theirs] },
    });
    bench.simulator.faults.cutSockets();
    await eventually(() => list.hits() === 1);
    await bench.ready(1);
    const resent = bench.simulator.ledger.channels().filter(({ continued }) => continued !== null);
    expect(resent.length).to.equal(1);
    expect((await bench.timeline(id)).filter((event) => event === 'continued').length).to.equal(1);
    await bench.database.calls.requestCancel(id, null);
    await bench.ended(id);
  });
});

describe('a reconciliation', () => {
  it('of a slot that has another holder neither gives back its claims nor touches its channels', async () => {
    expect(await doneAbout(2, true)).to.deep.equal([]);
  });

  it('removes the channel of a claim that it could give back', async () => {
    expect(await doneAbout(1, true)).to.deep.equal(['void', 'hang up']);
  });

  it('touches no channel of a call that was dialled since its row was read', async () => {
    expect(await doneAbout(1, false)).to.deep.equal(['void']);
  });

  /** What is done about a call that was claimed under this epoch, by a worker that has epoch 1 of its slot. */
  async function doneAbout(slotEpoch: number, stillClaimed: boolean): Promise<string[]> {
    const claimed = someCall({ attempt: 1, claim: { slotId: 1, slotEpoch } });
    const row = { ...claimed, channelId: `${claimed.id}.1` };
    const done: string[] = [];
    const held = createHeldSlots();
    const stale = { slotId: 1, owner: 'w1', epoch: 1, app: 'gw-1' };
    held.add({ lease: stale, requireReconcile: () => undefined });
    const calls = {
      find: () => Promise.resolve(row),
      findAll: () => Promise.resolve(new Map([[row.id, row]])),
      apply: () => Promise.resolve(true),
      note: () => Promise.resolve(),
      openOfSlot: () => Promise.resolve({ calls: [row], at: new Date(), steadyForMs: Infinity }),
      voidClaim: () => Promise.resolve(done.push('void') > 0 && stillClaimed),
      restoreDial: () => Promise.resolve(done.push('restore') > 0),
    };
    const lostDials = createLostDials({ calls, held, log: silentLog });
    const ok = <Body>(body: Body) => Promise.resolve({ kind: 'ok', status: 200, body } as const);
    const reconcile = createReconcile({
      calls,
      ari: {
        channels: () => ok<AriChannel[]>([]),
        readVariable: () => Promise.resolve({ kind: 'refused', status: 500, message: '' } as const),
        channel: () => Promise.resolve({ kind: 'refused', status: 404, message: '' } as const),
        hangUp: () => ok(done.push('hang up')),
        info: () => ok({}),
      },
      followed: createFollowedCalls(calls, held),
      held,
      lostDials,
      order: createSerializeByKey(),
      applyEvent: createApplyEvent({ calls, held, lostDials, log: silentLog }),
      continueCall: () => Promise.resolve(),
      underWay: new Set(),
      log: silentLog,
    });
    const look = () => reconcile(stale, () => Promise.resolve(true), true);
    const { reconcileAgain } = await look();
    expect(done, 'at the first look').to.deep.equal([]);
    // Whoever had the slot before may have dialled, and be about to say so.
    if (reconcileAgain) await eventually(() => look().then(() => done.length > 0));
    return done;
  }
});

describe('a worker that has not heard yet that it may dial', () => {
  it('takes the end of the channel for what it is: its client has taken the call back', async () => {
    const held = createHeldSlots();
    held.add(SLOT_2);
    const pending = someCall({ attempt: 1, claim: { slotId: 2, slotEpoch: 5 } });
    const row = { ...pending, status: 'dialing', dialSentAt: new Date(), cancelRequestedAt: new Date() } as const;
    const written: string[] = [];
    const calls = {
      find: () => Promise.resolve(row),
      apply: (_: Observation, { from, to }: Transition) => Promise.resolve(written.push(`${from} ${to}`) > 0),
      note: () => Promise.resolve(),
    };
    const lostDials = { isLost: () => false, isAnothers: () => false, restore: () => Promise.resolve(false) };
    const known = createFollowedCalls(calls, held).learn(pending);
    const undialled = { cause: 16, sipStatus: 603, requestedBy: 'our_side', dialResult: null, wasUp: false } as const;
    const observed = someObservation(pending.id, { type: 'hung_up', ...undialled });
    expect(await createApplyEvent({ calls, held, lostDials, log: silentLog })(known, observed)).to.equal(true);
    expect(written).to.deep.equal(['dialing canceled']);
    expect(known.call.status).to.equal('canceled');
  });
});

describe('a worker that once gave a call back', () => {
  it('follows it again under a later attempt that it has adopted', async () => {
    const held = createHeldSlots();
    const first = someCall({ attempt: 1, claim: null });
    const second = { ...first, attempt: 2, status: 'dialing' as const, claim: { slotId: 2, slotEpoch: 5 } };
    let row = first;
    const followed = createFollowedCalls({ find: () => Promise.resolve(row) }, held);
    expect((await followed.find(first.id, 1))?.call.attempt).to.equal(1);
    row = second;
    held.add(SLOT_2);
    expect((await followed.find(first.id, 2))?.call.attempt).to.equal(2);
    expect(followed.get(first.id)?.call.attempt).to.equal(2);
  });

  it('keeps the attempt it has claimed when a read of the row from before the claim comes back later', async () => {
    const held = createHeldSlots();
    held.add(SLOT_2);
    const before = someCall({ attempt: 1, claim: null });
    let answer: (call: typeof before) => void = () => undefined;
    const followed = createFollowedCalls({ find: () => new Promise((resolve) => (answer = resolve)) }, held);
    const reading = followed.find(before.id, 1);
    const claimed = followed.learn({ ...before, attempt: 2, claim: { slotId: 2, slotEpoch: 5 } });
    answer(before);
    expect(await reading).to.equal(claimed);
    expect(followed.get(before.id)).to.equal(claimed);
  });

  it('keeps the attempt it has claimed when it hears late that an earlier one was given back', () => {
    const held = createHeldSlots();
    held.add(SLOT_2);
    const first = someCall({ attempt: 1, claim: { slotId: 2, slotEpoch: 5 } });
    const followed = createFollowedCalls({ find: () => Promise.resolve(first) }, held);
    followed.learn(first);
    const claimed = followed.learn({ ...first, attempt: 2 });
    followed.forget(first.id, 1);
    expect(followed.get(first.id)).to.equal(claimed);
    followed.forget(first.id, 2);
    expect(followed.get(first.id)).to.equal(undefined);
  });

  it('keeps what it knows of a call that it has dialled when a read from before the dial comes back later', () => {
    const held = createHeldSlots();
    held.add(SLOT_2);
    const pending = someCall({ attempt: 1, claim: { slotId: 2, slotEpoch: 5 } });
    const followed = createFollowedCalls({ find: () => Promise.resolve(pending) }, held);
    followed.learn({ ...pending, status: 'dialing' });
    expect(followed.learn(pending).call.status).to.equal('dialing');
  });
});
