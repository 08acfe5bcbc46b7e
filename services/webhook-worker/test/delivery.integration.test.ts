import { randomBytes } from 'node:crypto';
import type { CallHook } from '@dialgate/database';
import { requiredTransition, WAITING } from '@dialgate/domain';
import { loadConfig, silentLog, type Part } from '@dialgate/service-kit';
import {
  createTestDatabase,
  createUser,
  eventually,
  patience,
  someNewCall,
  someObservation,
  testRedis,
  type TestDatabase,
} from '@dialgate/testing';
import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { webhookWorkerConfig } from '../src/config.js';
import { createWebhookWorker } from '../src/wiring.js';
import { openReceiver, type Received, type Receiver } from './receiver.js';

/** A worker put together as its process does it, a real queue, and receivers on loopback. */
describe('deliveries', () => {
  let tables: TestDatabase;
  let userId: string;
  let parts: Part[];
  let receiver: Receiver;
  const secret = `whsec_${randomBytes(32).toString('base64')}`;

  before(async () => {
    tables = await createTestDatabase();
    userId = await createUser(tables.database);
    const redis = testRedis();
    const config = loadConfig(webhookWorkerConfig, {
      DATABASE_URL: tables.url,
      REDIS_URL: redis.url,
      QUEUE_PREFIX: redis.prefix,
      WEBHOOK_ALLOW_HTTP: 'true',
      WEBHOOK_ALLOWED_PRIVATE: '127.0.0.1',
      WEBHOOK_TIMEOUT_SECONDS: String(Math.min(60, Math.ceil(patience(5_000) / 1_000))),
    });
    parts = createWebhookWorker({ database: tables.database, config, log: silentLog });
    for (const part of parts) await part.start?.();
  });
  after(async () => {
    for (const part of [...parts].reverse()) await part.stop?.();
    await tables.drop();
  });
  beforeEach(async () => {
    await tables.sql('DELETE FROM webhook_endpoints');
    receiver = await openReceiver();
  });
  afterEach(() => receiver.close());

  async function endpoint(at = receiver, events = ['call.*']): Promise<string> {
    const made = await tables.database.webhooks.create({ userId, url: at.url, description: null, events, secret }, 10);
    return made!.id;
  }
  async function newCall(hook: CallHook | null = null): Promise<string> {
    const call = someNewCall({ userId, metadata: { order: 4711 }, hook });
    await tables.database.calls.create(call);
    return call.id;
  }
  /** Makes all that waits due now. */
  const hurry = () => tables.sql('UPDATE webhook_deliveries SET next_attempt_at = now() WHERE done_at IS NULL');
  const told = ({ headers, body }: Received, by = secret) =>
    new Webhook(by).verify(body, headers as Record<string, string>) as {
      type: string;
      data: Record<string, unknown>;
    };
  const log = (id: string) => tables.database.webhooks.deliveries(id, null, 50);

  it('tell of a call from its beginning to its end, signed, in order', async () => {
    const id = await endpoint();
    const callId = await newCall();
    const event = { type: 'refused', reason: 'trunk_unavailable' } as const;
    const seen = { callId, attempt: 0, event, source: 'worker', receivedAt: performance.now() } as const;
    await tables.database.calls.apply(seen, requiredTransition(event, WAITING), null);
    await eventually(() => receiver.received.length === 2);
    const [first, last] = receiver.received.map((one) => told(one));
    expect(first).to.deep.include({ type: 'call.pending' });
    expect(first?.data).to.deep.include({ call_id: callId, status: 'pending', sequence: 1, metadata: { order: 4711 } });
    expect(last?.data).to.include({ status: 'failed', failure_reason: 'trunk_unavailable', sequence: 2 });
    await eventually(async () => (await log(id)).every(({ outcome }) => outcome === 'delivered'));
    const [one] = await log(id);
    expect(one?.attempts).to.have.lengthOf(1);
    expect(one?.attempts[0]).to.include({ attempt: 1, httpStatus: 204, error: null });
  });

  it('say with the final status what the dialplan has found out', async () => {
    const callId = await newCall();
    await endpoint(receiver, ['call.completed']);
    await tables.database.calls.note({
      ...someObservation(callId, 'result'),
      detail: { results: { AMDSTATUS: 'HUMAN' } },
    });
    await tables.sql(
      `WITH over AS (UPDATE calls SET status = 'completed', dial_sent_at = now(), answered_at = now(), ended_at = now() WHERE id = $1)
       INSERT INTO call_events (call_id, event, status, source) VALUES ($1, 'hung_up', 'completed', 'asterisk')`,
      [callId],
    );
    await eventually(() => receiver.received.length === 1);
    expect(told(receiver.received[0]!).data).to.deep.include({
      status: 'completed',
      results: { AMDSTATUS: 'HUMAN' },
    });
  });

  it('come again under the same id, with a time of their own, until they are taken', async () => {
    const id = await endpoint();
    receiver.answer = (_req, res) => void res.writeHead(receiver.received.length < 3 ? 500 : 200).end();
    await newCall();
    await eventually(async () => {
      await hurry();
      return (await log(id))[0]?.outcome === 'delivered';
    });
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(ids).to.have.lengthOf(3);
    expect(new Set(ids).size).to.equal(1);
    expect(ids[0]).to.not.include('.');
    receiver.received.forEach((one) => told(one));
  });

  it('stop for an endpoint that answers 410', async () => {
    const id = await endpoint();
    receiver.answer = (_req, res) => void res.writeHead(410).end();
    await newCall();
    await eventually(async () => (await tables.database.webhooks.find(id, userId))?.disabledReason === 'gone');
    expect((await log(id))[0]).to.include({ outcome: 'failed' });
  });

  it('leave an endpoint alone that asks for it, with all that waits for it', async () => {
    const id = await endpoint();
    receiver.answer = (_req, res) => void res.writeHead(503, { 'retry-after': '3000' }).end();
    await newCall();
    await eventually(async () => (await log(id))[0]?.attempts.length === 1);
    receiver.answer = (_req, res) => void res.writeHead(200).end();
    const other = await openReceiver();
    const otherId = await endpoint(other);
    await newCall();
    await hurry();
    await eventually(async () => (await log(otherId))[0]?.outcome === 'delivered');
    expect(receiver.received, 'nothing more').to.have.lengthOf(1);
    await tables.sql('UPDATE webhook_endpoints SET held_until = now()');
    await eventually(async () => {
      await hurry();
      return (await log(id)).every(({ outcome }) => outcome === 'delivered');
    });
    await other.close();
  });

  it('of a slow endpoint hold up nobody else’s', async () => {
    const slow: { end: () => unknown }[] = [];
    receiver.answer = (_req, res) => void slow.push(res.writeHead(200));
    const quick = await openReceiver();
    const [slowId, quickId] = [await endpoint(), await endpoint(quick)];
    for (let calls = 0; calls < 20; calls++) await newCall();
    await eventually(() => quick.received.length === 20);
    await eventually(async () => (await log(quickId)).every(({ outcome }) => outcome === 'delivered'));
    expect(receiver.received.length, 'at once').to.be.at.most(5);
    receiver.answer = (_req, res) => void res.writeHead(200).end();
    slow.forEach((res) => res.end());
    await eventually(async () => {
      await hurry();
      return (await log(slowId)).filter(({ outcome }) => outcome === 'delivered').length === 20;
    });
    await quick.close();
  });

  describe('of calls that say where they are reported to', () => {
    const ofCalls = `whsec_${randomBytes(32).toString('base64')}`;
    beforeEach(() => tables.database.webhooks.rotateCallSecret(userId, ofCalls, 24));

    /** A place at a receiver, as a call says it. */
    async function hook(at: Receiver, path: string): Promise<CallHook> {
      const { origin } = new URL(at.url);
      const endpointId = await tables.database.webhooks.openHookHost(userId, origin, 10);
      return { url: `${origin}${path}`, endpointId: endpointId! };
    }

    it('go there as well, signed with the secret of its user, and those of no other call', async () => {
      const own = await openReceiver();
      await endpoint(own);
      const one = await hook(receiver, '/calls/1?key=a');
      const id = await newCall(one);
      await newCall();
      await eventually(() => own.received.length === 2 && receiver.received.length === 1);
      expect(told(receiver.received[0]!, ofCalls).data).to.include({ call_id: id, sequence: 1 });
      expect(receiver.received[0]?.path).to.equal('/calls/1?key=a');
      expect(() => told(receiver.received[0]!)).to.throw();
      await eventually(async () => (await log(one.endpointId))[0]?.outcome === 'delivered');
      expect(await log(one.endpointId)).to.have.length(1);
      await own.close();
    });

    it('are signed with both secrets while a rotation’s overlap lasts', async () => {
      const next = `whsec_${randomBytes(32).toString('base64')}`;
      await tables.database.webhooks.rotateCallSecret(userId, next, 24);
      await newCall(await hook(receiver, '/'));
      await eventually(() => receiver.received.length === 1);
      told(receiver.received[0]!, ofCalls);
      told(receiver.received[0]!, next);
      await tables.sql('UPDATE users SET previous_call_webhook_secret_until = now()');
      await newCall(await hook(receiver, '/'));
      await eventually(() => receiver.received.length === 2);
      expect(() => told(receiver.received[1]!, ofCalls)).to.throw();
    });

    it('hold up no other host when theirs is slow, and are left alone by one call that wants nothing more', async () => {
      const slow: { end: () => unknown }[] = [];
      receiver.answer = (_req, res) => void slow.push(res.writeHead(200));
      const quick = await openReceiver();
      for (let calls = 0; calls < 10; calls++) await newCall(await hook(receiver, `/${calls}`));
      const { endpointId } = await hook(quick, '/');
      quick.answer = (_req, res) => void res.writeHead(quick.received.length === 1 ? 410 : 204).end();
      for (let calls = 0; calls < 10; calls++) await newCall(await hook(quick, `/${calls}`));
      await eventually(
        async () => (await log(endpointId)).filter(({ outcome }) => outcome === 'delivered').length === 9,
      );
      expect((await log(endpointId)).filter(({ outcome }) => outcome === 'failed')).to.have.length(1);
      slow.forEach((res) => res.end());
      await quick.close();
    });

    it('are sent again when they are asked for, as long as the address is known', async () => {
      const { endpointId, url } = await hook(receiver, '/again');
      const [kept, erased] = [await newCall({ endpointId, url }), await newCall({ endpointId, url })];
      await newCall();
      await eventually(() => receiver.received.length === 2);
      await eventually(async () => (await log(endpointId)).every(({ outcome }) => outcome === 'delivered'));
      await tables.sql(`UPDATE calls SET status = 'failed', ended_at = now() - interval '2 d' WHERE id = $1`, [erased]);
      expect(await tables.database.calls.erasePersonalData(1)).to.equal(1);
      expect(await tables.database.webhooks.replaySince(endpointId, new Date(0))).to.equal(2);
      await eventually(async () => (await log(endpointId)).every(({ outcome }) => outcome !== null));
      expect(receiver.received).to.have.length(3);
      const outcomes = (await log(endpointId)).map(({ callId, outcome }) => [callId, outcome]);
      expect(Object.fromEntries(outcomes)).to.deep.equal({ [kept]: 'delivered', [erased]: 'failed' });
    });
  });

  it('of a test say so', async () => {
    const id = await endpoint();
    const delivery = await tables.database.webhooks.addTest(id, 'webhook.test');
    await eventually(() => receiver.received.length === 1);
    expect(receiver.received[0]?.headers['webhook-id']).to.equal(delivery);
    expect(told(receiver.received[0]!)).to.deep.include({ type: 'webhook.test', data: { test: true } });
  });
});
