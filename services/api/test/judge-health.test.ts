import { readFileSync } from 'node:fs';
import type { SlotState } from '@dialgate/database';
import { SLOT_CONNECTIONS, type SlotConnection } from '@dialgate/domain';
import type { ReceivedWorkerReport } from '@dialgate/redis';
import { expect } from 'chai';
import type { Health } from '../src/health/check-health.js';
import { statusOf } from '../src/health/health-view.js';
import { judgeHealth } from '../src/health/judge-health.js';
import { connectionReason, reason, REASON_CODES } from '../src/health/reasons.js';

const AT = new Date('2026-01-15T09:30:00.000Z');
const ago = (seconds: number) => new Date(AT.getTime() - seconds * 1_000);

const SLOT: SlotState = {
  asterisk: 'pbx-7:8088',
  number: 1,
  app: 'cc-1',
  held: true,
  holder: 'host-1',
  connection: 'connected',
  connectionSince: null,
  asteriskVersion: '22.10.1',
  openCalls: 0,
  entityId: '02:00:00:00:00:07',
  followed: true,
  followedAt: AT,
  breaker: 'closed',
  answeredRate: 1,
};
const SECOND: SlotState = { ...SLOT, number: 2, holder: 'host-2' };
const OTHER_BOX: SlotState = { ...SLOT, asterisk: 'pbx-8:8088', holder: 'host-3', entityId: '02:00:00:00:00:08' };

const REPORT: ReceivedWorkerReport = {
  saidMsAgo: 2_000,
  holder: 'host-1',
  asterisk: 'pbx-7:8088',
  facts: { waiting: 0, oldestSeconds: null, dropped: 0, lastDroppedSecondsAgo: null },
  limits: { maxConcurrentCalls: 0, originatePerSecond: 0 },
  refusals: null,
};

const WELL: Health = {
  database: true,
  databaseRefusal: null,
  redis: true,
  redisRefusal: null,
  losesCommits: false,
  backlog: { waiting: 0, oldestCreatedAt: null, lastDialAt: null, at: AT },
  slots: [SLOT],
  reports: [REPORT],
  processes: [],
};

/** Codes of what is wrong, with a `!` behind those that stop calls. */
function reasonsOf(health: Partial<Health>): string[] {
  return judgeHealth({ ...WELL, ...health }, true).map(({ code, stops }) => `${code}${stops === null ? '' : '!'}`);
}

/** A backlog whose oldest call waits for so long, the last dial being so long ago. */
function waiting(seconds: number, lastDialSecondsAgo: number | null, calls = 1): Pick<Health, 'backlog'> {
  const lastDialAt = lastDialSecondsAgo === null ? null : ago(lastDialSecondsAgo);
  return { backlog: { waiting: calls, oldestCreatedAt: ago(seconds), lastDialAt, at: AT } };
}

function limitedTo(maxConcurrentCalls: number, originatePerSecond: number): Pick<Health, 'reports'> {
  return { reports: [{ ...REPORT, limits: { maxConcurrentCalls, originatePerSecond } }] };
}

function refused(lastSecondsAgo: number): ReceivedWorkerReport {
  return { ...REPORT, refusals: { inARow: 5, why: 'trunk_unavailable', lastSecondsAgo } };
}

