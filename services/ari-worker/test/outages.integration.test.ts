import { openWorkerReports } from '@dialgate/redis';
import { silentLog } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

describe('when Asterisk', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 5 });
  });
  afterEach(() => bench.close());

  it('is down, a call waits and is dialled once it is back', async () => {
    bench.simulator.faults.refuseConnections();
    await bench.startWorker();
    const id = await bench.place('+33100000001');
    await eventually(async () => (await slot()).connection === 'unreachable');
    expect(await bench.call(id)).to.include({ status: 'pending', attempt: 0 });
    await bench.simulator.faults.acceptConnections();
    expect(await bench.ended(id)).to.include({ status: 'completed' });
    expect(bench.invites(id)).to.equal(1);
  });

  it('is still booting, a call waits and is dialled once it has', async () => {
    bench.simulator.faults.setPhase('starting');
    await bench.startWorker();
    const id = await bench.place('+33100000001');
    await eventually(async () => (await slot()).connection === 'unreachable');
    bench.simulator.faults.setPhase('not-booted');
    expect(await bench.call(id)).to.include({ status: 'pending', attempt: 0 });
    bench.simulator.faults.setPhase('ready');
    expect(await bench.ended(id)).to.include({ status: 'completed' });
  });

  it('refuses our password, calls wait and the slot says why', async () => {
    const worker = await bench.startWorker({ ARI_PASSWORD: 'wrong' });
    const id = await bench.place('+33100000001');
    await eventually(async () => (await slot()).connection === 'unauthorized');
    expect(await bench.call(id)).to.include({ status: 'pending', attempt: 0 });
    await worker.stop();
    await bench.startWorker();
    expect(await bench.ended(id)).to.include({ status: 'completed' });
  });

  it('lets our user only read, calls wait and the slot says why, until it may write', async () => {
    const fault = { kind: 'answer', status: 403, body: { message: 'Write access denied' } } as const;
    const readOnly = bench.simulator.faults.onRequest({
      fault,
      when: ({ method }) => method !== 'GET',
      times: Infinity,
    });
    await bench.startWorker();
    const id = await bench.place('+33100000001');
    await eventually(async () => (await slot()).connection === 'read_only');
    expect(await bench.call(id)).to.include({ status: 'pending', attempt: 0 });
    readOnly.remove();
    expect(await bench.ended(id)).to.include({ status: 'completed' });
  });

  it('has a module less, calls wait and the slot says which, until it is loaded', async () => {
    const fault = { kind: 'answer', status: 404, body: { message: 'Resource not found' } } as const;
    const missing = bench.simulator.faults.onRequest({ request: 'list-channels', fault, times: Infinity });
    await bench.startWorker();
    const id = await bench.place('+33100000001');
    await eventually(async () => (await slot()).connection === 'no_ari_channels');
    missing.remove();
    expect(await bench.ended(id)).to.include({ status: 'completed' });
  });

  it('has no such trunk: the worker tells it once too many channels were refused in a row', async () => {
    await bench.startWorker({ DIAL_ENDPOINT: 'PJSIP/{number}@elsewhere' });
    await bench.ready(1);
    const ids = await Promise.all([1, 2, 3, 4, 5].map((n) => bench.place(`+3310000000${n}`)));
    for (const id of ids) expect(await bench.ended(id)).to.include({ failureReason: 'trunk_unavailable' });
    const reports = openWorkerReports({ redisUrl: bench.redis.url, prefix: bench.redis.prefix, log: silentLog });
    const told = await eventually(async () => (await reports.all())[0]?.refusals);
    expect(told).to.include({ inARow: 5, why: 'trunk_unavailable' });
    reports.close();
  });

  it('cuts the socket in the middle of a call, its end is still seen', async () => {
    await bench.startWorker();
    await bench.ready(1);
    const id = await bench.place('+33100000012', { destination: LONG });
    await bench.reaches(id, 'answered');
    bench.simulator.faults.cutSockets();
    expect(await bench.ended(id)).to.include({ status: 'completed', hangupCause: 16 });
  });

  it('is restarted without a word, a call that was up is completed and says so', async () => {
    await bench.startWorker();
    await bench.ready(1);
    const up = await bench.place('+33100000002', { destination: LONG });
    const ringing = await bench.place('+33100000006');
    await bench.reaches(up, 'answered');
    await bench.reaches(ringing, 'ringing');
    await bench.simulator.restart('kill');
    expect(await bench.ended(up)).to.include({ status: 'completed', failureReason: 'asterisk_restarted' });
    expect(await bench.ended(ringing)).to.include({ status: 'failed', failureReason: 'asterisk_restarted' });
    const after = await bench.place('+33100000001');
    expect(await bench.ended(after)).to.include({ status: 'completed' });
  });

  it('is restarted and says only when asked again that it was, its calls still say so', async () => {
    await bench.startWorker();
    await bench.ready(1);
    const up = await bench.place('+33100000002', { destination: LONG });
    await bench.reaches(up, 'answered');
    const unsaid = ['answer', 'drop'].map((kind) =>
      bench.simulator.faults.onRequest({
        request: 'info',
        fault: kind === 'drop' ? { kind } : { kind: 'answer', status: 503, body: { message: 'Asterisk not booted' } },
        times: 1,
      }),
    );
    await bench.simulator.restart('kill');
    expect(await bench.ended(up)).to.include({ status: 'completed', failureReason: 'asterisk_restarted' });
    for (const fault of unsaid) expect(fault.hits()).to.equal(1);
  });

  it('loses the answer to a create, the call is given back and dialled once', async () => {
    bench.simulator.faults.onRequest({ request: 'create', fault: { kind: 'lose-reply' } });
    await bench.startWorker();
    const id = await bench.place('+33100000001');
    const call = await bench.ended(id);
    expect(call).to.include({ status: 'completed', attempt: 2 });
    expect(bench.invites(id)).to.equal(1);
    await eventually(() => bench.simulator.liveChannels() === 0);
  });

  it('loses the answer to a dial, the call is followed and never dialled again', async () => {
    bench.simulator.faults.onRequest({ request: 'dial', fault: { kind: 'lose-reply' } });
    await bench.startWorker();
    const id = await bench.place('+33100000001');
    expect(await bench.ended(id)).to.include({ status: 'completed', attempt: 1 });
    expect(bench.invites(id)).to.equal(1);
  });

  it('loses the dial itself, the call fails as not dialled and is never dialled again', async () => {
    bench.simulator.faults.onRequest({ request: 'dial', fault: { kind: 'drop' } });
    await bench.startWorker();
    const id = await bench.place('+33100000001', { ringTimeoutMs: 1_000 });
    await bench.reaches(id, 'dialing');
    // Whoever looks next finds a channel that never rang; after its timeout and ten seconds it is hung up.
    await bench.sql(`UPDATE calls SET dial_sent_at = dial_sent_at - interval '60 s' WHERE id = $1`, [id]);
    bench.simulator.faults.cutSockets();
    expect(await bench.ended(id)).to.include({ status: 'failed', failureReason: 'not_dialed' });
    expect(bench.invites(id)).to.equal(0);
    expect(bench.simulator.liveChannels()).to.equal(0);
  });

  it('is not ready for the dial, which has carried out nothing, it is dialled later', async () => {
    const unready = bench.simulator.faults.onRequest({
      request: 'dial',
      fault: { kind: 'answer', status: 503, body: { message: 'Asterisk not booted' } },
    });
    await bench.startWorker();
    const id = await bench.place('+33100000001');
    expect(await bench.ended(id)).to.include({ status: 'completed', attempt: 2 });
    expect(await bench.timeline(id)).to.include('permit_returned');
    expect(unready.hits()).to.equal(1);
    expect(bench.invites(id)).to.equal(1);
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('refuses the dial, the call fails as not dialled', async () => {
    bench.simulator.faults.onRequest({
      request: 'dial',
      fault: { kind: 'answer', status: 409, body: { message: 'Channel not in Stasis application' } },
    });
    await bench.startWorker();
    const id = await bench.place('+33100000001');
    expect(await bench.ended(id)).to.include({ status: 'failed', failureReason: 'not_dialed', hangupCause: null });
    await eventually(() => bench.simulator.liveChannels() === 0);
  });

  it('does not take a continue at first, the callee is sent on all the same', async () => {
    bench.simulator.faults.onRequest({
      request: 'continue',
      fault: { kind: 'answer', status: 500, body: {} },
      times: 3,
    });
    await bench.startWorker();
    const id = await bench.place('+33100000002');
    expect(await bench.ended(id)).to.include({ status: 'completed' });
    await eventually(async () => (await bench.timeline(id)).includes('continued'));
  });

  it('repeats, swaps and delays events, every call still ends right', async () => {
    bench.simulator.faults.onEvent({ fault: { kind: 'duplicate' }, times: Infinity, probability: 0.3 });
    bench.simulator.faults.onEvent({ fault: { kind: 'delay', ms: 20 }, times: Infinity, probability: 0.3 });
    await bench.startWorker();
    const endings = { '001': 'completed', '486': 'busy', '404': 'failed', '008': 'busy', '006': 'no_answer' };
    const placed = await Promise.all(
      Object.keys(endings).map((digits) => bench.place(`+33100000${digits}`, { ringTimeoutMs: 3_000 })),
    );
    const ended = await Promise.all(placed.map((id) => bench.ended(id)));
    expect(ended.map(({ status }) => status)).to.have.members(Object.values(endings));
    expect(placed.map(bench.invites)).to.deep.equal(placed.map(() => 1));
  });

  it('has its application opened by somebody else, the worker does not fight and takes another slot', async () => {
    await bench.startWorker();
    await bench.ready(1);
    const { app } = await slot();
    const url = `${bench.simulator.ariUrl.replace('http', 'ws')}/events?app=${app}&api_key=gateway:simulator-secret`;
    const thief = new WebSocket(url);
    await eventually(async () => {
      const slots = await bench.database.slots.list();
      return slots.some((other) => other.app !== app && other.held && other.connection === 'connected');
    });
    const id = await bench.place('+33100000001');
    expect(await bench.ended(id)).to.include({ status: 'completed' });
    thief.close();
  });

  async function slot() {
    const [first] = await eventually(async () => {
      const slots = await bench.database.slots.list();
      return slots.length > 0 ? slots : null;
    });
    if (first === undefined) throw new Error('no slot');
    return first;
  }
});
