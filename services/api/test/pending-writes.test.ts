import type { PendingWritesReport } from '@dialgate/redis';
import { expect } from 'chai';
import { healthView, statusOf } from '../src/health/health-view.js';
import { judgeHealth } from '../src/health/judge-health.js';
import { pendingWriteReasons } from '../src/health/pending-writes.js';

const NOTHING: PendingWritesReport = { waiting: 0, oldestSeconds: null, dropped: 0, lastDroppedSecondsAgo: null };

const slot = {
  asterisk: 'pbx-7:8088',
  number: 1,
  app: 'cc-1',
  held: true,
  holder: 'host-1',
  connection: 'connected',
  connectionSince: null,
  asteriskVersion: '22.10.1',
  openCalls: 2,
  entityId: '02:00:00:00:00:07',
  followed: true,
  followedAt: null,
  breaker: 'closed',
  answeredRate: 1,
} as const;

const report = (facts: Partial<PendingWritesReport>) => ({
  saidMsAgo: 0,
  holder: 'host-1',
  asterisk: 'pbx-7:8088',
  facts: { ...NOTHING, ...facts },
});

const healthWith = (facts: Partial<PendingWritesReport>) => ({
  database: true,
  databaseRefusal: null,
  redis: true,
  redisRefusal: null,
  losesCommits: false,
  backlog: { waiting: 0, oldestCreatedAt: null, lastDialAt: null, at: new Date() },
  slots: [slot],
  reports: [report(facts)],
  processes: [],
});

const statusWith = (facts: Partial<PendingWritesReport>) => statusOf(judgeHealth(healthWith(facts), false));
const problemsIn = (...given: Parameters<typeof pendingWriteReasons>) =>
  pendingWriteReasons(...given).map(({ problem }) => problem);

describe('the pending writes of workers', () => {
  it('are nothing to speak of while they are written soon, however many there are', () => {
    expect(statusWith({})).to.equal('ok');
    expect(statusWith({ waiting: 5_000, oldestSeconds: 6 })).to.equal('ok');
  });

  it('degrade the service when they wait for longer, and for ten minutes after some were dropped', () => {
    expect(statusWith({ waiting: 1, oldestSeconds: 7 })).to.equal('degraded');
    expect(statusWith({ dropped: 1, lastDroppedSecondsAgo: 600 })).to.equal('degraded');
    expect(statusWith({ dropped: 1, lastDroppedSecondsAgo: 601 })).to.equal('ok');
  });

  it('are told with the name of the worker to admins only', () => {
    const reports = [report({ waiting: 3, oldestSeconds: 20, dropped: 4, lastDroppedSecondsAgo: 1 })];
    expect(problemsIn(reports, true).join())
      .to.include('host-1')
      .and.include('3 pending writes')
      .and.include('4 pending writes');
    expect(problemsIn(reports, false)).to.have.length(2);
    expect(problemsIn(reports, false).join()).not.to.include('host-1');
  });

  it('stand beside the slot of their worker, and alone while PostgreSQL cannot be asked', () => {
    const health = healthWith({ waiting: 3, oldestSeconds: 0 });
    const [beside] = healthView(health, new Date(), true).workers as Record<string, unknown>[];
    expect(beside).to.include({ slot: 1, holder: 'host-1', facts_waiting: 3, facts_dropped: 0 });

    const away = { ...health, database: false, slots: null };
    expect(healthView(away, new Date(), true).workers).to.deep.equal([
      {
        asterisk: 'pbx-7:8088',
        entity_id: null,
        slot: null,
        app: null,
        holder: 'host-1',
        connection: null,
        ready: null,
        since: null,
        version: null,
        active_calls: null,
        answered_rate: null,
        breaker: null,
        facts_waiting: 3,
        facts_dropped: 0,
        worker_version: null,
        worker_commit: null,
      },
    ]);
    expect(healthView(away, new Date(), false).workers).to.equal(null);
    expect(healthView(away, new Date(), false).facts).to.deep.equal({ waiting: 3, dropped: 0 });
    expect(healthView({ ...away, reports: null }, new Date(), false).facts).to.equal(null);
  });
});
