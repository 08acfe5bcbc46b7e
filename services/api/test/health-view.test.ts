import type { SlotState } from '@dialgate/database';
import { expect } from 'chai';
import { healthView } from '../src/health/health-view.js';
import { judgeHealth } from '../src/health/judge-health.js';

const NOTHING = { waiting: 0, oldestSeconds: null, dropped: 0, lastDroppedSecondsAgo: null };

const ANSWERING = { database: true, databaseRefusal: null, redis: true, redisRefusal: null };

const HELD: SlotState = {
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
  followedAt: new Date(),
  breaker: 'closed',
  answeredRate: 1,
};
const LAPSED: SlotState = { ...HELD, held: false, connection: 'closed' };

interface Situation {
  readonly slots: SlotState[];
  readonly running: string[];
  readonly saidMsAgo?: number;
  readonly runsForSeconds?: number;
  readonly isAdmin?: boolean;
}

/** What is wrong with these slots while these workers, and no others, say over Redis that they run. */
function problems({ slots, running, saidMsAgo = 2_000, isAdmin = true, ...start }: Situation) {
  const reports = running.map((holder) => ({ holder, asterisk: 'pbx-7:8088', facts: NOTHING, saidMsAgo, ...start }));
  const backlog = { waiting: 0, oldestCreatedAt: null, lastDialAt: null, at: new Date() };
  return judgeHealth({ ...ANSWERING, losesCommits: false, backlog, slots, reports, processes: [] }, isAdmin).map(
    ({ problem }) => problem,
  );
}

describe('the problems of slots', () => {
  it('are none while every worker holds one', () => {
    expect(problems({ slots: [HELD], running: ['host-1'] })).to.deep.equal([]);
    expect(problems({ slots: [HELD], running: [] })).to.deep.equal([]);
  });

  it('are that no worker runs and that calls are left when nobody says anything', () => {
    const [none, left, ...others] = problems({ slots: [LAPSED], running: [] });
    expect(none).to.match(/^No worker is running/);
    expect(left).to.match(/their worker is gone/);
    expect(others).to.deep.equal([]);
  });

  it('are neither of the two when only the way of a running worker to PostgreSQL is cut', () => {
    expect(problems({ slots: [LAPSED], running: ['host-1'] })).to.deep.equal([
      'No worker can have a call dialled just now: accepted calls wait.',
      'The worker host-1 runs and cannot hold a slot in PostgreSQL: do not restart it.',
    ]);
    expect(problems({ slots: [LAPSED], running: ['host-1'], isAdmin: false }).join()).not.to.include('host-1');
  });

  it('are that nothing can be dialled yet while the only worker has just started, and not that it is cut off', () => {
    const started = { slots: [], running: ['host-1'] };
    expect(problems({ ...started, runsForSeconds: 9 })).to.deep.equal([
      'No worker can have a call dialled just now: accepted calls wait.',
    ]);
    expect(problems({ ...started, runsForSeconds: 10 })).to.deep.equal(problems(started));
    expect(problems({ slots: [HELD], running: ['host-1', 'host-2'], runsForSeconds: 0 })).to.deep.equal([]);
  });

  it('are of a worker that died without a word those of the dead, as soon as its lease is over', () => {
    const killed = { slots: [LAPSED], running: ['host-1'], saidMsAgo: 4_000 };
    expect(problems(killed)).to.deep.equal(problems({ slots: [LAPSED], running: [] }));
    const adopted = { ...HELD, holder: 'host-2' };
    expect(problems({ ...killed, slots: [adopted] })).to.deep.equal([]);
  });

  it('are told of the dead beside one that is cut off', () => {
    const dead = { ...LAPSED, number: 2, app: 'cc-2', holder: 'host-2' };
    const told = problems({ slots: [LAPSED, dead], running: ['host-1'] });
    expect(told).to.have.length(3);
    expect(told[1]).to.include('host-1');
    expect(told[2]).to.include('their worker is gone');
  });
});

