import { randomUUID } from 'node:crypto';
import type { Lease } from '@dialgate/database';
import type { SlotConnection } from '@dialgate/domain';
import { FOLLOWING, eventually } from '@dialgate/testing';
import { expect } from 'chai';
import pg from 'pg';
import { startApi, type Api } from './api.js';

describe('the state of health', () => {
  let api: Api;
  before(async () => (api = await startApi()));
  after(() => api.stop());

  const asAdmin = () => api.send('GET', '/health', { token: api.tokenOf(api.admin.id) });
  const asAnybody = () => api.send('GET', '/health', { token: null });
  const problemsOf = (body: Record<string, unknown>) => (body.problems as string[]).join(' ');

  const strict = () => api.send('GET', '/health/strict', { token: null });
  const codesOf = (body: Record<string, unknown>) => (body.reasons as { code: string }[]).map(({ code }) => code);

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
    // For as long as a slow machine may need.
    await api.tables.sql(
      `UPDATE worker_slots SET lease_until = now() + interval '1 hour', followed_at = now() + interval '1 hour',
         steady_since = now() - interval '1 hour' WHERE owner = $1`,
      [lease.owner],
    );
  };

  it('is degraded while no worker runs', async () => {
    await eventually(async () => {
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
      expect(codesOf(body)).to.deep.equal(['no_worker']);
      return true;
    });
  });

  it('is 503 to whoever asks strictly, with the reason, and not to a load balancer', async () => {
    await eventually(async () => {
      const { status, body } = await strict();
      expect(status).to.equal(503);
      expect(body).to.include({ code: 'calls_would_wait', detail: 'No worker is running: accepted calls wait.' });
      expect(body.reasons).to.deep.equal([
        {
          code: 'no_worker',
          stops: 'leaving',
          problem: 'No worker is running: accepted calls wait.',
          guide: 'docs/production-deployment.md#calls-stay-pending',
        },
      ]);
      return true;
    });
    await eventually(async () => (await api.send('GET', '/health/ready', { token: null })).status === 200);
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
    expect((await strict()).status).to.equal(200);
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
    expect(problemsOf(body)).to.include('host-1').and.to.include('1234 pending writes');
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

  it('stops saying ok when what is accepted does not leave: the socket is open, and the user may only read', async () => {
    await api.tables.sql('UPDATE worker_slots SET lease_until = now()');
    const lease = await take();
    await report(lease, 'read_only');
    const { body } = await eventually(async () => {
      const answer = await strict();
      return answer.status === 503 && codesOf(answer.body).includes('asterisk_read_only') ? answer : null;
    });
    expect(codesOf(body)).to.include('no_worker_ready');
    expect(body.detail).to.include('read_only = yes in ari.conf');
    await report(lease, 'connected');
    await eventually(async () => (await strict()).status === 200);
  });

  it('tells of each Asterisk, and names one that has lost its workers, for a day', async () => {
    const { slots } = api.tables.database;
    const taker = { asterisk: 'pbx-8:8088', appPrefix: 'cc', owner: randomUUID(), holder: 'host-8' };
    const lease = await slots.acquire(taker);
    await slots.identify(lease, { entityId: '02:00:00:00:00:08', version: '22.10.1' });
    await slots.renew(lease, { ...FOLLOWING, answeredRate: 0.5 });
    const boxOf = (body: Record<string, unknown>) =>
      (body.boxes as { entity_id: string }[]).find(({ entity_id }) => entity_id === '02:00:00:00:00:08');
    const served = await eventually(async () => boxOf((await asAdmin()).body));
    expect(served).to.include({ held_slots: 1, active_calls: 0, answered_rate: 0.5, breaker: 'closed' });

    await slots.release(lease);
    const body = await eventually(async () => {
      const answer = (await asAdmin()).body;
      return codesOf(answer).includes('box_without_worker') ? answer : null;
    });
    expect(body.status).to.equal('degraded');
    expect(problemsOf(body)).to.include('pbx-8:8088 has no worker any more');
    expect(boxOf(body)).to.include({ held_slots: 0, ready: false, answered_rate: null, breaker: null });
    expect((await strict()).status).to.equal(200);
    const { body: open, text } = await asAnybody();
    expect(open.boxes).to.deep.equal({ total: 2, ready: 1 });
    expect(text).not.to.match(/pbx-8|02:00:00:00/);

    await api.tables.sql(`UPDATE worker_slots SET followed_at = now() - interval '25 hours' WHERE owner IS NULL`);
    await eventually(async () => (await asAdmin()).body.status === 'ok');
    expect(boxOf((await asAdmin()).body)).to.equal(undefined);
  });

  it('finds a queue that stands still, and one that moves well', async () => {
    const call = await api.send('POST', '/api/v2/interaction/+33100000002');
    await api.tables.sql(`UPDATE calls SET created_at = now() - interval '40 s' WHERE id = $1`, [call.body.call_id]);
    await api.tables.sql(`UPDATE installation SET dial_turn = now() - interval '35 s'`);
    await eventually(async () => {
      const answer = await strict();
      return answer.status === 503 && codesOf(answer.body).includes('queue_stands_still');
    });
    await api.tables.sql(`UPDATE installation SET dial_turn = now() + interval '1 hour'`);
    await eventually(async () => (await strict()).status === 200);
    await api.send('DELETE', `/api/v2/calls/${String(call.body.call_id)}`);
  });

  it('tells a PostgreSQL that is slow from one that takes no calls', async () => {
    const locked = async (table: string): Promise<() => Promise<void>> => {
      const locker = new pg.Client({ connectionString: api.tables.ownerUrl });
      await locker.connect();
      await locker.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      return () => locker.end();
    };
    const healthOf = (status: string, code: string) =>
      eventually(async () => {
        const { body } = await asAnybody();
        return body.status === status && codesOf(body).includes(code) ? body : null;
      });

    const unlockAsterisks = await locked('asterisks'); // What waits is asked together with these.
    try {
      expect(await healthOf('degraded', 'database_slow')).to.deep.include({
        database: { status: 'ok' },
        queue: null,
      });
      await eventually(async () => (await strict()).status === 200); // A slow machine may be late with the slots as well.
      const call = await api.send('POST', '/api/v2/interaction/+33100000003');
      expect(call.status).to.equal(202);
      await api.send('DELETE', `/api/v2/calls/${String(call.body.call_id)}`);
    } finally {
      await unlockAsterisks();
    }
    const unlockCalls = await locked('calls');
    try {
      expect(await healthOf('down', 'database_away')).to.deep.include({ database: { status: 'down' } });
    } finally {
      await unlockCalls();
    }
    await eventually(async () => !codesOf((await asAnybody()).body).some((code) => code.startsWith('database_')));
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
