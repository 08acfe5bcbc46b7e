import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@dialgate/asterisk-simulator';
import { requiredTransition, WAITING } from '@dialgate/domain';
import { startService } from '@dialgate/local-stack';
import {
  createTestDatabase,
  createUser,
  eventually,
  someNewCall,
  testRedis,
  type TestDatabase,
} from '@dialgate/testing';
import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { openReceiver, type Received, type Receiver } from './receiver.js';

const PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** How often the process is killed. A delivery that is under way then has lost one of its ten attempts. */
const KILLS = 5;
/** So many calls are accepted and fail in the life of a process: two events each. */
const CALLS = 12;
/** The receiver that flaps turns a delivery away so often at most. */
const TURNED_AWAY = 2;
/** Against hanging, not for speed. */
const PATIENCE_MS = 120_000;

/**
 * A delivery has ten attempts. With every kill, and with every refused connection, it loses one at most: what waits is made due
 * only while no process runs, and a second attempt of the same life fails at most once more before the third is five minutes away.
 * So whatever the moments of the kills are, nobody's attempts are used up.
 */
describe('webhooks of a process that is killed again and again', function () {
  this.timeout(600_000);
  let tables: TestDatabase;
  let userId: string;
  const next = seededRandom(29);
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const settings = testRedis();
  const open: Receiver[] = [];

  before(async () => {
    tables = await createTestDatabase();
    userId = await createUser(tables.database);
  });
  after(async () => {
    for (const receiver of open) await receiver.close();
    await tables.drop();
  });

  /** What a receiver has taken with 2xx. */
  interface Taken {
    readonly name: string;
    readonly url: string;
    /** `<call id> <type>`, each with the ids under which it came. */
    readonly events: Map<string, Set<string>>;
    readonly close: () => Promise<void>;
  }

  async function receiver(name: string, decide: (id: string) => number | Promise<number>, port = 0): Promise<Taken> {
    const events = new Map<string, Set<string>>();
    const at = await openReceiver('127.0.0.1', port);
    open.push(at);
    at.answer = (_req, res) => {
      const { headers, body } = at.received.at(-1)!;
      const id = String(headers['webhook-id']);
      void (async () => {
        const status = await decide(id);
        if (status === 204) {
          const event = eventIn({ headers, body });
          events.set(event, (events.get(event) ?? new Set()).add(id));
        }
        if (!res.destroyed) res.writeHead(status).end();
      })();
    };
    return { name, url: at.url, events, close: at.close };
  }

  function eventIn({ headers, body }: Pick<Received, 'headers' | 'body'>): string {
    const { type, data } = new Webhook(secret).verify(body, headers as Record<string, string>) as {
      readonly type: string;
      readonly data: { readonly call_id: string };
    };
    return `${data.call_id} ${type}`;
  }

  async function endpoint({ url }: Taken): Promise<void> {
    await tables.database.webhooks.create({ userId, url, description: null, events: ['call.*'], secret }, 10);
  }

  async function failedCall(): Promise<string> {
    const call = someNewCall({ userId });
    await tables.database.calls.create(call);
    const event = { type: 'refused', reason: 'trunk_unavailable' } as const;
    const seen = { callId: call.id, attempt: 0, event, source: 'worker', receivedAt: performance.now() } as const;
    await tables.database.calls.apply(seen, requiredTransition(event, WAITING), null);
    return call.id;
  }

  const start = () =>
    startService('webhook-worker', {
      entry: PROGRAM,
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: tables.url,
        REDIS_URL: settings.url,
        QUEUE_PREFIX: settings.prefix,
        WEBHOOK_ALLOW_HTTP: 'true',
        WEBHOOK_ALLOWED_PRIVATE: '127.0.0.1',
        WEBHOOK_TIMEOUT_SECONDS: '10',
      },
      log: (line) => (process.env.TEST_LOG === undefined ? undefined : console.log(line)),
    });
  /** Only while no process runs. */
  const makeDue = () => tables.sql('UPDATE webhook_deliveries SET next_attempt_at = now() WHERE done_at IS NULL');

  it('come at least once each, to receivers that are slow, flap and are down', async () => {
    const turnedAway = new Map<string, number>();
    const flapping = await receiver('flapping', (id) => {
      const times = turnedAway.get(id) ?? 0;
      if (times >= TURNED_AWAY || next() < 0.5) return 204;
      turnedAway.set(id, times + 1);
      return 500;
    });
    const slow = await receiver('slow', async () => {
      await new Promise((resolve) => setTimeout(resolve, 20 + 200 * next()));
      return 204;
    });
    const steady = await receiver('steady', () => 204);
    let down = await receiver('down', () => 204);
    const { url: downUrl, events: downEvents } = down;
    for (const one of [flapping, slow, steady, down]) await endpoint(one);
    await down.close();

    const taken = (): number =>
      [flapping, slow, steady].reduce(
        (sum, { events }) => sum + [...events.values()].reduce((n, ids) => n + ids.size, 0),
        0,
      );
    const ids: string[] = [];
    const open = async () =>
      (await tables.sql<{ n: number }>('SELECT count(*)::int AS n FROM webhook_deliveries WHERE done_at IS NULL'))[0]!
        .n;
    for (let life = 0; life < KILLS; life += 1) {
      const process = await start();
      const placing = Promise.all(Array.from({ length: CALLS }, failedCall));
      const until = taken() + 1 + Math.floor(next() * CALLS * 4);
      await eventually(() => taken() >= until, PATIENCE_MS);
      process.kill('SIGKILL');
      await process.exited;
      ids.push(...(await placing));
      await makeDue();
    }
    console.log(`      ${String(await open())} deliveries were open after the last kill`);

    down = await receiver('down', () => 204, Number(new URL(downUrl).port));
    const all = ids.flatMap((id) => [`${id} call.pending`, `${id} call.failed`]).sort();
    const everything = [flapping, slow, steady, down];
    // What has failed before, and is turned away by the flapping one, would come in five minutes or more: it is made due instead.
    for (let life = 0; life <= TURNED_AWAY; life += 1) {
      const process = await start();
      await eventually(async () => {
        const late = await tables.sql<{ n: number }>(
          `SELECT count(*)::int AS n FROM webhook_deliveries WHERE done_at IS NULL AND next_attempt_at > now() + interval '2 minutes'`,
        );
        return (
          (await open()) === late[0]!.n &&
          all.every((event) => steady.events.has(event) && slow.events.has(event) && down.events.has(event))
        );
      }, PATIENCE_MS);
      await process.stop();
      await makeDue();
    }
    expect(await open()).to.equal(0);

    for (const { name, events } of everything) {
      const before = name === 'down' ? [...downEvents.keys()] : [];
      expect([...new Set([...events.keys(), ...before])].sort(), name).to.deep.equal(all);
      for (const [event, under] of events) expect(under.size, `${name}: ${event}`).to.equal(1);
    }
    const failed = await tables.sql(`SELECT id FROM webhook_deliveries WHERE outcome <> 'delivered'`);
    expect(failed).to.deep.equal([]);
  });
});
