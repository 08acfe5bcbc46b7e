import { randomUUID } from 'node:crypto';
import type { Lease } from '@dialgate/database';
import { eventually, patience, slowness, testWorkerTimes } from '@dialgate/testing';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type RunningWorker, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

/** Longer than it takes to take a slot away, and in time for a dial. */
const HELD_MS = Math.min(patience(1_000), 3_000);

describe('when a slot changes hands', () => {
  let bench: Workbench;
  let worker: RunningWorker;

  before(async () => {
    // It looks at its lease only when all is over.
    bench = await setUpWorkbench({ speed: 1 / slowness() }, { times: testWorkerTimes(60) });
  });
  after(() => bench.close());
  beforeEach(async () => {
    worker = await bench.startWorker();
    await bench.ready(1);
  });
  afterEach(() => worker.stop());

  for (const [what, digits, from, status, failureReason] of [
    ['the end of a call that was up', '012', 'answered', 'completed', null],
    ['the answer and the end', '001', 'ringing', 'completed', null],
    ['a busy line', '008', 'ringing', 'busy', null],
    ['a refusal', '014', 'ringing', 'busy', 'declined'],
  ] as const) {
    it(`${what}, heard by the old holder only, is written for the new one`, async () => {
      const id = await bench.place(`+33100000${digits}`, { destination: LONG });
      await bench.reaches(id, from);
      const { slotId, epoch } = await takeOver(worker); // And the new holder has no socket yet.
      expect(await bench.call(id)).to.include({ status: from });
      expect(await bench.ended(id)).to.include({ status, failureReason });
      expect((await bench.call(id)).claim).to.deep.equal({ slotId, slotEpoch: epoch });
      expect(await brokenLaws(bench, [id])).to.deep.equal([]);
    });
  }

  /** Takes the worker's slot with its open calls, as an adopter does. */
  async function takeOver({ owner }: RunningWorker): Promise<Lease> {
    await bench.database.slots.letGo((await leaseOf(owner)).lease);
    const taken = await bench.database.slots.adopt({
      asterisk: 'simulator',
      entityId: '02:fc:00:00:00:01', // What the simulator says of itself.
      owner: randomUUID(),
      holder: 'test',
    });
    if (taken === null) throw new Error('the slot was not adopted');
    return taken;
  }

  async function leaseOf(owner: string): Promise<{ lease: Lease; until: Date }> {
    const [slot] = await bench.sql<{ id: number; epoch: number; app: string; until: Date }>(
      'SELECT id, epoch, app, lease_until AS until FROM worker_slots WHERE owner = $1',
      [owner],
    );
    if (slot === undefined) throw new Error('the worker has no slot');
    return { lease: { slotId: slot.id, owner, epoch: slot.epoch, app: slot.app }, until: slot.until };
  }
});

describe('when a slot is lost', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 2 });
  });
  afterEach(() => bench.close());

  it('between claim and dial because its application was taken, the call is given back and dialled once', async () => {
    await bench.startWorker();
    await bench.ready(1);
    const [before] = await bench.database.slots.list();
    const question = bench.simulator.faults.onRequest({
      request: 'get-variable',
      fault: { kind: 'delay', ms: HELD_MS },
    });
    const id = await bench.place('+33100000001');
    await eventually(() => question.hits() === 1);
    const url = bench.simulator.ariUrl.replace('http', 'ws');
    const thief = new WebSocket(`${url}/events?app=${before?.app ?? ''}&api_key=gateway:simulator-secret`);
    await eventually(async () => (await voidedBecause(id)).length > 0);
    expect(await voidedBecause(id)).to.deep.equal(['the slot was not ready for the dial']);
    expect(await bench.ended(id)).to.include({ status: 'completed', attempt: 2 });
    const [first, second] = bench.channels(id);
    expect(first).to.include({ app: before?.app });
    expect(second?.app).not.to.equal(before?.app);
    expect([first?.dials.length, second?.dials.length]).to.deep.equal([0, 1]);
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
    thief.close();
  });

  it('between claim and dial because its holder sleeps, the call is dialled once, by the adopter', async () => {
    const sleeper = bench.startWorkerProcess();
    await bench.ready(1);
    const question = bench.simulator.faults.onRequest({
      request: 'get-variable',
      fault: { kind: 'slow-reply', ms: HELD_MS },
    });
    const id = await bench.place('+33100000002', { destination: LONG });
    await eventually(() => question.hits() === 1);
    sleeper.kill('SIGSTOP');
    expect(await bench.call(id)).to.include({ status: 'pending', attempt: 1, dialSentAt: null });
    await bench.startWorker();
    expect(await bench.reaches(id, 'answered')).to.include({ attempt: 2 });
    // It wakes up before the answer to its question, and would dial now.
    sleeper.kill('SIGCONT');
    await eventually(async () => (await holders()).size === 2);
    expect(await bench.call(id)).to.include({ status: 'answered', attempt: 2 });
    expect(bench.channels(id).map(({ dials }) => dials.length)).to.deep.equal([0, 1]);
    await bench.cancel(id);
    expect(await bench.ended(id)).to.include({ status: 'completed', hangupBy: 'gateway' });
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  /** Who has a slot with an open socket. */
  async function holders(): Promise<Set<string | null>> {
    const slots = await bench.database.slots.list();
    return new Set(
      slots.filter(({ held, connection }) => held && connection === 'connected').map(({ holder }) => holder),
    );
  }

  async function voidedBecause(id: string): Promise<string[]> {
    const rows = await bench.sql<{ why: string }>(
      `SELECT detail->>'why' AS why FROM call_events WHERE call_id = $1 AND event = 'claim_voided' ORDER BY id`,
      [id],
    );
    return rows.map(({ why }) => why);
  }
});
