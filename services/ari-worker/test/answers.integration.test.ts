import { isFinal } from '@dialgate/domain';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

describe('callees who answer when the ring time is over', function () {
  // Longer than what is waited for in it, which says more of what is missing.
  this.timeout(300_000);
  let bench: Workbench;
  let ids: string[];

  before(async () => {
    // No quicker than real ones: 120 at once on a busy machine.
    bench = await setUpWorkbench({ speed: 1 });
    await bench.startWorker();
    await bench.ready(1);
    // They answer after 0.7 to 1.3 s, each at another moment, and stay; a ring time is a whole number of seconds.
    ids = await Promise.all(
      Array.from({ length: 120 }, (_, n) => bench.place(`+33100${100 + n}019`, { ringTimeoutMs: 1_000 })),
    );
    await eventually(async () => [...(await bench.database.calls.findAll(ids)).values()].every(isOver), 120_000);
  });
  after(() => bench.close());

  function isOver({ status }: { status: Parameters<typeof isFinal>[0] }): boolean {
    return isFinal(status);
  }

  it('are completed when Asterisk had them up, and no_answer when it had not', async () => {
    const calls = [...(await bench.database.calls.findAll(ids)).values()];
    const wrong = calls.filter(({ id, status }) => status !== (wasUp(id) ? 'completed' : 'no_answer'));
    expect(wrong).to.deep.equal([]);
    expect(new Set(calls.map(({ status }) => status))).to.deep.equal(new Set(['completed', 'no_answer']));
    // The channel of an attempt that was given up undialled may outlive its call by a moment.
    await eventually(async () => {
      expect(await brokenLaws(bench, ids)).to.deep.equal([]);
      return true;
    });
  });

  it('are all sent on into the dialplan when they were in time', () => {
    const answered = ids.filter(wasUp).flatMap((id) => bench.channels(id));
    const silent = answered.filter(({ answeredAt, continued }) => answeredAt !== null && continued === null);
    expect(silent).to.deep.equal([]);
  });

  function wasUp(id: string): boolean {
    return bench.channels(id).some(({ answeredAt }) => answeredAt !== null);
  }
});

describe('an answered call whose continue', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 5 });
    await bench.startWorker();
    await bench.ready(1);
  });
  afterEach(() => bench.close());

  it('was carried out without an answer is not pulled back out of the dialplan', async () => {
    const lost = bench.simulator.faults.onRequest({ request: 'continue', fault: { kind: 'lose-reply' } });
    const id = await bench.place('+33100000002', { destination: LONG });
    const asked = lookedAt(id);
    await bench.reaches(id, 'answered');
    await eventually(() => asked.hits() === 1);
    const continues = bench.simulator.faults.onRequest({
      request: 'continue',
      fault: { kind: 'drop' },
      times: Infinity,
    });
    expect(lost.hits()).to.equal(1);
    await bench.cancel(id);
    expect(await bench.ended(id)).to.include({ status: 'completed', hangupBy: 'gateway' });
    expect(continues.hits()).to.equal(0);
    expect(bench.channels(id)[0]?.continued).to.include(LONG);
    expect(await bench.timeline(id)).to.include('entered_dialplan');
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('got lost is sent on as soon as it is seen to be waiting still', async () => {
    const lost = bench.simulator.faults.onRequest({ request: 'continue', fault: { kind: 'drop' }, times: 3 });
    const id = await bench.place('+33100000002', { destination: LONG });
    await eventually(() => bench.channels(id).some(({ continued }) => continued !== null));
    expect(lost.hits()).to.equal(3);
    await eventually(async () => (await bench.timeline(id)).includes('continued'));
    await bench.cancel(id);
    expect(await bench.ended(id)).to.include({ status: 'completed', hangupBy: 'gateway' });
    expect((await bench.timeline(id)).filter((event) => event === 'continued').length).to.equal(1);
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('got lost is not asked for again when the callee has hung up meanwhile', async () => {
    const { faults } = bench.simulator;
    const lost = faults.onRequest({ request: 'continue', fault: { kind: 'drop' }, times: Infinity });
    const unseen = faults.onRequest({ request: 'get-channel', fault: { kind: 'drop' }, times: Infinity });
    const id = await bench.place('+33100000001');
    expect(await bench.ended(id)).to.include({ status: 'completed', hangupBy: 'callee' });
    unseen.remove();
    const seen = lookedAt(id);
    await eventually(() => seen.hits() === 1);
    await bench.ended(await bench.place('+33100000486'));
    expect(lost.hits()).to.equal(1);
    expect(bench.channels(id)[0]?.continued).to.equal(null);
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  /** Counts how often the channel is asked for by its name. */
  function lookedAt(id: string) {
    return bench.simulator.faults.onRequest({
      request: 'get-channel',
      fault: { kind: 'slow-reply', ms: 1 },
      when: ({ channelId }) => channelId?.startsWith(id) === true,
    });
  }
});
