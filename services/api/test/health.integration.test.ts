import { randomUUID } from 'node:crypto';
import type { Lease, SlotConnection } from '@dialgate/database';
import { FOLLOWING, eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { startApi, type Api } from './api.js';

describe('the state of health', () => {
  let api: Api;
  before(async () => (api = await startApi()));
  after(() => api.stop());

  const asAdmin = () => api.send('GET', '/health', { token: api.tokenOf(api.admin.id) });
  const asAnybody = () => api.send('GET', '/health', { token: null });
  const problemsOf = (body: Record<string, unknown>) => (body.problems as string[]).join(' ');

  const take = () =>
    api.tables.database.slots.acquire({
      asterisk: 'pbx-7:8088',
      appPrefix: 'cc',
      owner: randomUUID(),
      holder: 'host-1',
    });
  const report = async (lease: Lease, connection: SlotConnection) => {
    const { slots } = api.tables.database;
    await slots.identify(lease, { entityId: '02:00:00:00:00:07', version: '22.10.1' });
    await slots.renew(lease, { ...FOLLOWING, connection, answeredRate: 1 });
  };

  it('is degraded while no worker runs', async () => {
    const { status, body } = await asAnybody();
    expect(status).to.equal(200);
    expect(body).to.deep.include({
      status: 'degraded',
      database: { status: 'ok' },
      redis: { status: 'ok' },
      queue: { waiting: 0, oldest_waiting_seconds: null },
      facts: { waiting: 0, dropped: 0 },
      workers: { total: 0, connected: 0 },
    });
    expect(problemsOf(body)).to.include('No worker is running');
  });

  it('is good with a worker that is connected', async () => {
    const lease = await take();
    await report(lease, 'connected');
    const body = await eventually(async () => {
      const answer = (await asAdmin()).body;
      return answer.status === 'ok' ? answer : null;
    });
    const [worker] = body.workers as Record<string, unknown>[];
    expect(worker).to.include({
      asterisk: 'pbx-7:8088',
      entity_id: '02:00:00:00:00:07',
      slot: 1,
      holder: 'host-1',
      connection: 'connected',
      ready: true,
      version: '22.10.1',
      active_calls: 0,
      answered_rate: 1,
      breaker: 'closed',
      facts_waiting: null,
      facts_dropped: null,
    });
    expect(worker).to.include({ worker_version: null, worker_commit: null });
    expect(worker!.since).to.match(/Z$/);
    expect(body.problems).to.deep.equal([]);
    expect(body.since).to.match(/Z$/);
  });

  it('says plainly that an ARI password is wrong, and names the Asterisk only to admins', async () => {
    await report(await take(), 'unauthorized');
    const body = await eventually(async () => {
      const answer = (await asAdmin()).body;
      return answer.status === 'degraded' ? answer : null;
    });
    expect(problemsOf(body)).to.include('pbx-7:8088').and.to.include('ARI_PASSWORD is wrong');
    expect((body.workers as { connection: string }[]).map(({ connection }) => connection)).to.include('unauthorized');

    for (const token of [null, 'garbage', api.tokenOf(api.user.id)]) {
      const { status, body: open, text } = await api.send('GET', '/health', { token });
      expect(status).to.equal(200);
      expect(open).to.include({ status: 'degraded' });
      expect(problemsOf(open)).to.include('ARI_PASSWORD is wrong');
      expect(open.workers).to.deep.equal({ total: 2, connected: 1 });
      expect(text).not.to.match(/pbx-7|host-1|cc-/);
    }
  });

  it('is degraded while a worker cannot write what it hears, and says how much', async () => {
    const facts = { waiting: 1_234, oldestSeconds: 9, dropped: 0, lastDroppedSecondsAgo: null };
    await api.workers.say('one', { holder: 'host-1', asterisk: 'pbx-7:8088', facts });
    const body = await eventually(async () => {
      const answer = (await asAdmin()).body;
      return problemsOf(answer).includes('cannot write to PostgreSQL') ? answer : null;
    });
    expect(body.status).to.equal('degraded');
    expect(problemsOf(body)).to.include('host-1').and.to.include('1234 facts');
    expect((body.workers as Record<string, unknown>[])[0]).to.include({ facts_waiting: 1_234, facts_dropped: 0 });

    const { body: open, text } = await asAnybody();
    expect(open.facts).to.deep.equal({ waiting: 1_234, dropped: 0 });
    expect(text).not.to.include('host-1');
    await api.workers.takeBack('one');
  });

  it('says that an Asterisk cannot be reached', async () => {
    await report(await take(), 'unreachable');
    await eventually(async () => problemsOf((await asAnybody()).body).includes('cannot reach'));
  });

  it('counts what waits', async () => {
    await api.send('POST', '/api/v2/interaction/+33100000001');
    const queue = await eventually(async () => {
      const found = (await asAnybody()).body.queue as { waiting: number; oldest_waiting_seconds: number };
      return found.waiting === 1 ? found : null;
    });
    expect(queue.oldest_waiting_seconds).to.be.within(0, 600);
  });
});
