import { seededRandom, startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { depth, eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { startGateway, type Gateway, type GatewayProcess } from './gateway.js';
import { openTold, type Told } from './told.js';

const ARI = { username: 'gateway', password: 'hush-hush-simulated' };
const EACH: readonly GatewayProcess[] = ['webhook-worker', 'api', 'ari-worker'];
const KILLS = depth({ quick: EACH, deep: [...EACH, ...EACH] });
/** Placed in the life that ends with each kill: answered, busy, not answered in time, declined. */
const CALLS = ['+33145678001', '+33145678008', '+33145678006', '+33145678014'];
/** The receiver that flaps turns a delivery away so often at most: of its ten attempts enough are left. */
const TURNED_AWAY = 2;
/** Against hanging, not for speed. */
const PATIENCE_MS = 120_000;

describe('webhooks while every process is killed', function () {
  this.timeout(900_000);
  let simulator: AsteriskSimulator;
  let gateway: Gateway;
  const next = seededRandom(41);
  const receivers = new Map<string, Told>();

  before(async () => {
    simulator = await startAsteriskSimulator({ ...ARI, speed: 10 });
    gateway = await startGateway(
      { ...ARI, url: simulator.ariUrl },
      {
        api: { WEBHOOK_ALLOW_HTTP: 'true', ALLOWED_WEBHOOK_HOSTS: '127.0.0.1' },
        webhooks: { WEBHOOK_ALLOW_HTTP: 'true', WEBHOOK_ALLOWED_PRIVATE: '127.0.0.1', WEBHOOK_TIMEOUT_SECONDS: '5' },
      },
    );
  });
  after(async () => {
    for (const receiver of receivers.values()) await receiver.close();
    await gateway.stop();
    await simulator.close();
  });

  async function receiver(name: string, decide: (id: string) => Promise<number>): Promise<Told> {
    const told = await openTold(decide);
    receivers.set(name, told);
    return told;
  }

  async function json(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await gateway.request(method, path, body);
    expect(answer.ok, `${method} ${path} ${String(answer.status)}`).to.equal(true);
    return (await answer.json()) as Record<string, unknown>;
  }

  /** Only while no webhook worker runs: one that is being sent would come twice. */
  const makeDue = () => gateway.sql('UPDATE webhook_deliveries SET next_attempt_at = now() WHERE done_at IS NULL');
  const count = async (where: string): Promise<number> =>
    (await gateway.sql<{ n: number }>(`SELECT count(*)::int AS n FROM webhook_deliveries WHERE ${where}`))[0]?.n ?? 0;

  it('tell every entry of every call to receivers that are slow, flap and are down, and to those that calls name', async () => {
    const turnedAway = new Map<string, number>();
    const steady = await receiver('steady', () => Promise.resolve(204));
    const slow = await receiver('slow', async () => {
      await new Promise((resolve) => setTimeout(resolve, 20 + 200 * next()));
      return 204;
    });
    const flapping = await receiver('flapping', (id) => {
      const times = turnedAway.get(id) ?? 0;
      if (times >= TURNED_AWAY || next() < 0.5) return Promise.resolve(204);
      turnedAway.set(id, times + 1);
      return Promise.resolve(500);
    });
    const down = await receiver('down', () => Promise.resolve(204));
    const named = await receiver('named', () => Promise.resolve(204));
    for (const one of [steady, slow, flapping, down])
      one.secret = String((await json('POST', '/webhooks', { url: one.url })).secret);
    named.secret = String((await json('POST', '/webhook-secret')).secret);
    await down.close();

    const placing: Promise<{ readonly call_id: string }>[] = [];
    for (const process of KILLS) {
      const before = steady.taken.size;
      placing.push(
        ...CALLS.map((phone_number) =>
          gateway.client.createCall({ phone_number, timeout: 20_000, webhook_url: `${named.url}calls` }),
        ),
      );
      const wanted = before + 1 + Math.floor(next() * CALLS.length * 3);
      await eventually(() => steady.taken.size >= wanted, PATIENCE_MS);
      await gateway.kill(process);
    }
    const ids = (await Promise.all(placing)).map(({ call_id }) => call_id);
    await Promise.all(ids.map((id) => gateway.client.waitForCall(id, { timeoutMs: patience(PATIENCE_MS) })));
    console.log(`      ${String(await count('done_at IS NULL'))} deliveries were open after the last kill`);

    await down.open();
    // What has failed before would come in five minutes or more: it is made due instead, as often as it may be turned away.
    for (let life = 0; life <= TURNED_AWAY; life += 1) {
      await gateway.kill('webhook-worker', makeDue);
      await eventually(
        async () => (await count(`done_at IS NULL AND next_attempt_at < now() + interval '2 minutes'`)) === 0,
        PATIENCE_MS,
      );
    }

    const rows = await gateway.sql<{ entry: string }>(
      `SELECT call_id || ' call.' || status || ' ' || row_number() OVER (PARTITION BY call_id ORDER BY id) AS entry
       FROM call_events WHERE status IS NOT NULL`,
    );
    const all = rows.map(({ entry }) => entry).sort();
    expect(new Set(ids).size).to.equal(KILLS.length * CALLS.length);
    expect(new Set(all.map((entry) => entry.split(' ')[0])).size, 'a call that nobody asked for').to.equal(ids.length);
    for (const [name, { taken }] of receivers) {
      expect([...taken.keys()].sort(), name).to.deep.equal(all);
      for (const [entry, ids] of taken) expect(ids.size, `${name}: ${entry}`).to.equal(1);
    }
    expect(await count(`outcome IS DISTINCT FROM 'delivered'`)).to.equal(0);
    console.log(
      `      ${String(ids.length)} calls, ${String(all.length)} entries, ${String(receivers.size)} receivers`,
    );
  });
});
