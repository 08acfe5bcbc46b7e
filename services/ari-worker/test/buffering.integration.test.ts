import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call } from '@dialgate/domain';
import { startPostgres, type Postgres } from '@dialgate/local-stack';
import { silentLog } from '@dialgate/logging';
import { openWorkerReports, type WorkerReport, type WorkerReports } from '@dialgate/queue';
import { eventually, someNewCall } from '@dialgate/testing';
import { expect } from 'chai';
import { setUpWorkbench, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

/** Longer than a lease, and longer than anything a worker believes without asking. */
const AWAY_MS = 12_000;

/** How far a time in a row may be from Asterisk's own: the event's way, and a busy machine. */
const TOLERANCE_MS = 500;

/** Each statement counts back from its own moment: neighbours may come out this much out of order. */
const STATEMENT_MS = 100;

describe('a worker whose PostgreSQL goes away', function () {
  this.timeout(90_000);
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
    bench = await setUpWorkbench({ speed: 1 }, undefined, postgres.url);
    reports = openWorkerReports({ redisUrl: bench.redis.url, prefix: bench.redis.prefix, log: silentLog });
  });
  after(async () => {
    reports.close();
    await bench.close();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('keeps what it hears, says so over Redis, and writes it in order with its own times', async () => {
    await bench.startWorker();
    await bench.ready(1);
    const epochBefore = await epoch();
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
    const told = await eventually(
      () => reportOfFacts((facts) => facts.waiting >= 4 && (facts.oldestSeconds ?? 0) >= 3),
      15_000,
    );
    expect(told.facts.dropped).to.equal(0);
    await eventually(() => bench.simulator.liveChannels() === 0, 30_000);
    await eventually(() => performance.now() - awaySince > AWAY_MS, AWAY_MS + 1_000);
    expect(bench.channels(answersMeanwhile)[0]?.continued, 'an answered callee waits for nothing').not.to.equal(null);
    expect(bench.channels(waiting.id), 'originated without a claim').to.deep.equal([]);

    postgres = await postgresAt(Number(new URL(postgres.url).port));
    const [answered, noAnswer, hungUp] = await Promise.all(placed.map((id) => bench.ended(id, 30_000)));
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

    await eventually(() => reportOfFacts((facts) => facts.waiting === 0));
    expect(await bench.ended(waiting.id, 30_000)).to.include({ status: 'completed' });
    expect(await epoch(), 'the slot has changed hands').to.equal(epochBefore);
    expect([...placed, waiting.id].map(bench.invites)).to.deep.equal([1, 1, 1, 1]);
  });

  async function reportOfFacts(wanted: (facts: WorkerReport['facts']) => boolean): Promise<WorkerReport | null> {
    const [report] = await reports.all();
    return report !== undefined && wanted(report.facts) ? report : null;
  }

  async function epoch(): Promise<number> {
    const slots = await bench.sql<{ epoch: number }>('SELECT epoch FROM worker_slots');
    expect(slots).to.have.length(1);
    return slots[0]!.epoch;
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
