import { durationSeconds } from '@dialgate/domain';
import { eventually, someNewCall } from '@dialgate/testing';
import { expect } from 'chai';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

describe('when a worker', function () {
  this.timeout(90_000);
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 1 });
  });
  afterEach(() => bench.close());

  it('is killed while its calls are up, the next one follows them to their right end', async () => {
    const first = bench.startWorkerProcess();
    await bench.ready(1);
    const up = await bench.place('+33100000012', { destination: LONG });
    const ringing = await bench.place('+33100000006', { ringTimeoutMs: 20_000 });
    await bench.reaches(up, 'answered');
    await bench.reaches(ringing, 'ringing');
    first.kill('SIGKILL');
    await first.ended;
    await bench.startWorker();
    const ended = await bench.ended(up, 20_000);
    expect(ended.status).to.equal('completed');
    expect(durationSeconds(ended)).to.be.within(3, 25);
    expect(await bench.ended(ringing, 40_000)).to.include({ status: 'no_answer' });
    expect([bench.invites(up), bench.invites(ringing)]).to.deep.equal([1, 1]);
  });

  it('is killed before the callee answers, they are connected as soon as another has its slot', async () => {
    const first = bench.startWorkerProcess();
    await bench.ready(1);
    const id = await bench.place('+33100000004', { destination: LONG });
    await eventually(() => bench.invites(id) === 1); // The row says dialing a moment before the dial is sent.
    first.kill('SIGKILL');
    await first.ended;
    await eventually(() => bench.channels(id)[0]?.answeredAt !== null, 10_000);
    expect(await bench.call(id)).to.include({ status: 'dialing', answeredAt: null });
    await bench.startWorker();
    expect(await bench.reaches(id, 'answered', 20_000)).to.include({ attempt: 1 });
    await eventually(() => bench.channels(id)[0]?.continued !== null);
    const [channel] = bench.channels(id);
    expect(channel?.continued).to.include(LONG);
    expect(channel?.ended, 'dropped').to.equal(null);
    await bench.cancel(id);
    expect(await bench.ended(id)).to.include({ status: 'completed', hangupBy: 'gateway' });
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('is killed between claim and dial, the call is dialled once by the next', async () => {
    const held = bench.simulator.faults.onRequest({
      request: 'get-variable',
      fault: { kind: 'hang', executed: true },
      times: 1,
    });
    const first = bench.startWorkerProcess();
    await bench.ready(1);
    const id = await bench.place('+33100000001');
    await eventually(() => held.hits() === 1);
    expect(await bench.call(id)).to.include({ status: 'pending', attempt: 1 });
    first.kill('SIGKILL');
    await first.ended;
    await bench.startWorker();
    expect(await bench.ended(id, 40_000)).to.include({ status: 'completed', attempt: 2 });
    expect(bench.invites(id)).to.equal(1);
    await eventually(() => bench.simulator.liveChannels() === 0);
  });

  it('is paused and wakes, it takes another slot and leaves its calls to whoever has them now', async () => {
    const sleeper = bench.startWorkerProcess();
    await bench.ready(1);
    const id = await bench.place('+33100000006', { ringTimeoutMs: 40_000 });
    await bench.reaches(id, 'ringing');
    await bench.startWorker();
    await bench.ready(2);
    const epochs = () => bench.sql<{ epoch: number }>('SELECT epoch FROM worker_slots ORDER BY number');
    sleeper.kill('SIGSTOP');
    await eventually(async () => (await epochs())[0]?.epoch === 2, 30_000);
    sleeper.kill('SIGCONT');
    await bench.ready(3, 20_000);
    expect((await epochs()).map(({ epoch }) => epoch)).to.deep.equal([2, 1, 1]);
    expect(await bench.ended(id, 40_000)).to.include({ status: 'no_answer', hangupCause: 19 });
    expect(bench.invites(id)).to.equal(1);
  });

  it('is stopped while others live, they take its calls over', async () => {
    const first = bench.startWorkerProcess();
    await bench.ready(1);
    const id = await bench.place('+33100000002', { destination: LONG });
    await bench.reaches(id, 'answered');
    await bench.startWorker();
    await bench.ready(2);
    first.kill('SIGTERM');
    expect(await first.ended).to.equal(0);
    await bench.database.calls.requestCancel(id, null);
    expect(await bench.ended(id, 20_000)).to.include({ status: 'completed', hangupCause: 16 });
  });

  it('is stopped alone, it follows its last call to the end', async () => {
    const worker = bench.startWorkerProcess({ DRAIN_SECONDS: '30' });
    await bench.ready(1);
    const id = await bench.place('+33100000012', { destination: LONG });
    await bench.reaches(id, 'answered');
    worker.kill('SIGTERM');
    expect(await worker.ended).to.equal(0);
    expect(await bench.call(id)).to.include({ status: 'completed', hangupBy: 'callee' });
  });

  it('has missing and wrong settings, it names them all and exits with 1', async () => {
    const worker = bench.startWorkerProcess({
      ARI_HTTP_URL: '',
      DIAL_ENDPOINT: 'PJSIP/trunk',
      ORIGINATE_PER_SECOND: '-1',
    });
    expect(await worker.ended).to.equal(1);
  });
});

describe('when jobs get lost', function () {
  this.timeout(40_000);
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 10 });
  });
  afterEach(() => bench.close());

  it('a call whose job was never queued is found by the sweep', async () => {
    await bench.startWorker();
    const { database, userId } = bench;
    const created = await database.calls.create(someNewCall({ userId, phoneNumber: '+33100000001' }));
    if (created.outcome === 'key_reused') throw new Error('a key was reused');
    expect(await bench.ended(created.id, 15_000)).to.include({ status: 'completed' });
  });

  it('a job that is delivered many times dials once', async () => {
    await bench.startWorker();
    await bench.startWorker();
    const id = await bench.place('+33100000001');
    for (let n = 0; n < 20; n++) {
      await bench.producer.add(id);
      await eventually(async () => (await bench.producer.depth()) === 0);
    }
    expect(await bench.ended(id)).to.include({ status: 'completed', attempt: 1 });
    expect(bench.invites(id)).to.equal(1);
  });

  it('a call whose time is over ends expired and rings nobody', async () => {
    const id = await bench.place('+33100000001', { expiresInMs: 1 });
    await bench.startWorker();
    expect(await bench.ended(id)).to.include({ status: 'failed', failureReason: 'expired', attempt: 0 });
    expect(bench.invites(id)).to.equal(0);
  });
});
