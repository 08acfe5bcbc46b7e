import {
  DEFAULT_DIALPLAN,
  startAsteriskSimulator,
  type AsteriskSimulator,
  type SimulatorOptions,
} from '@dialgate/asterisk-simulator';
import type { SlotState } from '@dialgate/database';
import { eventually, testWorkerTimes } from '@dialgate/testing';
import { expect } from 'chai';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };
const [BOX_A, BOX_B, BOX_C] = ['02:00:00:00:00:0a', '02:00:00:00:00:0b', '02:00:00:00:00:0c'];
const WAIT_MS = 60_000;

describe('several Asterisks', () => {
  let bench: Workbench;
  /** The one of the bench is box A. */
  let others: AsteriskSimulator[];

  beforeEach(async () => {
    others = [];
    bench = await setUpWorkbench({ speed: 1, asteriskId: BOX_A });
  });
  afterEach(async () => {
    await bench.close();
    for (const other of others) await other.close();
  });

  describe('of one name', () => {
    it('never take each other’s slots: the calls of a box whose worker dies are not touched by the other’s', async () => {
      const worker = bench.startWorkerProcess();
      await bench.ready(1);
      const onA = await bench.place('+33100000002', { destination: LONG });
      await bench.reaches(onA, 'answered');
      await bench.startWorker(await another());
      await bench.ready(2);
      worker.kill('SIGKILL');
      await worker.ended;
      await eventually(async () => !slotOf(await slots(), BOX_A).held, WAIT_MS);
      // Long enough for an adoption and two snapshots.
      const times = testWorkerTimes();
      const until = performance.now() + times.adoptAfterMs + 4_000;
      await eventually(() => performance.now() > until, WAIT_MS);
      expect(await bench.call(onA)).to.include({ status: 'answered' });
      expect(slotOf(await slots(), BOX_A)).to.include({ held: false, openCalls: 1 });
      expect(bench.simulator.liveChannels()).to.equal(1);

      await bench.startWorker(); // Of its own box: it has the call.
      await eventually(async () => slotOf(await slots(), BOX_A).held, WAIT_MS);
      await bench.cancel(onA);
      expect(await bench.ended(onA, WAIT_MS)).to.include({ status: 'completed', hangupBy: 'gateway' });
      expect(await brokenLaws(bench, [onA])).to.deep.equal([]);
    });

    it('are told apart when an address leads to another one: the slot is left, and said', async () => {
      await bench.startWorker();
      await bench.ready(1);
      const { port } = bench.simulator;
      const onA = await bench.place('+33100000002', { destination: LONG });
      await bench.reaches(onA, 'answered');
      await bench.simulator.close();
      await startOther({ asteriskId: BOX_B, port });
      const left = await eventually(async () => {
        const all = await slots();
        return all.some(({ entityId, followed }) => entityId === BOX_B && followed) && slotOf(all, BOX_A);
      }, WAIT_MS);
      expect(left).to.include({ held: false, connection: 'other_asterisk', openCalls: 1 });
      expect(await bench.call(onA)).to.include({ status: 'answered' });
      const onB = await bench.place('+33100000001');
      await eventually(async () => (await bench.call(onB)).status !== 'pending', WAIT_MS);
      expect(await slotIdOf(onB)).not.to.equal(await slotIdOf(onA));
    });
  });

  it('of a former version’s slot the name will do, once', async () => {
    const worker = bench.startWorkerProcess();
    await bench.ready(1);
    const id = await bench.place('+33100000002', { destination: LONG });
    await bench.reaches(id, 'answered');
    worker.kill('SIGKILL');
    await worker.ended;
    await bench.sql('UPDATE worker_slots SET entity_id = NULL, followed_epoch = NULL, followed_at = NULL');
    await bench.startWorker();
    const { claim } = await bench.call(id);
    await eventually(async () => {
      const named = await bench.sql('SELECT 1 FROM worker_slots WHERE id = $1 AND entity_id = $2', [
        claim?.slotId,
        BOX_A,
      ]);
      return named.length === 1;
    }, WAIT_MS);
    await bench.cancel(id);
    expect(await bench.ended(id, WAIT_MS)).to.include({ status: 'completed', hangupBy: 'gateway' });
  });

  it('leave the capacity to each other: with all allowed calls up on a box that dies, the other one dials', async () => {
    const limits = { MAX_CONCURRENT_CALLS: '3' };
    await bench.startWorker(limits);
    await bench.ready(1);
    const onA = await Promise.all([1, 2, 3].map(() => bench.place('+33100000002', { destination: LONG })));
    for (const id of onA) await bench.reaches(id, 'answered');
    await bench.startWorker({ ...(await another()), ...limits });
    await bench.ready(2);
    const next = await bench.place('+33100000002', { destination: LONG });
    expect(await bench.call(next)).to.include({ status: 'pending', attempt: 0 });
    await bench.simulator.close();
    await bench.reaches(next, 'answered', WAIT_MS);
    expect(await slotIdOf(next)).not.to.equal(await slotIdOf(onA[0]!));
    const [other] = others;
    expect(other?.ledger.invites().total).to.equal(1);
  });

  it('have limits of their own: one that is full holds up neither the queue nor the other one', async () => {
    await bench.startWorker({ NODE_MAX_CONCURRENT_CALLS: '2' });
    await bench.ready(1);
    const onA = await Promise.all([1, 2, 3].map(() => bench.place('+33100000002', { destination: LONG })));
    await eventually(() => bench.simulator.liveChannels() === 2, WAIT_MS);
    await bench.startWorker({ ...(await another()), NODE_MAX_CONCURRENT_CALLS: '3' });
    const [other] = others;
    // The third, and two more that come later.
    const more = await Promise.all([1, 2].map(() => bench.place('+33100000002', { destination: LONG })));
    for (const id of [...onA, ...more]) await bench.reaches(id, 'answered', WAIT_MS);
    expect(bench.simulator.liveChannels()).to.equal(2);
    expect(other?.liveChannels()).to.equal(3);

    const waiting = await bench.place('+33100000002', { destination: LONG });
    expect(await bench.call(waiting)).to.include({ status: 'pending', attempt: 0 });
    const [ending] = onA;
    await bench.cancel(ending!);
    await bench.reaches(waiting, 'answered', WAIT_MS);
    expect(bench.simulator.liveChannels() + (other?.liveChannels() ?? 0)).to.equal(5);
    expect(bench.simulator.liveChannels()).to.equal(2);
  });

  it('have a pace of their own: one whose next turn is far away rests alone', async () => {
    await bench.startWorker({ NODE_ORIGINATE_PER_SECOND: '0.001' });
    await bench.ready(1);
    await bench.reaches(await bench.place('+33100000002', { destination: LONG }), 'answered');
    const later = await Promise.all([1, 2, 3].map(() => bench.place('+33100000002', { destination: LONG })));
    await bench.startWorker(await another());
    for (const id of later) await bench.reaches(id, 'answered', WAIT_MS);
    const [other] = others;
    expect(bench.simulator.liveChannels()).to.equal(1);
    expect(other?.liveChannels()).to.equal(3);
  });

  it('take over the calls that a box without its trunk refuses, and its breaker opens', async () => {
    await bench.startWorker({ DIAL_ENDPOINT: 'PJSIP/{number}@trunk-nocontact' });
    await bench.startWorker(await another());
    await expectTakenOver(LONG.context);
  });

  it('take over the calls whose context another one has not, and its breaker opens', async () => {
    const allowed = { ALLOWED_CONTEXTS: 'outbound-ivr,elsewhere' };
    const dialplan = { elsewhere: DEFAULT_DIALPLAN['outbound-ivr'] ?? {} };
    await bench.startWorker(allowed);
    await bench.startWorker({ ...(await another({ dialplan })), ...allowed });
    await expectTakenOver('elsewhere');
  });

  /** Of a box A that refuses each call and a box B that has what it takes. */
  async function expectTakenOver(context: string): Promise<void> {
    await bench.ready(2);
    await allSeen();
    const ids: string[] = [];
    let isOpen = false;
    while (!isOpen) {
      expect(ids.length, 'its breaker stays closed').to.be.lessThan(200);
      ids.push(await bench.place('+33100000001', { destination: { context, extension: 's', priority: 1 } }));
      isOpen = slotOf(await slots(), BOX_A).breaker === 'open';
    }
    const ended = await Promise.all(ids.map((id) => bench.ended(id, WAIT_MS)));
    expect(new Set(ended.map(({ status }) => status))).to.deep.equal(new Set(['completed']));
    expect(slotOf(await slots(), BOX_A).answeredRate).to.equal(0);
    expect(bench.simulator.ledger.invites().total).to.equal(0);
    expect(others[0]?.ledger.invites().total).to.equal(ids.length);
  }

  it('are three, of which one has no trunk and one dies: the third dials whatever comes, and nobody is rung twice', async () => {
    await bench.startWorker({ DIAL_ENDPOINT: 'PJSIP/{number}@trunk-nocontact' });
    await bench.startWorker(await another());
    await bench.startWorker(await another({ asteriskId: BOX_C }));
    await bench.ready(3);
    await allSeen();
    const place = (): Promise<string> => bench.place('+33100000002', { destination: LONG });
    const ids = await Promise.all(Array.from({ length: 12 }, place));
    for (const id of ids) await bench.reaches(id, 'answered', WAIT_MS);
    const [dying, third] = others;
    await dying?.close();
    const later = await Promise.all(Array.from({ length: 6 }, place));
    for (const id of later) await bench.reaches(id, 'answered', WAIT_MS);

    const rings = new Map<string, number>();
    for (const { ledger } of [bench.simulator, ...others]) {
      for (const [channel, invites] of ledger.invites().byChannel) {
        const id = channel.slice(0, ids[0]?.length);
        rings.set(id, (rings.get(id) ?? 0) + invites);
      }
    }
    expect(rings).to.deep.equal(new Map([...ids, ...later].map((id) => [id, 1])));
    expect(bench.simulator.ledger.invites().total).to.equal(0);
    expect(third?.liveChannels()).to.be.at.least(later.length);
  });

  it('when there is only one, it says why a call fails', async () => {
    await bench.startWorker({ DIAL_ENDPOINT: 'PJSIP/{number}@trunk-nocontact' });
    await bench.ready(1);
    const ids = await Promise.all(Array.from({ length: 7 }, () => bench.place('+33100000001')));
    for (const id of ids) {
      expect(await bench.ended(id, WAIT_MS)).to.include({ failureReason: 'trunk_unavailable', attempt: 1 });
    }
  });

  it('that all refuse a call end it with the reason once each has', async () => {
    const refusing = { DIAL_ENDPOINT: 'PJSIP/{number}@trunk-nocontact' };
    await bench.startWorker(refusing);
    await bench.startWorker({ ...(await another()), ...refusing });
    await bench.ready(2);
    await allSeen();
    const id = await bench.place('+33100000001');
    expect(await bench.ended(id, WAIT_MS)).to.include({ status: 'failed', failureReason: 'trunk_unavailable' });
    const refusals = await bench.sql<{ box: string }>(
      `SELECT s.entity_id AS box FROM call_events e JOIN worker_slots s ON s.id = (e.detail->>'refusedBy')::int WHERE call_id = $1`,
      [id],
    );
    // By one, once or several times; then by the other.
    expect(new Set(refusals.map(({ box }) => box))).to.have.lengthOf(1);
  });

  it('of which one is too old to say how calls end get none dialled there', async () => {
    await bench.startWorker(await another({ version: '20.17.0' }));
    await eventually(async () => slotOf(await slots(), BOX_B).connection === 'too_old', WAIT_MS);
    const id = await bench.place('+33100000001');
    await bench.startWorker();
    expect(await bench.ended(id, WAIT_MS)).to.include({ status: 'completed' });
    expect(others[0]?.ledger.invites().total).to.equal(0);
  });

  const slots = (): Promise<SlotState[]> => bench.database.slots.list();

  /** Until each box stands in the database as one that takes calls: then the others give theirs back to it. */
  const allSeen = () =>
    eventually(async () => (await slots()).every(({ followed, breaker }) => followed && breaker === 'closed'), WAIT_MS);

  function slotOf(all: readonly SlotState[], box: string): SlotState {
    const slot =
      all.find(({ entityId, openCalls }) => entityId === box && openCalls > 0) ??
      all.find((one) => one.entityId === box);
    if (slot === undefined) throw new Error(`no slot on ${box}`);
    return slot;
  }

  async function slotIdOf(id: string): Promise<number | undefined> {
    return (await bench.call(id)).claim?.slotId;
  }

  /** A second box. @returns what its worker is to be told: all but its address is as for the first. */
  async function another(options: Partial<SimulatorOptions> = {}): Promise<Record<string, string>> {
    const { ariUrl } = await startOther({ asteriskId: BOX_B, ...options });
    return { ARI_HTTP_URL: ariUrl };
  }

  async function startOther(options: Partial<SimulatorOptions>): Promise<AsteriskSimulator> {
    const simulator = await startAsteriskSimulator({
      username: 'gateway',
      password: 'simulator-secret',
      speed: 1,
      ...options,
    });
    others.push(simulator);
    return simulator;
  }
});
