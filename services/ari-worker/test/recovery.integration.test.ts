import { WORKER_TIMES } from '@dialgate/database';
import { eventually, slowness, someNewCall } from '@dialgate/testing';
import { expect } from 'chai';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

describe('when a worker', () => {
  let bench: Workbench;

  beforeEach(async () => {
    // Lasts as long on a slow machine as it takes there until another worker has the calls.
    bench = await setUpWorkbench({ speed: 4, timerBSeconds: 32 * Math.max(1, slowness() / 2) });
  });
  afterEach(() => bench.close());

  it('is killed while it has calls, the next one follows them to their right end', async () => {
    const first = bench.startWorkerProcess();
    await bench.ready(1);
    const up = await bench.place('+33100000002', { destination: LONG });
    const endsUnheard = await bench.place('+33100000002', { destination: LONG });
    const ringing = await bench.place('+33100000006', { ringTimeoutMs: 40_000 * Math.max(1, slowness() / 4) });
    await Promise.all([up, endsUnheard].map((id) => bench.reaches(id, 'answered')));
    await bench.reaches(ringing, 'ringing');
    first.kill('SIGKILL');
    await first.ended;
    await bench.ask('DELETE', `/channels/${endsUnheard}.1`);
    await bench.startWorker();
    expect(await bench.ended(endsUnheard)).to.include({ status: 'completed', failureReason: 'lost' });
    expect(await bench.ended(ringing)).to.include({ status: 'no_answer', hangupCause: 19 });
    await bench.cancel(up);
    expect(await bench.ended(up)).to.include({ status: 'completed', hangupBy: 'gateway', hangupCause: 16 });
    expect(await brokenLaws(bench, [up, endsUnheard, ringing])).to.deep.equal([]);
  });

  it('is killed, the next follows its calls even though it comes before Asterisk answers', async () => {
    const first = bench.startWorkerProcess();
    await bench.ready(1);
    const up = await bench.place('+33100000002', { destination: LONG });
    await bench.reaches(up, 'answered');
    first.kill('SIGKILL');
    await first.ended;
    const silent = bench.simulator.faults.onRequest({
      request: 'info',
      fault: { kind: 'answer', status: 503 },
      times: Infinity,
    });
    await bench.startWorker();
    await eventually(() => silent.hits() > 0);
    // It has taken a slot without knowing whose.
    await eventually(async () => (await bench.sql('SELECT id FROM worker_slots')).length === 2);
    silent.remove();
    await bench.cancel(up);
    expect(await bench.ended(up)).to.include({ status: 'completed', hangupBy: 'gateway' });
    expect(await brokenLaws(bench, [up])).to.deep.equal([]);
  });

  it('is killed before early media, which leaves no trace in a channel’s state, the next one learns of it', async () => {
    const first = bench.startWorkerProcess();
    await bench.ready(1);
    const lost = bench.simulator.faults.onEvent({
      fault: { kind: 'drop' },
      when: ({ body }) => body.type === 'Dial',
      times: Infinity,
    });
    const early = await bench.place('+33100000009', { ringTimeoutMs: 60_000 });
    const silent = await bench.place('+33100000007', { ringTimeoutMs: 300_000 });
    await eventually(
      () => bench.channels(early).some(({ progressAt }) => progressAt !== null) && bench.invites(silent) === 1,
    );
    first.kill('SIGKILL');
    await first.ended;
    lost.remove();
    expect(await bench.call(early)).to.include({ status: 'dialing', ringingAt: null });
    await bench.startWorker();
    await bench.reaches(early, 'ringing', 60_000);
    expect(await bench.ended(early, 120_000)).to.include({ status: 'no_answer', hangupCause: 19 });
    expect(await bench.ended(silent, 120_000)).to.include({ status: 'failed', failureReason: 'unreachable' });
    expect(await brokenLaws(bench, [early, silent])).to.deep.equal([]);
  });

  it('is killed before the callee answers, they are connected as soon as another has its slot', async () => {
    const first = bench.startWorkerProcess();
    await bench.ready(1);
    const id = await bench.place('+33100000004', { destination: LONG });
    await eventually(() => bench.invites(id) === 1); // The row says dialing a moment before the dial is sent.
    first.kill('SIGKILL');
    await first.ended;
    await eventually(() => bench.channels(id)[0]!.answeredAt !== null);
    expect(await bench.call(id)).to.include({ status: 'dialing', answeredAt: null });
    await bench.startWorker();
    expect(await bench.reaches(id, 'answered')).to.include({ attempt: 1 });
    await eventually(() => bench.channels(id)[0]!.continued !== null);
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
    expect(await bench.ended(id)).to.include({ status: 'completed', attempt: 2 });
    expect(bench.invites(id)).to.equal(1);
    await eventually(() => bench.simulator.liveChannels() === 0);
  });

  it('is paused and wakes, it takes another slot and leaves its calls to whoever has them now', async () => {
    const sleeper = bench.startWorkerProcess();
    await bench.ready(1);
    const id = await bench.place('+33100000006', { ringTimeoutMs: 600_000 });
    await bench.reaches(id, 'ringing');
    await bench.startWorker();
    await bench.ready(2);
    const epochs = () => bench.sql<{ epoch: number }>('SELECT epoch FROM worker_slots ORDER BY number');
    sleeper.kill('SIGSTOP');
    await eventually(async () => (await epochs())[0]?.epoch === 2);
    sleeper.kill('SIGCONT');
    await bench.ready(3);
    expect((await epochs()).map(({ epoch }) => epoch)).to.deep.equal([2, 1, 1]);
    await bench.cancel(id);
    expect(await bench.ended(id)).to.include({ status: 'canceled', hangupBy: 'gateway' });
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
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
    expect(await bench.ended(id)).to.include({ status: 'completed', hangupCause: 16 });
  });
});

describe('a worker as operators run it', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 4 }, { times: WORKER_TIMES });
  });
  afterEach(() => bench.close());

  it('that is stopped alone follows its last call to the end', async () => {
    const worker = bench.startWorkerProcess({ DRAIN_SECONDS: '600' });
    await bench.ready(1);
    const id = await bench.place('+33100000012', { destination: LONG });
    await bench.reaches(id, 'answered');
    worker.kill('SIGTERM');
    expect(await worker.ended).to.equal(0);
    expect(await bench.call(id)).to.include({ status: 'completed', hangupBy: 'callee' });
  });

  it('with missing and wrong settings names them all and exits with 1', async () => {
    const worker = bench.startWorkerProcess({
      ARI_HTTP_URL: '',
      ARI_USERNAME: '',
      DIAL_ENDPOINT: 'PJSIP/trunk',
      ORIGINATE_PER_SECOND: '-1',
    });
    expect(await worker.ended).to.equal(1);
    const named = worker.complaints().match(/(?<=^ {2}- )[A-Z_]+/gm);
    expect(named).to.have.members(['ARI_HTTP_URL', 'ARI_USERNAME', 'DIAL_ENDPOINT', 'ORIGINATE_PER_SECOND']);
  });
});

describe('when jobs get lost', () => {
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
    await bench.sql('UPDATE calls SET next_enqueue_at = now()'); // Five seconds later.
    expect(await bench.ended(created.id)).to.include({ status: 'completed' });
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