describe('health', () => {
  it('is well while a slot is ready and nothing waits', () => {
    expect(reasonsOf({})).to.deep.equal([]);
  });

  it('is down without PostgreSQL, and stops calls from leaving without Redis', () => {
    const away = { ...WELL, database: false, backlog: null, slots: null };
    expect(statusOf(judgeHealth(away, false))).to.equal('down');
    expect(reasonsOf({ redis: false, reports: null })).to.deep.equal(['redis_away!']);
  });

  it('is degraded with a PostgreSQL that does not say in time what waits or which workers there are', () => {
    const [slow, ...others] = judgeHealth({ ...WELL, backlog: null }, false);
    expect([slow?.code, slow?.stops, others.length]).to.deep.equal(['database_slow', null, 0]);
    expect(reasonsOf({ slots: null })).to.deep.equal(['database_slow']);
    expect(reasonsOf({ slots: null, reports: null }), 'and Redis is not asked').to.deep.equal(['database_slow']);
    const silent = { ...REPORT, saidMsAgo: 60_000 };
    expect(reasonsOf({ slots: null, reports: [silent] })).to.deep.equal(['database_slow', 'no_worker!']);
    expect(reasonsOf({ database: false, slots: null, backlog: null })).to.deep.equal(['database_away!']);
  });

  it('says that PostgreSQL does not wait for its standbys, which stops no call', () => {
    expect(reasonsOf({ losesCommits: true })).to.deep.equal(['loses_commits']);
  });

  it('is down with a PostgreSQL that writes nothing, and stops calls from leaving with such a Redis', () => {
    expect(reasonsOf({ databaseRefusal: 'disk_full' })).to.deep.equal(['database_refuses!']);
    expect(statusOf(judgeHealth({ ...WELL, databaseRefusal: 'read_only' }, false))).to.equal('down');
    expect(reasonsOf({ redisRefusal: 'OOM' })).to.deep.equal(['redis_refuses!']);
    const [misconfigured] = judgeHealth({ ...WELL, redisRefusal: 'MISCONF' }, false);
    expect(misconfigured?.problem).to.equal(
      'Redis refuses to write (MISCONF): calls are accepted, and dialled when it writes again.',
    );
  });

  for (const [what, slot, code] of [
    ['is not connected', { connection: 'unreachable' }, 'asterisk_unreachable'],
    ['may only read', { connection: 'read_only' }, 'asterisk_read_only'],
    ['was not reconciled', { followed: false }, 'not_reconciled'],
    ['is refused channels', { breaker: 'open' }, 'breaker_open'],
  ] as const) {
    it(`stops calls from leaving when the only worker ${what}, and only says so beside one that is ready`, () => {
      expect(reasonsOf({ slots: [{ ...SLOT, ...slot }] })).to.deep.equal(['no_worker_ready!', code]);
      expect(reasonsOf({ slots: [{ ...SLOT, ...slot }, SECOND] })).to.deep.equal([code]);
    });
  }

  it('counts on a half open breaker: the next call is tried there', () => {
    expect(reasonsOf({ slots: [{ ...SLOT, breaker: 'half_open' }] })).to.deep.equal([]);
  });

  it('stops calls from leaving without any worker', () => {
    expect(reasonsOf({ slots: [], reports: [] })).to.deep.equal(['no_worker!']);
  });

  describe('of a box that has lost its workers', () => {
    const lost: SlotState = {
      ...SLOT,
      held: false,
      holder: null,
      connection: 'closed',
      followed: false,
      breaker: null,
    };

    it('says so, which stops no call, beside a box that has some', () => {
      expect(reasonsOf({ slots: [lost, OTHER_BOX], reports: [] })).to.deep.equal(['box_without_worker']);
      expect(reasonsOf({ slots: [lost], reports: [] })).to.deep.equal(['no_worker!']);
    });

    it('says so also while calls are open there', () => {
      const slots = [{ ...lost, openCalls: 1 }, OTHER_BOX];
      expect(reasonsOf({ slots, reports: [] })).to.deep.equal(['calls_left', 'box_without_worker']);
    });

    for (const [what, slots] of [
      ['was served for the last time more than a day ago, and may be retired', [{ ...lost, followedAt: null }]],
      ['has another worker, under whatever name', [lost, { ...SECOND, asterisk: 'localhost:8088' }]],
      ['has a worker that cannot reach it, and so was not told which it is', [lost, { ...SECOND, entityId: null }]],
      ['gave way to another Asterisk at its address', [{ ...lost, connection: 'other_asterisk' }]],
      ['has come back as another one', [lost, { ...SECOND, entityId: '02:00:00:00:00:99' }]],
      ['has never said which Asterisk it is', [{ ...lost, asterisk: 'pbx-9:8088', entityId: null }]],
    ] as const) {
      it(`does not say so of one that ${what}`, () => {
        expect(reasonsOf({ slots: [...slots, OTHER_BOX], reports: [] })).to.deep.equal([]);
      });
    }

    it('does not say so while its worker runs and only has no slot yet, or is cut off', () => {
      const [starting, cutOff] = [{ ...REPORT, runsForSeconds: 1 }, REPORT];
      expect(reasonsOf({ slots: [lost, OTHER_BOX], reports: [starting] })).to.deep.equal([]);
      expect(reasonsOf({ slots: [lost, OTHER_BOX], reports: [cutOff] })).to.deep.equal(['worker_cut_off']);
    });

    it('goes by what its last holder found, where one of long ago was led to another Asterisk', () => {
      const former: SlotState = { ...lost, number: 2, connection: 'other_asterisk', followedAt: ago(3_600) };
      expect(reasonsOf({ slots: [former, lost, OTHER_BOX], reports: [] })).to.deep.equal(['box_without_worker']);
    });

    it('names it to admins only', () => {
      const health = { ...WELL, slots: [lost, OTHER_BOX], reports: [] };
      expect(judgeHealth(health, true)[0]?.problem).to.equal(
        'The Asterisk pbx-7:8088 has no worker any more: calls go to other ones.',
      );
      expect(judgeHealth(health, false)[0]?.problem).to.equal(
        'An Asterisk has no worker any more: calls go to other ones.',
      );
    });
  });

  describe('of a queue', () => {
    it('is well while its oldest call is young, or calls leave, however long it is', () => {
      expect(reasonsOf(waiting(30, null))).to.deep.equal([]);
      expect(reasonsOf(waiting(7_200, 30, 10_000))).to.deep.equal([]);
    });

    it('is not when calls wait and nothing leaves', () => {
      expect(reasonsOf(waiting(31, 31))).to.deep.equal(['queue_stands_still!']);
      expect(reasonsOf(waiting(31, null))).to.deep.equal(['queue_stands_still!']);
    });

    it('is judged by the pace: nothing need leave between two turns', () => {
      expect(reasonsOf({ ...waiting(290, 290), ...limitedTo(0, 0.01) })).to.deep.equal([]);
      expect(reasonsOf({ ...waiting(301, 301), ...limitedTo(0, 0.01) })).to.deep.equal(['queue_stands_still!']);
      expect(reasonsOf({ ...waiting(31, 31), ...limitedTo(0, 5) })).to.deep.equal(['queue_stands_still!']);
    });

    it('is well while every Asterisk has as many calls as it may, and judged by the pace that each has', () => {
      const slots = [{ ...SLOT, openCalls: 2 }];
      const ofBox = (maxConcurrentCalls: number, originatePerSecond: number) => ({
        reports: [{ ...REPORT, limits: { ...REPORT.limits!, perBox: { maxConcurrentCalls, originatePerSecond } } }],
      });
      expect(reasonsOf({ ...waiting(600, 600), ...ofBox(2, 0), slots })).to.deep.equal([]);
      expect(reasonsOf({ ...waiting(600, 600), ...ofBox(3, 0), slots })).to.deep.equal(['queue_stands_still!']);
      expect(reasonsOf({ ...waiting(290, 290), ...ofBox(0, 0.01) })).to.deep.equal([]);
      expect(reasonsOf({ ...waiting(301, 301), ...ofBox(0, 0.01) })).to.deep.equal(['queue_stands_still!']);
    });

    it('is well while every line is taken, and no longer', () => {
      const slots = [{ ...SLOT, openCalls: 2 }];
      expect(reasonsOf({ ...waiting(600, 600), ...limitedTo(2, 0), slots })).to.deep.equal([]);
      expect(reasonsOf({ ...waiting(600, 600), ...limitedTo(3, 0), slots })).to.deep.equal(['queue_stands_still!']);
    });
  });

  describe('of channels that were refused', () => {
    it('stops calls from leaving while every Asterisk that is ready has refused them lately', () => {
      expect(reasonsOf({ reports: [refused(60)] })).to.deep.equal(['channels_refused!']);
    });

    it('is said for longer than it stops calls: whoever waits for it would else wait for ever', () => {
      expect(reasonsOf({ reports: [refused(61)] })).to.deep.equal(['some_channels_refused']);
    });

    it('does not stop calls while another worker is ready', () => {
      const reports = [refused(1), { ...REPORT, holder: 'host-2' }];
      expect(reasonsOf({ slots: [SLOT, SECOND], reports })).to.deep.equal(['some_channels_refused']);
    });

    it('names the trunk, and the machine to admins only', () => {
      const health = { ...WELL, reports: [refused(1)] };
      expect(judgeHealth(health, true)[0]?.problem).to.match(/pbx-7:8088 has refused .*DIAL_ENDPOINT/);
      expect(judgeHealth(health, false)[0]?.problem).not.to.include('pbx-7');
    });
  });
});

describe('the reasons of health', () => {
  const guide = readFileSync(new URL('../../../docs/production-deployment.md', import.meta.url), 'utf8');
  const headings = [...guide.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

  it('each lead to a heading that the guide has', () => {
    for (const code of REASON_CODES) {
      const connection = code.replace(/^asterisk_/, '') as SlotConnection;
      const { guide: where } = code.startsWith('asterisk_')
        ? connectionReason(connection, 'an Asterisk')!
        : reason(code as Parameters<typeof reason>[0], '');
      const [file, heading] = where.split('#');
      expect(file).to.equal('docs/production-deployment.md');
      expect(headings, code).to.include(heading);
    }
  });

  it('fit into the column of worker_slots where they are connections', () => {
    for (const word of Object.keys(SLOT_CONNECTIONS)) expect(word.length, word).to.be.at.most(20);
  });
});