describe('the boxes of health', () => {
  const view = (slots: SlotState[] | null, isAdmin = true) =>
    healthView(
      { ...ANSWERING, losesCommits: false, backlog: null, slots, reports: [], processes: [] },
      new Date(),
      isAdmin,
    ).boxes;
  const of = (box: object) => ({
    names: ['pbx-7:8088'],
    entity_id: '02:00:00:00:00:07',
    held_slots: 1,
    ready: true,
    active_calls: 2,
    answered_rate: 1,
    breaker: 'closed',
    ...box,
  });
  const elsewhere: SlotState = { ...HELD, asterisk: 'pbx-8:8088', entityId: '02:00:00:00:00:08' };

  it('are one for each Asterisk, whatever it is called, with the calls of all its slots', () => {
    const slots = [HELD, { ...HELD, asterisk: 'localhost:8088' }, LAPSED, elsewhere];
    expect(view(slots)).to.deep.equal([
      of({ names: ['pbx-7:8088', 'localhost:8088'], held_slots: 2, active_calls: 6 }),
      of({ names: ['pbx-8:8088'], entity_id: '02:00:00:00:00:08' }),
    ]);
  });

  it('are two where two have one name, and known by it while they have not said which they are', () => {
    expect(view([HELD, { ...HELD, entityId: '02:00:00:00:00:08' }])).to.have.length(2);
    expect(view([HELD, { ...HELD, entityId: null }])).to.deep.equal([of({ held_slots: 2, active_calls: 4 })]);
    expect(view([{ ...HELD, entityId: null }])).to.deep.equal([of({ entity_id: null })]);
  });

  it('have the lowest rate of their workers, and the breaker that is open least', () => {
    const refused: SlotState = { ...HELD, answeredRate: 0.4, breaker: 'open' };
    const trying: SlotState = { ...HELD, answeredRate: null, breaker: 'half_open' };
    expect(view([refused])).to.deep.equal([of({ ready: false, answered_rate: 0.4, breaker: 'open' })]);
    expect(view([refused, trying])).to.deep.equal([
      of({ held_slots: 2, active_calls: 4, answered_rate: 0.4, breaker: 'half_open' }),
    ]);
    expect(view([refused, HELD, trying])).to.deep.equal([of({ held_slots: 3, active_calls: 6, answered_rate: 0.4 })]);
  });

  it('stay without a worker for as long as they have calls, and for a day', () => {
    const left = of({ held_slots: 0, ready: false, answered_rate: null, breaker: null });
    expect(view([{ ...LAPSED, followedAt: null }])).to.deep.equal([left]);
    expect(view([{ ...LAPSED, openCalls: 0 }])).to.deep.equal([{ ...left, active_calls: 0 }]);
    expect(view([{ ...LAPSED, openCalls: 0, followedAt: null }])).to.deep.equal([]);
  });

  it('are only counted for others, and not known while PostgreSQL cannot be asked', () => {
    expect(view([HELD, LAPSED, { ...elsewhere, breaker: 'open' }], false)).to.deep.equal({ total: 2, ready: 1 });
    expect([view(null), view(null, false)]).to.deep.equal([null, null]);
  });
});

describe('what a program is built from', () => {
  const build = { version: '1.2.3', commit: '0123456789ab' };
  const health = {
    ...{
      ...ANSWERING,
      losesCommits: false,
      backlog: { waiting: 0, oldestCreatedAt: null, lastDialAt: null, at: new Date() },
    },
    slots: [HELD],
    reports: [{ holder: 'host-1', asterisk: 'pbx-7:8088', facts: NOTHING, build, saidMsAgo: 0 }],
    processes: [{ service: 'api', holder: 'host-3', build }],
  };

  it('is told of the worker beside its slot', () => {
    const [worker] = healthView(health, new Date(), true).workers as Record<string, unknown>[];
    expect(worker).to.include({ worker_version: '1.2.3', worker_commit: '0123456789ab' });
  });

  it('is told of the API to everybody by its version, and to admins only by its commit', () => {
    const told = healthView(health, new Date(), false, build);
    expect(told).to.include({ version: '1.2.3', commit: null });
    expect(healthView(health, new Date(), true, build)).to.include(build);
  });

  it('is told of every process, to admins only', () => {
    expect(healthView(health, new Date(), true).processes).to.deep.equal([
      { service: 'api', holder: 'host-3', ...build },
      { service: 'ari-worker', holder: 'host-1', ...build },
    ]);
    expect(healthView(health, new Date(), false).processes).to.equal(null);
    expect(healthView({ ...health, processes: null }, new Date(), true).processes).to.equal(null);
  });
});
