import type { RequestFault } from '@dialgate/asterisk-simulator';
import { eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const slow = (ms: number): RequestFault => ({ kind: 'slow-reply', ms });

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

/** Well below the 5 s that a worker waits for an answer of Asterisk, however slow the machine is. */
const HELD_MS = Math.min(patience(1_000), 3_000);

describe('an event that overtakes the answer to create', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 20 });
    await bench.startWorker();
    await bench.ready(1);
  });
  afterEach(() => bench.close());

  it('StasisStart: the call is dialled all the same', async () => {
    const held = bench.simulator.faults.onRequest({ request: 'create', fault: slow(HELD_MS) });
    const id = await bench.place('+33100000001');
    await eventually(async () => (await bench.timeline(id)).includes('channel_created'));
    expect(held.hits()).to.equal(1);
    expect(await bench.call(id)).to.include({ status: 'pending' });
    expect(await bench.ended(id)).to.include({ status: 'completed', attempt: 1 });
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('the end: the call is given back, and dialled once', async () => {
    const held = bench.simulator.faults.onRequest({ request: 'create', fault: slow(HELD_MS) });
    const id = await bench.place('+33100000001');
    await eventually(async () => (await bench.timeline(id)).includes('channel_created'));
    await bench.ask('DELETE', `/channels/${id}.1`);
    expect(bench.simulator.liveChannels()).to.equal(0);
    expect(held.hits()).to.equal(1);
    expect(await bench.ended(id)).to.include({ status: 'completed', attempt: 2 });
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });
});

describe('an event that overtakes the answer to dial', () => {
  let bench: Workbench;
  const placed = new Map<string, string>();
  const early: [digits: string, what: string, status: string][] = [
    ['001', 'ringing, answer and end', 'completed'],
    ['005', 'the answer without ringing, and the end', 'completed'],
    ['486', 'the busy line', 'busy'],
    ['404', 'the refusal', 'failed'],
    ['006', 'ringing and its end', 'no_answer'],
  ];

  before(async () => {
    bench = await setUpWorkbench({ speed: 20 });
    await bench.startWorker();
    await bench.ready(1);
    const dials = bench.simulator.faults.onRequest({ request: 'dial', fault: slow(patience(3_000)), times: 5 });
    for (const [digits] of early) {
      placed.set(digits, await bench.place(`+33100000${digits}`, { ringTimeoutMs: 4_000 }));
    }
    const over = [...placed.values()].map((id) => bench.ended(id));
    await Promise.race(over);
    expect(await bench.producer.depth(), 'originations under way').to.be.greaterThan(0);
    await Promise.all(over);
    expect(dials.hits()).to.equal(5);
    await eventually(async () => (await bench.producer.depth()) === 0);
  });
  after(() => bench.close());

  for (const [digits, what, status] of early) {
    it(`${what}: ${status}`, async () => {
      const id = placed.get(digits) ?? '';
      expect(await bench.call(id)).to.include({ status });
      expect(await brokenLaws(bench, [id])).to.deep.equal([]);
    });
  }
});

describe('when every event may come twice, and after the next one,', () => {
  let bench: Workbench;
  const placed = new Map<string, string[]>();

  const endings: [digits: string, callee: string, status: string, reason: string | null][] = [
    ['001', 'answers and hangs up', 'completed', null],
    ['002', 'answers and listens', 'completed', null],
    ['003', 'answers after early media', 'completed', null],
    ['005', 'answers without ringing', 'completed', null],
    ['006', 'never answers', 'no_answer', null],
    ['008', 'pushes the red button', 'busy', null],
    ['009', 'plays early media for ever', 'no_answer', null],
    ['014', 'declines', 'busy', 'declined'],
    ['015', 'is tried for ever', 'failed', 'unreachable'],
    ['017', 'rings and is then not available', 'no_answer', null],
    ['403', 'is forbidden', 'failed', 'rejected'],
    ['404', 'does not exist', 'failed', 'invalid_number'],
    ['483', 'is called in circles', 'failed', 'routing_loop'],
    ['486', 'is busy', 'busy', null],
    ['503', 'is behind a full trunk', 'failed', 'congestion'],
    ['007', 'is taken back before anything was heard', 'canceled', null],
    ['010', 'is taken back while it rings', 'canceled', null],
  ];

  before(async () => {
    bench = await setUpWorkbench({ speed: 5 });
    await bench.startWorker();
    await bench.ready(1);
    const { faults } = bench.simulator;
    const often = { times: Infinity, probability: 0.3 };
    const struck = (['duplicate', 'reorder'] as const).map((kind) => faults.onEvent({ fault: { kind }, ...often }));
    for (const [digits, , status] of endings) {
      const ringTimeoutMs = status === 'canceled' ? 600_000 : 5_000;
      const ids = await Promise.all(
        Array.from({ length: 6 }, () => bench.place(`+33100000${digits}`, { ringTimeoutMs })),
      );
      placed.set(digits, ids);
      if (status !== 'canceled') continue;
      const live = digits === '007' ? 'dialing' : 'ringing';
      await Promise.all(ids.map((id) => bench.reaches(id, live).then(() => bench.cancel(id))));
    }
    await Promise.all([...placed.values()].flat().map((id) => bench.ended(id)));
    for (const fault of struck) expect(fault.hits()).to.be.greaterThan(50);
    await eventually(() => bench.simulator.liveChannels() === 0);
    // Whatever was held back is out when calls that came later are over.
    await faults.clear();
    await bench.ended(await bench.place('+33100000002'));
  });
  after(() => bench.close());

  for (const [digits, callee, status, failureReason] of endings) {
    it(`a call whose callee ${callee} still ends ${status}`, async () => {
      const ids = placed.get(digits) ?? [];
      expect(ids.length).to.equal(6);
      for (const id of ids) expect(await bench.call(id)).to.include({ status, failureReason });
      expect(await brokenLaws(bench, ids)).to.deep.equal([]);
    });
  }
});

