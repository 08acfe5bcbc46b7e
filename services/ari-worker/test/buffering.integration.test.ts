import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WORKER_TIMES } from '@dialgate/database';
import type { Call } from '@dialgate/domain';
import { startPostgres, type Postgres } from '@dialgate/local-stack';
import { silentLog } from '@dialgate/service-kit';
import { openWorkerReports, type WorkerReports } from '@dialgate/redis';
import { eventually, patience, someNewCall } from '@dialgate/testing';
import { expect } from 'chai';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

/** Longer than a lease, and longer than anything a worker believes without asking. */
const AWAY_MS = 12_000;

/** How far a time in a row may be from Asterisk's own: the event's way, and a busy machine. */
const TOLERANCE_MS = patience(500);

/** Each worker knows the database’s clock as sharply as its quickest answer told it: neighbours may be so much out of order. */
const STATEMENT_MS = patience(100);

describe('workers whose PostgreSQL goes away', function () {
  this.timeout(patience(120_000));
  let directory: string;
  let postgres: Postgres;
  let bench: Workbench;
  let reports: WorkerReports;

  const postgresAt = (port?: number): Promise<Postgres> =>
    startPostgres({ dir: directory, log: () => undefined, searchPath: process.env.PATH, port });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'buffering-'));
    await chmod(directory, 0o755);
    postgres = await postgresAt();
    bench = await setUpWorkbench({ speed: 1 }, { server: postgres.url, times: WORKER_TIMES });
    reports = openWorkerReports({ redisUrl: bench.redis.url, prefix: bench.redis.prefix, log: silentLog });
  });
  after(async () => {
    reports.close();
    await bench.close();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('keep what they hear, say so over Redis, write it in order with its own times, and keep their slots', async () => {
    await bench.startWorker();
    await bench.startWorker();
    await bench.ready(2);
    const busy = await giveEachASlotWithACall();
    const epochsBefore = await epochs();
    const answersMeanwhile = await bench.place('+33100000004');
    const ringsOut = await bench.place('+33100000006', { ringTimeoutMs: 4_000 });
    const hangsUpMeanwhile = await bench.place('+33100000012', { destination: LONG });
    const placed = [answersMeanwhile, ringsOut, hangsUpMeanwhile];
    const waiting = await bench.database.calls.create(someNewCall({ userId: bench.userId }));
    await bench.reaches(ringsOut, 'ringing');
    await bench.reaches(hangsUpMeanwhile, 'answered');
    expect(await bench.call(answersMeanwhile)).to.include({ status: 'dialing' });

    postgres.process?.kill('SIGKILL');
    await postgres.process?.exited;
    const awaySince = performance.now();
    if (waiting.outcome !== 'created') throw new Error('not created');
    await bench.producer.add(waiting.id);
    await eventually(async () => {
      const backlog = await backlogs();
      return backlog.waiting >= 4 && backlog.oldestSeconds >= 3;
    });
    expect((await backlogs()).dropped).to.equal(0);
    await eventually(() => placed.every((id) => bench.channels(id).every(({ ended }) => ended !== null)));
    await eventually(() => performance.now() - awaySince > AWAY_MS);
    expect(bench.channels(answersMeanwhile)[0]?.continued, 'an answered callee waits for nothing').not.to.equal(null);
    expect(bench.channels(waiting.id), 'originated without a claim').to.deep.equal([]);

    postgres = await postgresAt(Number(new URL(postgres.url).port));
    await eventually(
      async () => (await bench.sql('SELECT 1 FROM worker_slots WHERE lease_until > now()')).length === 2,
    );
    expect(await epochs(), 'a slot has changed hands').to.deep.equal(epochsBefore);
    const [answered, noAnswer, hungUp] = await Promise.all(placed.map((id) => bench.ended(id)));
    expect(answered).to.include({ status: 'completed' });
    expect(noAnswer).to.include({ status: 'no_answer' });
    expect(hungUp).to.include({ status: 'completed', hangupCause: 16, hangupBy: 'callee' });
    for (const call of [answered!, noAnswer!, hungUp!]) await expectAsteriskTimes(call);
    expect(await bench.timeline(answersMeanwhile)).to.include.members([
      'dial_sent',
      'answered',
      'continued',
      'hung_up',
    ]);

    await eventually(async () => (await backlogs()).waiting === 0);
    expect(await bench.ended(waiting.id)).to.include({ status: 'completed' });
    for (const id of busy) {
      await bench.cancel(id);
      expect(await bench.ended(id)).to.include({ status: 'completed', hangupBy: 'gateway' });
    }
    expect(await epochs(), 'a slot has changed hands').to.deep.equal(epochsBefore);
    expect(await brokenLaws(bench, [...busy, ...placed, waiting.id])).to.deep.equal([]);
    expect([...placed, waiting.id].map(bench.invites)).to.deep.equal([1, 1, 1, 1]);
  });

  /** Only a slot with an open call is one that others would adopt. */
  async function giveEachASlotWithACall(): Promise<string[]> {
    const up: string[] = [];
    const slots = new Set<number | undefined>();
    while (slots.size < 2) {
      const id = await bench.place('+33100000002', { destination: LONG });
      const { claim } = await bench.reaches(id, 'answered');
      slots.add(claim?.slotId);
      up.push(id);
    }
    return up;
  }

  /** What all workers have not written down yet. */
  async function backlogs(): Promise<{ waiting: number; oldestSeconds: number; dropped: number }> {
    const facts = (await reports.all()).map((report) => report.facts);
    return {
      waiting: facts.reduce((sum, { waiting }) => sum + waiting, 0),
      oldestSeconds: Math.max(...facts.map(({ oldestSeconds }) => oldestSeconds ?? 0)),
      dropped: facts.reduce((sum, { dropped }) => sum + dropped, 0),
    };
  }

  async function epochs(): Promise<number[]> {
    const slots = await bench.sql<{ epoch: number }>('SELECT epoch FROM worker_slots ORDER BY number');
    return slots.map(({ epoch }) => epoch);
  }

  /** As far apart as in Asterisk, and told in the order in which they happened. */
  async function expectAsteriskTimes(call: Call): Promise<void> {
    const [channel] = bench.channels(call.id);
    const dialledAt = channel!.dials[0]!.at;
    const sinceDial = (at: Date | null): number | null => at && at.getTime() - call.dialSentAt!.getTime();
    expect(sinceDial(call.endedAt)).to.be.closeTo(channel!.ended!.at - dialledAt, TOLERANCE_MS);
    if (channel!.answeredAt !== null) {
      expect(sinceDial(call.answeredAt)).to.be.closeTo(channel!.answeredAt - dialledAt, TOLERANCE_MS);
    }
    const told = await bench.sql<{ at: Date }>('SELECT at FROM call_events WHERE call_id = $1 ORDER BY id', [call.id]);
    for (const [n, { at }] of told.slice(1).entries()) {
      expect(at.getTime()).to.be.greaterThan(told[n]!.at.getTime() - STATEMENT_MS);
    }
  }
});
