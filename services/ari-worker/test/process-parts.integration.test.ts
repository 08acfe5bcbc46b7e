import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askRedis, startThrowawayRedis } from '@dialgate/local-stack';
import { silentLog, type Build } from '@dialgate/service-kit';
import { openEntryListener, openWorkerReports, type WorkerReports } from '@dialgate/redis';
import { eventually, someNewCall } from '@dialgate/testing';
import { expect } from 'chai';
import { setUpWorkbench, type Workbench } from './workbench.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Of the simulator's callees, the one who never answers. */
const RINGS_FOR_EVER = '+33100000006';

/** Against hanging only. */
const WAIT_MS = 45_000;

/** Everything that main.ts puts together, seen from outside: the built program, as operators run it. */
describe('the ari-worker as operators run it', () => {
  let bench: Workbench;
  let databaseUrl: string;
  let reports: WorkerReports;
  let home: string;
  let worker: ChildProcess;
  let said = '';
  let exitCode: Promise<number | null>;

  function start(environment: Record<string, string>): ChildProcess {
    return spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: databaseUrl,
        REDIS_URL: bench.redis.url,
        QUEUE_PREFIX: bench.redis.prefix,
        ARI_HTTP_URL: bench.simulator.ariUrl,
        ARI_USERNAME: 'gateway',
        ARI_PASSWORD: 'simulator-secret',
        ASTERISK_NAME: 'simulator',
        ORPHAN_SECONDS: '60',
        DRAIN_SECONDS: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }
  const ended = (child: ChildProcess) => once(child, 'close').then(([code]) => code as number | null);

  before(async () => {
    bench = await setUpWorkbench();
    const [{ name } = { name: '' }] = await bench.sql<{ name: string }>('SELECT current_database() AS name');
    databaseUrl = new URL(name, process.env.TEST_DATABASE_URL).href;
    reports = openWorkerReports({ redisUrl: bench.redis.url, prefix: bench.redis.prefix, log: silentLog });
    home = mkdtempSync(join(tmpdir(), 'dialgate-worker-'));
    worker = start({ ALIVE_FILE: join(home, 'alive') });
    exitCode = ended(worker);
    worker.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await bench.ready(1, WAIT_MS);
  });
  after(async () => {
    worker.kill('SIGKILL');
    await exitCode;
    reports.close();
    rmSync(home, { recursive: true });
    await bench.close();
  });

  /** A row, and no job for it. */
  async function write(phoneNumber: string, nextEnqueueIn: string): Promise<string> {
    const created = await bench.database.calls.create(someNewCall({ userId: bench.userId, phoneNumber }));
    if (created.outcome === 'key_reused') throw new Error('a key was reused');
    await bench.sql(`UPDATE calls SET next_enqueue_at = now() + $2::interval WHERE id = $1`, [
      created.id,
      nextEnqueueIn,
    ]);
    return created.id;
  }

  it('takes jobs out of the queue, and up calls whose job was lost', async () => {
    const [placed, lost] = [await bench.place('+33100000001'), await write('+33100000001', '0 s')];
    for (const id of [placed, lost]) expect((await bench.ended(id, WAIT_MS)).status).to.equal('completed');
  });

  it('hangs up a call whose client wants it gone, though nobody announced the cancel request', async () => {
    // Longer than this test waits: at the end of its ring time it would end canceled, too.
    const id = await bench.place(RINGS_FOR_EVER, { ringTimeoutMs: 600_000 });
    await bench.reaches(id, 'ringing', WAIT_MS);
    await bench.database.calls.requestCancel(id, null);
    expect((await bench.ended(id, WAIT_MS)).status).to.equal('canceled');
  });

  it('ends a call whose time is over before it was dialled', async () => {
    const id = await write('+33100000001', '1 h');
    await bench.sql(`UPDATE calls SET expires_at = now() WHERE id = $1`, [id]);
    expect(await bench.ended(id, WAIT_MS)).to.include({ status: 'failed', failureReason: 'expired' });
  });

  it('ends a call of another Asterisk that has lost its last worker', async () => {
    const id = await write('+33100000001', '1 h');
    const { calls, slots } = bench.database;
    const lease = await slots.acquire({ asterisk: 'gone', appPrefix: 'gone', owner: randomUUID(), holder: 'gone' });
    await calls.claim(id, lease, { maxConcurrentCalls: 0, originatePerSecond: 0 });
    expect(await calls.permitDial({ callId: id, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch })).to.equal(
      true,
    );
    await bench.sql(`UPDATE calls SET status = 'answered', answered_at = now() - interval '2 h' WHERE id = $1`, [id]);
    await bench.sql(`UPDATE worker_slots SET lease_until = now() - interval '1 h' WHERE asterisk = 'gone'`);
    expect(await bench.ended(id, WAIT_MS)).to.include({ status: 'completed', failureReason: 'lost' });
  });

  it('says over Redis how it is', async () => {
    const [report] = await eventually(async () => {
      const all = await reports.all();
      return all.length === 1 && all;
    }, WAIT_MS);
    expect(report?.holder).to.include(`:${String(worker.pid)}:`);
    expect(report).to.deep.include({
      asterisk: 'simulator',
      facts: { waiting: 0, oldestSeconds: null, dropped: 0, lastDroppedSecondsAgo: null },
    });
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as Build;
    expect(report?.build?.version).to.equal(version);
    expect(report?.runsForSeconds, 'whether it may have come to its slot').to.be.at.least(0);
  });

  it('says over Redis that it has written into the timeline', async () => {
    let wakes = 0;
    const { url: redisUrl, prefix } = bench.redis;
    const listener = openEntryListener({ redisUrl, prefix, log: silentLog, onEntries: () => wakes++ });
    try {
      await eventually(async () => (await askRedis(redisUrl, `PUBSUB NUMSUB {${prefix}}:entries`)).includes(':1'));
      await bench.ended(await bench.place('+33100000001'), WAIT_MS);
      await eventually(() => wakes > 0);
    } finally {
      listener.close();
    }
  });

  it('keeps the file that says that it is alive', async () => {
    await eventually(() => existsSync(join(home, 'alive')), WAIT_MS);
  });

  it('gives back its slot at SIGTERM, takes back what it said, and ends with 0', async () => {
    const before = said.length;
    worker.kill('SIGTERM');
    expect(await exitCode).to.equal(0);
    expect(await reports.all()).to.deep.equal([]);
    expect((await bench.database.slots.list()).filter(({ held }) => held)).to.deep.equal([]);
    expect(existsSync(join(home, 'alive'))).to.equal(false);
    expect(said.slice(before))
      .to.include('Service stopped')
      .and.not.to.match(/left behind|Part failed|Loop run failed/);
  });

  it('does not start with a Redis that would throw away jobs', async () => {
    const server = await startThrowawayRedis();
    try {
      await askRedis(server.url, 'CONFIG SET maxmemory-policy allkeys-lru');
      const refused = start({ REDIS_URL: server.url });
      const ending = ended(refused);
      let why = '';
      refused.stdout?.on('data', (chunk: Buffer) => (why += chunk.toString()));
      await eventually(() => refused.exitCode !== null || why.includes('Slot ready'), WAIT_MS);
      refused.kill('SIGKILL');
      expect(await ending).to.equal(1);
      expect(why).to.include('eviction policy').and.to.include('maxmemory-policy of Redis is allkeys-lru');
    } finally {
      await server.stop();
    }
  });
});
