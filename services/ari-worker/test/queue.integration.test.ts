import { isFinal } from '@dialgate/domain';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { brokenLaws } from './laws.js';
import { loseEverything } from './lose-everything.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

describe('when Redis loses everything', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 10 });
  });
  afterEach(() => bench.close());

  it('calls that wait for a worker are all dialled once when there is one', async () => {
    const ids = await placeMany(40);
    expect(await bench.producer.depth()).to.equal(40);
    expect(await loseEverything(bench.redis)).to.be.greaterThan(40);
    expect(await bench.producer.depth()).to.equal(0);
    await bench.sql(`UPDATE calls SET next_enqueue_at = now() + interval '1 h'`); // Nobody waits for their turn.
    await bench.startWorker();
    await allOver(ids);
    expect(ids.map(bench.invites)).to.deep.equal(ids.map(() => 1));
    expect(await brokenLaws(bench, ids)).to.deep.equal([]);
  });

  it('calls that wait for a free line are all dialled once, and those that are up go on', async () => {
    const limits = { MAX_CONCURRENT_CALLS: '4' };
    await bench.startWorker(limits);
    await bench.startWorker(limits);
    await bench.ready(2);
    const ids = await placeMany(24);
    await eventually(() => ids.some((id) => bench.channels(id).some(({ answeredAt }) => answeredAt !== null)));
    await loseEverything(bench.redis);
    expect((await bench.database.calls.backlog()).waiting).to.be.greaterThan(4);
    // It may be the victim of a deadlock with the workers' statements.
    await eventually(() => bench.sql('UPDATE calls SET next_enqueue_at = now()').then(() => true));
    await allOver(ids);
    const ended = await bench.database.calls.findAll(ids);
    expect([...ended.values()].filter(({ status }) => status !== 'completed')).to.deep.equal([]);
    expect(await brokenLaws(bench, ids)).to.deep.equal([]);
  });

  function placeMany(count: number): Promise<string[]> {
    return Promise.all(Array.from({ length: count }, () => bench.place('+33100000001')));
  }

  function allOver(ids: readonly string[]): Promise<unknown> {
    return eventually(async () => {
      const calls = await bench.database.calls.findAll(ids);
      return [...calls.values()].every(({ status }) => isFinal(status));
    });
  }
});

describe('a job', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 10 });
  });
  afterEach(() => bench.close());

  it('whose worker is killed with it in hand stalls, and its call is dialled once by another', async () => {
    const create = bench.simulator.faults.onRequest({ request: 'create', fault: { kind: 'hang', executed: false } });
    const first = bench.startWorkerProcess();
    await bench.ready(1);
    const id = await bench.place('+33100000001');
    await eventually(() => create.hits() === 1);
    first.kill('SIGKILL');
    await first.ended;
    expect(await bench.producer.depth()).to.equal(1);
    // A second job of the same call is the same job: the dead worker still has it.
    await bench.producer.add(id);
    expect(await bench.producer.depth()).to.equal(1);
    await bench.startWorker();
    expect(await bench.ended(id)).to.include({ status: 'completed', attempt: 2 });
    await eventually(async () => (await bench.producer.depth()) === 0);
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('that comes again while its call is being dialled, and after, dials nobody', async () => {
    await bench.startWorker();
    await bench.startWorker();
    await bench.ready(2);
    const dial = bench.simulator.faults.onRequest({ request: 'dial', fault: { kind: 'slow-reply', ms: 1_000 } });
    const id = await bench.place('+33100000001');
    await eventually(() => dial.hits() === 1);
    // Without its keys the queue takes the same call for a new job, while the first is being worked on.
    await loseEverything(bench.redis);
    await bench.producer.add(id);
    await eventually(async () => (await bench.producer.depth()) === 0);
    expect(await bench.ended(id)).to.include({ status: 'completed', attempt: 1 });
    await bench.producer.add(id);
    await eventually(async () => (await bench.producer.depth()) === 0);
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('whose call is ready long after its time to be dialled has it dialled all the same, and no other waits for that', async () => {
    const question = bench.simulator.faults.onRequest({
      request: 'get-variable',
      fault: { kind: 'delay', ms: 1_500 },
    });
    await bench.startWorker({ ORIGINATE_PER_SECOND: '10' });
    await bench.ready(1);
    const id = await bench.place('+33100000001');
    await eventually(() => question.hits() === 1);
    const others = await Promise.all(Array.from({ length: 3 }, () => bench.place('+33100000001')));
    for (const each of [id, ...others]) expect(await bench.ended(each)).to.include({ status: 'completed', attempt: 1 });
    expect(await brokenLaws(bench, [id, ...others])).to.deep.equal([]);
  });
});
