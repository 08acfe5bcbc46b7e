import { silentLog } from '@dialgate/service-kit';
import { eventually, patience, standStill, testRedis } from '@dialgate/testing';
import { expect } from 'chai';
import { createPresence, openWorkerReports, type WorkerReport, type WorkerReports } from '../src/index.js';

describe('the reports of workers', function () {
  this.timeout(10_000);

  const report = (holder: string): WorkerReport => ({
    holder,
    asterisk: 'pbx-7:8088',
    facts: { waiting: 3, oldestSeconds: 1, dropped: 0, lastDroppedSecondsAgo: null },
  });

  /** Without how long ago they were said. */
  async function said(reports: WorkerReports): Promise<WorkerReport[]> {
    return (await reports.all()).map(({ saidMsAgo, ...said }) => {
      expect(saidMsAgo).to.be.within(0, 10_000);
      return said;
    });
  }

  function open() {
    const { url, prefix } = testRedis();
    return openWorkerReports({ redisUrl: url, prefix, log: silentLog });
  }

  it('are read by all, the latest of each worker, until it takes its own back', async () => {
    const reports = open();
    expect(await eventually(() => reports.all())).to.deep.equal([]);
    await reports.say('a', report('host-1'));
    await reports.say('b', report('host-2'));
    await reports.say('a', { ...report('host-1'), asterisk: 'pbx-8:8088' });
    expect(await said(reports)).to.have.deep.members([
      { ...report('host-1'), asterisk: 'pbx-8:8088' },
      report('host-2'),
    ]);
    await reports.takeBack('a');
    expect(await said(reports)).to.deep.equal([report('host-2')]);
    reports.close();
  });

  it('grow older until they are said again', async () => {
    const reports = open();
    await eventually(() => reports.all());
    await reports.say('a', report('host-1'));
    const older = await eventually(async () => {
      const [received] = await reports.all();
      return received !== undefined && received.saidMsAgo > 500 ? received : null;
    });
    await reports.say('a', report('host-1'));
    const [again] = await reports.all();
    expect(again?.saidMsAgo).to.be.lessThan(older.saidMsAgo + 1);
    reports.close();
  });

  it('are told by other processes beside them, for as long as they run', async () => {
    const reports = open();
    await eventually(() => reports.processes());
    const build = { version: '1.2.3', commit: null };
    const presence = createPresence('api', reports, silentLog);
    for (const part of presence) await part.start?.();
    const [api] = await eventually(async () => {
      const all = await reports.processes();
      return all.length > 0 ? all : null;
    });
    expect(api).to.include({ service: 'api' });
    expect(api?.holder).to.include(String(process.pid));
    await reports.sayProcess('b', { service: 'webhook-worker', holder: 'host-2', build });
    expect(await reports.processes()).to.have.length(2);
    for (const part of presence.reverse()) await part.stop?.();
    expect(await reports.processes()).to.deep.equal([{ service: 'webhook-worker', holder: 'host-2', build }]);
    expect(await reports.all()).to.deep.equal([]);
    reports.close();
  });

  it('are connected although this process stood still while the connection came up', async () => {
    const warnings: unknown[] = [];
    const { url, prefix } = testRedis();
    const log = { ...silentLog, warn: (fields: unknown) => void warnings.push(fields) };
    const reports = openWorkerReports({ redisUrl: url, prefix, log });
    await standStill(2_000);
    expect(await eventually(() => reports.all(), 10_000)).to.deep.equal([]);
    expect(warnings).to.deep.equal([]);
    reports.close();
  });

  it('fail at once without Redis, never hang', async () => {
    const reports = openWorkerReports({ redisUrl: 'redis://127.0.0.1:1', prefix: 'x', log: silentLog });
    const since = performance.now();
    const answers = await Promise.allSettled([
      reports.say('a', report('host-1')),
      reports.takeBack('a'),
      reports.all(),
    ]);
    expect(answers.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'rejected']);
    expect(performance.now() - since).to.be.lessThan(patience(2_000));
    reports.close();
  });
});
