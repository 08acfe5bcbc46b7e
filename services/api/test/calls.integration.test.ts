import { randomUUID } from 'node:crypto';
import { requiredTransition, soFar, type CallEvent, type HungUp } from '@dialgate/domain';
import { silentLog } from '@dialgate/service-kit';
import { openCancelRequestListener } from '@dialgate/redis';
import { eventually, FOLLOWING, someObservation } from '@dialgate/testing';
import { expect } from 'chai';
import { startApi, type Api } from './api.js';

const NOBODYS = '0192f3a4-5b6c-7d8e-9f00-112233445566';
const END: HungUp = {
  type: 'hung_up',
  cause: 16,
  sipStatus: null,
  requestedBy: 'far_end',
  dialResult: null,
  wasUp: true,
};

describe('a call that was accepted', () => {
  let api: Api;
  before(async () => (api = await startApi({}, { sweepMs: 50 })));
  after(() => api.stop());

  async function newCall(json: object = {}): Promise<string> {
    const answer = await api.send('POST', '/api/v2/interaction/+33100000001', { json });
    expect(answer.status, answer.text).to.equal(202);
    return String(answer.body.call_id);
  }

  const status = async (id: string) => (await api.send('GET', `/api/v2/status/${id}`)).body;

  /** A worker takes the call and dials it, and these things happen to it. */
  async function dialed(id: string, ...events: CallEvent[]): Promise<void> {
    const { calls, slots } = api.tables.database;
    const lease = await slots.acquire({ asterisk: 'pbx:8088', appPrefix: 'test', owner: randomUUID(), holder: 'test' });
    await calls.claim(id, lease, { maxConcurrentCalls: 0, originatePerSecond: 0 });
    expect(await calls.permitDial({ callId: id, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch })).to.equal(
      true,
    );
    for (const event of events) {
      const transition = requiredTransition(event, soFar((await calls.find(id))!));
      await calls.apply(someObservation(id, event), transition, {
        attempt: 1,
        slotId: lease.slotId,
        slotEpoch: lease.epoch,
      });
    }
  }

  it('is told in full under each of its addresses', async () => {
    const id = await newCall({ caller_id: 'Desk <+33123456789>', metadata: { order: 7 }, priority: 2 });
    const paths = [
      `/api/v2/status/${id}`,
      `/api/v2/interaction/${id}/status`,
      `/api/v2/calls/${id}`,
      `/api/v2/calls/${id.toUpperCase()}`,
    ];
    for (const path of paths) {
      const answer = await api.send('GET', path);
      expect(answer.status, path).to.equal(200);
      const { created_at, ...rest } = answer.body;
      expect(created_at).to.be.a('string');
      expect(rest).to.deep.equal({
        call_id: id,
        phone_number: '+33100000001',
        status: 'pending',
        channel: null,
        context: 'outbound-ivr',
        extension: 's',
        priority: 2,
        connect_to: null,
        caller_id: '"Desk" <+33123456789>',
        not_before: null,
        calling_window: null,
        dialed_at: null,
        ringing_at: null,
        answered_at: null,
        ended_at: null,
        duration: null,
        failure_reason: null,
        hangup_cause: null,
        hangup_cause_text: null,
        sip_status: null,
        hangup_by: null,
        attempt_number: 1,
        is_active: true,
        is_completed: false,
        metadata: { order: 7 },
        results: {},
        attempt_of: null,
        try_number: 1,
        order: null,
        erased_at: null,
        // Nobody takes calls here: no worker runs.
        queue: { position: 1, estimated_start: null },
      });
    }
  });

  it('tells its place while it waits, and when it will about be dialled, by what the workers say of their limits', async () => {
    await api.tables.sql(`UPDATE calls SET status = 'canceled', ended_at = now() WHERE ended_at IS NULL`);
    const ids = [await newCall(), await newCall(), await newCall()];
    const { slots } = api.tables.database;
    const lease = await slots.acquire({ asterisk: 'pbx:q', appPrefix: 'test', owner: randomUUID(), holder: 'test' });
    await slots.renew(lease, FOLLOWING);
    await api.tables.sql(
      `UPDATE worker_slots SET lease_until = now() + interval '1 day', followed_at = now() + interval '1 day'`,
    );
    const facts = { waiting: 0, oldestSeconds: null, dropped: 0, lastDroppedSecondsAgo: null };
    const limits = { maxConcurrentCalls: 0, originatePerSecond: 0.001 };
    const queueOf = async (id: string) =>
      (await status(id)).queue as { position: number; estimated_start: string | null };
    const queues = await eventually(async () => {
      // It is believed for ten seconds, and this machine may be slow.
      await api.workers.say('w', { holder: 'test', asterisk: 'pbx:q', facts, limits });
      const told = await Promise.all(ids.map(queueOf));
      return told.every((queue) => queue.estimated_start !== null) ? told : null;
    });
    expect(queues.map(({ position }) => position)).to.deep.equal([1, 2, 3]);
    const starts = queues.map((queue) => Date.parse(queue.estimated_start!));
    // A thousand seconds apart, and a little for the time between the three requests.
    expect(starts[1]! - starts[0]!).to.be.within(900_000, 1_100_000);
    expect(starts[2]! - starts[1]!).to.be.within(900_000, 1_100_000);
    await api.workers.takeBack('w');
    await slots.release(lease);

    await api.send('DELETE', `/api/v2/calls/${ids[0]!}`);
    expect((await status(ids[0]!)).queue).to.equal(null);
  });

  it('tells how it ended', async () => {
    const id = await newCall();
    await dialed(id, { type: 'ringing' }, { type: 'answered' }, END);
    const told = await status(id);
    expect(told).to.include({
      status: 'completed',
      channel: `${id}.1`,
      duration: 0,
      hangup_cause: 16,
      hangup_cause_text: 'Normal call clearing',
      hangup_by: 'callee',
      is_active: false,
      is_completed: true,
    });
    expect(told.ended_at).to.match(/Z$/);
  });

  it('exists only for its user and for admins', async () => {
    const id = await newCall();
    const other = api.tokenOf((await api.addUser('operator')).id);
    for (const [method, path] of [
      ['GET', `/api/v2/status/${id}`],
      ['GET', `/api/v2/interaction/${id}/status`],
      ['DELETE', `/api/v2/calls/${id}`],
      ['POST', `/api/v2/calls/${id}/hangup`],
    ] as const) {
      const answer = await api.send(method, path, { token: other });
      expect(answer.status, `${method} ${path}`).to.equal(404);
      expect(answer.body.code).to.equal('call_not_found');
    }
    expect((await api.send('GET', `/api/v2/status/${id}`, { token: api.tokenOf(api.admin.id) })).status).to.equal(200);
    expect((await status(id)).status).to.equal('pending');
  });

  it('is not found under an id that is nobody’s, and an id that is none is malformed', async () => {
    for (const [method, path] of [
      ['GET', '/api/v2/status/ID'],
      ['GET', '/api/v2/calls/ID'],
      ['GET', '/api/v2/interaction/ID/status'],
      ['DELETE', '/api/v2/calls/ID'],
      ['POST', '/api/v2/calls/ID/hangup'],
    ] as const) {
      const unknown = await api.send(method, path.replace('ID', NOBODYS));
      expect(unknown.status, path).to.equal(404);
      expect(unknown.body.code).to.equal('call_not_found');
      for (const id of ['1', 'not-a-uuid', `${NOBODYS}x`, '%00', '%27%20OR%201=1']) {
        const malformed = await api.send(method, path.replace('ID', id));
        expect(malformed.status, `${path} ${id}`).to.equal(400);
        expect(malformed.body.code).to.equal('invalid_request');
      }
    }
  });

  for (const [method, suffix] of [
    ['DELETE', ''],
    ['POST', '/hangup'],
  ] as const) {
    it(`ends at once by ${method} while it waits, and a second time is too late`, async () => {
      const id = await newCall();
      const answer = await api.send(method, `/api/v2/calls/${id}${suffix}`);
      expect(answer.status).to.equal(202);
      expect(answer.body).to.include({ call_id: id, status: 'canceled', is_completed: true });
      const again = await api.send(method, `/api/v2/calls/${id}${suffix}`);
      expect(again.status).to.equal(409);
      expect(again.body.code).to.equal('call_already_ended');
    });
  }

  it('keeps the cancel request and wakes the workers when it is live', async () => {
    const id = await newCall();
    await dialed(id, { type: 'ringing' });
    // Woken for any call: the cancel request itself stands in the row.
    let woken = false;
    const listener = openCancelRequestListener({
      redisUrl: api.redis.url,
      prefix: api.redis.prefix,
      log: silentLog,
      onCancelRequest: () => (woken = true),
    });
    try {
      const answer = await api.send('DELETE', `/api/v2/calls/${id}`);
      expect(answer.status).to.equal(202);
      expect(answer.body.status).to.equal('ringing');
      // The listener may have subscribed only now; a cancel request may be repeated.
      await eventually(async () => {
        await api.send('DELETE', `/api/v2/calls/${id}`);
        return woken;
      });
      const [row] = await api.tables.sql<{ cancelRequested: boolean }>(
        `SELECT cancel_requested_at IS NOT NULL AS "cancelRequested" FROM calls WHERE id = '${id}'`,
      );
      expect(row?.cancelRequested).to.equal(true);
    } finally {
      listener.close();
    }
  });

  it('expires with no worker alive', async () => {
    const id = await newCall({ expires_in: 1 });
    const told = await eventually(async () => {
      const now = await status(id);
      return now.is_completed === true ? now : null;
    });
    expect(told).to.include({ status: 'failed', failure_reason: 'expired' });
  });
});
