import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

describe('two installations on one Asterisk', () => {
  let ours: Workbench;
  let theirs: Workbench;

  beforeEach(async () => {
    ours = await setUpWorkbench({ speed: 2 });
    theirs = await setUpWorkbench({}, { beside: ours });
    // Made with a database and different in each; tests clone theirs from one template.
    await theirs.sql("UPDATE installation SET name = 'theirs'");
  });
  afterEach(async () => {
    await theirs.close();
    await ours.close();
  });

  it('run their calls side by side, each in applications of its own', async () => {
    await ours.startWorker();
    await theirs.startWorker();
    await Promise.all([ours.ready(1), theirs.ready(1)]);
    const callees = ['001', '002', '006', '008', '486', '404'];
    const place = (bench: Workbench) =>
      Promise.all(callees.map((digits) => bench.place(`+33100000${digits}`, { ringTimeoutMs: 2_000 })));
    const [mine, other] = await Promise.all([place(ours), place(theirs)]);
    for (const [bench, ids] of [
      [ours, mine],
      [theirs, other],
    ] as const) {
      const statuses = await Promise.all(ids.map(async (id) => (await bench.ended(id)).status));
      expect(statuses).to.deep.equal(['completed', 'completed', 'no_answer', 'busy', 'busy', 'failed']);
      expect(await brokenLaws(bench, ids)).to.deep.equal([]);
      const apps = new Set(ids.flatMap((id) => bench.channels(id)).map(({ app }) => app));
      expect([...apps]).to.deep.equal((await bench.database.slots.list()).map(({ app }) => app));
    }
  });

  it('never touch what the other one’s dead worker left behind, and it ends right when that one is back', async () => {
    // One call in each stage of its life when the worker dies: created, ringing, up, and up without having been sent on.
    const { faults } = ours.simulator;
    const worker = theirs.startWorkerProcess();
    await theirs.ready(1);
    const ringing = await theirs.place('+33100000006', { ringTimeoutMs: 300_000 });
    const up = await theirs.place('+33100000002', { destination: LONG });
    await theirs.reaches(ringing, 'ringing');
    await eventually(async () => (await theirs.timeline(up)).includes('continued'));
    const lost = faults.onRequest({ request: 'continue', fault: { kind: 'drop' }, times: Infinity });
    const waiting = await theirs.place('+33100000002', { destination: LONG });
    await eventually(() => lost.hits() > 0);
    const question = faults.onRequest({ request: 'get-variable', fault: { kind: 'hang', executed: true } });
    const created = await theirs.place('+33100000001', { destination: { ...LONG, extension: 'load' } });
    await eventually(() => question.hits() === 1);
    worker.kill('SIGKILL');
    await worker.ended;
    lost.remove();

    const ids = [ringing, up, waiting, created];
    const touched = new Set<string>();
    const watch = faults.onRequest({
      fault: { kind: 'drop' },
      when: ({ method, path, channelId }) => {
        if (ids.some((id) => channelId?.startsWith(id))) touched.add(`${method} ${path}`);
        return false;
      },
    });
    await ours.startWorker();
    await ours.ready(1);
    const listed = faults.onRequest({
      request: 'list-channels',
      fault: { kind: 'slow-reply', ms: 1 },
      times: Infinity,
    });
    for (let n = 1; n <= 3; n++) {
      faults.cutSockets((await ours.database.slots.list())[0]?.app);
      await eventually(() => listed.hits() >= n);
      await ours.ready(1);
    }
    const mine = await ours.place('+33100000001');
    expect(await ours.ended(mine)).to.include({ status: 'completed' });
    expect([...touched]).to.deep.equal([]);
    expect(ids.flatMap((id) => theirs.channels(id)).map(({ ended }) => ended)).to.deep.equal([null, null, null, null]);
    watch.remove();

    await theirs.startWorker();
    await eventually(() => theirs.channels(waiting).some(({ continued }) => continued !== null));
    const dialledLater = await theirs.ended(created);
    expect(dialledLater).to.include({ status: 'completed' });
    expect(dialledLater.attempt).to.be.at.least(2);
    for (const id of [ringing, up, waiting]) await theirs.cancel(id);
    const statuses = await Promise.all([ringing, up, waiting].map(async (id) => (await theirs.ended(id)).status));
    expect(statuses).to.deep.equal(['canceled', 'completed', 'completed']);
    expect(await brokenLaws(theirs, ids)).to.deep.equal([]);
    expect(await brokenLaws(ours, [mine])).to.deep.equal([]);
    expect(ours.simulator.liveChannels()).to.equal(0);
  });
});
