import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { startPostgres, startRedis, type Postgres, type Redis } from '../src/index.js';
import { startGateway, type Gateway } from './gateway.js';
import { openTold, type Told } from './told.js';

const ARI = { username: 'gateway', password: 'hush-hush-simulated' };

/** Answers, and stays until it is hung up. */
const STAYS = '+33145678002';
const BUSY = '+33145678008';

describe('webhooks while their servers are killed', function () {
  this.timeout(180_000);
  let directory: string;
  let simulator: AsteriskSimulator;
  let redis: Redis;
  let postgres: Postgres;
  let gateway: Gateway;
  let told: Told;
  /** What the receiver waits for before it answers. */
  let answering: Promise<unknown> = Promise.resolve();
  /** How often each delivery has come, by its webhook-id. */
  const times = new Map<string, number>();

  const portOf = (url: string): number => Number(new URL(url).port);
  const redisAt = (port?: number): Promise<Redis> =>
    startRedis({
      dir: directory,
      log: () => undefined,
      searchPath: process.env.PATH,
      cache: join(homedir(), '.cache', 'dialgate'),
      port,
    });
  const postgresAt = (port?: number): Promise<Postgres> =>
    startPostgres({ dir: directory, log: () => undefined, searchPath: process.env.PATH, port });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'webhooks-servers-'));
    await chmod(directory, 0o755);
    simulator = await startAsteriskSimulator({ ...ARI, speed: 10 });
    [redis, postgres] = await Promise.all([redisAt(), postgresAt()]);
    gateway = await startGateway(
      { ...ARI, url: simulator.ariUrl },
      {
        server: postgres.url,
        both: { REDIS_URL: redis.url },
        api: { WEBHOOK_ALLOW_HTTP: 'true' },
        webhooks: { WEBHOOK_ALLOW_HTTP: 'true', WEBHOOK_ALLOWED_PRIVATE: '127.0.0.1' },
      },
    );
    told = await openTold(async (id) => {
      times.set(id, (times.get(id) ?? 0) + 1);
      await answering;
      return 204;
    });
    const made = await gateway.request('POST', '/webhooks', { url: told.url });
    ({ secret: told.secret } = (await made.json()) as { secret: string });
  });
  after(async () => {
    await told.close();
    await gateway.stop();
    await redis.stop();
    await postgres.stop();
    await simulator.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Hangs up, as somebody else at the same Asterisk would. */
  async function hangUp(callId: string): Promise<void> {
    const authorization = `Basic ${Buffer.from(`${ARI.username}:${ARI.password}`).toString('base64')}`;
    const { status } = await fetch(`${simulator.ariUrl}/channels/${callId}.1`, {
      method: 'DELETE',
      headers: { authorization },
    });
    expect(status).to.equal(204);
  }

  const count = async (where: string): Promise<number> =>
    (await gateway.sql<{ n: number }>(`SELECT count(*)::int AS n FROM webhook_deliveries WHERE ${where}`))[0]?.n ?? 0;

  /** Every entry of every call has come, with its number, under one id of its own, however often. */
  async function allTold(): Promise<void> {
    await eventually(async () => {
      const rows = await gateway.sql<{ entry: string }>(
        `SELECT call_id || ' call.' || status || ' ' || row_number() OVER (PARTITION BY call_id ORDER BY id) AS entry
         FROM call_events WHERE status IS NOT NULL`,
      );
      expect([...told.taken.keys()].sort()).to.deep.equal(rows.map(({ entry }) => entry).sort());
      return true;
    });
    const ids = [...told.taken.values()].map((under) => [...under]);
    expect(new Set(ids.flat()).size).to.equal(told.taken.size);
    for (const under of ids) expect(under).to.have.length(1);
  }

  it('wait while Redis is away, and go out afterwards', async () => {
    const running = await gateway.place(STAYS, { extension: 'wait' });
    await eventually(() => told.taken.has(`${running} call.answered 4`));
    await eventually(async () => (await count('done_at IS NULL')) === 0);
    redis.process?.kill('SIGKILL');
    await redis.process?.exited;

    const canceled = await gateway.place(BUSY);
    expect((await gateway.request('DELETE', `/calls/${canceled}`)).status).to.equal(202);
    await hangUp(running);
    expect(await gateway.ended(running)).to.include({ status: 'completed' });
    // The end of the one, and both entries of the other: made, and not taken up.
    await eventually(async () => (await count('done_at IS NULL AND attempts = 0')) === 3);
    expect(told.taken.size).to.equal(4);

    redis = await redisAt(portOf(redis.url));
    await allTold();
    expect(told.taken.size).to.equal(7);
  });

  it('come again under the same id when PostgreSQL was killed before it was written that they had come', async () => {
    let answer = (): void => undefined;
    answering = new Promise<void>((resolve) => (answer = resolve));
    const former = new Set(times.keys());
    const running = await gateway.place(STAYS, { extension: 'wait' });
    const busy = await gateway.place(BUSY);
    await gateway.reaches(running, 'answered');
    await eventually(() => times.size > former.size);
    postgres.process?.kill('SIGKILL');
    await postgres.process?.exited;
    await eventually(async () => (await gateway.request('GET', '/calls')).status === 503);

    const held = [...times.keys()].filter((id) => !former.has(id));
    answer();
    await eventually(() => gateway.logged.some((line) => line.includes('Webhook job not finished')));
    await hangUp(running);
    await eventually(() => simulator.liveChannels() === 0);
    postgres = await postgresAt(portOf(postgres.url));
    expect(await gateway.ended(running)).to.include({ status: 'completed' });
    expect(await gateway.ended(busy)).to.include({ status: 'busy' });
    // Taken up again by itself when the time of its requests is over, in a minute or more.
    await gateway.sql('UPDATE webhook_deliveries SET next_attempt_at = now() WHERE done_at IS NULL');
    await allTold();
    await eventually(async () => (await count('done_at IS NULL')) === 0);
    expect(held.map((id) => times.get(id))).to.satisfy((all: number[]) => all.every((n) => n > 1));
  });
});