describe('a channel that no call knows', () => {
  let bench: Workbench;
  let app: string;

  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 5 });
    await bench.startWorker();
    await bench.ready(1);
    app = (await bench.database.slots.list())[0]?.app ?? '';
  });
  afterEach(() => bench.close());

  it('is removed when it enters our application under a name of ours, and calls go on', async () => {
    const going = await bench.place('+33100000012', { destination: LONG });
    await bench.reaches(going, 'answered');
    const stranger = `${uuidv7()}.1`;
    await create(stranger, '+33100000006');
    // By its entering: the next reconciliation comes half a minute later.
    await eventually(() => bench.simulator.ledger.channel(stranger)?.ended?.by === 'client', 10_000);
    const next = await bench.place('+33100000001');
    expect(await bench.ended(next)).to.include({ status: 'completed' });
    expect(await bench.ended(going)).to.include({ status: 'completed', hangupBy: 'callee' });
    expect(await brokenLaws(bench, [going, next])).to.deep.equal([]);
  });

  it('is removed by the next reconciliation when its entering was not heard', async () => {
    bench.simulator.faults.onEvent({ fault: { kind: 'drop' }, times: Infinity, when: isAbout(/\.1$/) });
    const stranger = await ringUnheard('+33100000006');
    await bench.simulator.faults.clear();
    bench.simulator.faults.cutSockets();
    await eventually(() => bench.simulator.ledger.channel(stranger)?.ended?.by === 'client');
    await bench.ready(1);
    const next = await bench.place('+33100000001');
    expect(await bench.ended(next)).to.include({ status: 'completed' });
  });

  it('is left alone under a name that is not ours, whatever it does in our application', async () => {
    await create('their-channel', '+33100000012');
    await create(uuidv7(), '+33100000012');
    await create(`x${uuidv7()}.1`, '+33100000012');
    const strangers = bench.simulator.ledger.channels();
    expect(strangers.length).to.equal(3);
    for (const { channelId } of strangers) await dial(channelId);
    await eventually(() => bench.simulator.ledger.channels().every(({ rangAt }) => rangAt !== null));
    const reconciled = bench.simulator.faults.onRequest({
      request: 'list-channels',
      fault: { kind: 'slow-reply', ms: 1 },
    });
    bench.simulator.faults.cutSockets();
    await eventually(() => reconciled.hits() === 1);
    await bench.ready(1);
    const next = await bench.place('+33100000001');
    expect(await bench.ended(next)).to.include({ status: 'completed' });
    await eventually(() =>
      strangers.every(({ channelId }) => bench.simulator.ledger.channel(channelId)?.ended !== null),
    );
    for (const { channelId } of strangers) {
      const { continued, ended } = bench.simulator.ledger.channel(channelId) ?? {};
      expect({ continued, by: ended?.by }, channelId).to.deep.equal({ continued: null, by: 'callee' });
    }
  });

  it('tells nothing of a call when it bears a name that the call has not come to yet', async () => {
    const id = await bench.place('+33100000002', { destination: LONG });
    await bench.reaches(id, 'answered');
    await create(`${id}.7`, '+33100000011');
    await dial(`${id}.7`);
    await eventually(() => bench.simulator.ledger.channel(`${id}.7`)?.ended?.by === 'callee');
    expect(await bench.call(id)).to.include({ status: 'answered', attempt: 1 });
    await bench.cancel(id);
    expect(await bench.ended(id)).to.include({ status: 'completed', hangupBy: 'gateway' });
  });

  async function create(channelId: string, number: string): Promise<void> {
    const query = new URLSearchParams({ endpoint: `PJSIP/${number}@trunk`, app, channelId });
    expect((await bench.ask('POST', `/channels/create?${query.toString()}`)).status).to.equal(200);
  }

  /** A reconciliation that happens to be due just then removes a channel before it rings; then another one is made. */
  async function ringUnheard(number: string): Promise<string> {
    const { ledger } = bench.simulator;
    let channelId = '';
    await eventually(async () => {
      const { rangAt, ended } = ledger.channel(channelId) ?? {};
      if (ended === null && typeof rangAt === 'number') return true;
      if (ended !== null) await create((channelId = `${uuidv7()}.1`), number);
      await bench.ask('POST', `/channels/${channelId}/dial?timeout=600`);
      return false;
    });
    return channelId;
  }

  /** Refused until the channel has entered the application. */
  async function dial(channelId: string): Promise<void> {
    await eventually(async () => (await bench.ask('POST', `/channels/${channelId}/dial?timeout=600`)).status === 204);
  }
});

/** Whether an event is about a channel with such a name. */
function isAbout(name: RegExp) {
  return ({ body }: { body: Readonly<Record<string, unknown>> }): boolean => {
    const channel = (body.channel ?? body.peer) as { id: string } | undefined;
    return channel !== undefined && name.test(channel.id);
  };
}
