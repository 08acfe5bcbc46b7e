import { CATALOGUE } from './catalogue.js';
import type { Extent, Fault } from './fault.js';
import type { Stage } from './stage.js';
import { WORKER_TIMES } from './timings.js';

/** Longer than a lease: a worker that comes back finds that all of them have run out. */
const OUTAGE_SECONDS = WORKER_TIMES.lease + 2;

/**
 * The faults of the catalogue that the tests play, where there is little time: several on one stage, one after another or at
 * once, with short pauses and short calls. Every verdict is as sharp as in the whole campaign.
 */
export const QUICK: readonly Fault[] = [
  {
    id: 'deaths',
    title: 'workers are killed: at random moments, before an answer, between a request and its answer (R01, R37, R03)',
    whole: { calls: 100, strikes: 1 },
    perSecond: 4,
    mix: 'short',
    workers: 3,
    aftermathMs: 45_000,
    mayBeUnseen: 0.25,
    mayBeNotRung: 0.03,
    strike: async (stage) => {
      // One after the other: whom R37 calls must all be dialled, and by then those who live adopt.
      await strike(stage, 'R37', { calls: 0, strikes: 1, rest: 0 });
      await strike(stage, 'R01', { calls: 0, strikes: 4, rest: 0.2 });
      // However long that took, there are calls to strike.
      await Promise.all([strike(stage, 'R03', { calls: 0, strikes: 1, rest: 0 }), stage.traffic.flow(14, 4, 'short')]);
    },
  },
  {
    id: 'servers',
    title:
      'events are garbled, Redis is killed, PostgreSQL is out of the workers’ reach and restarted (R26, R14, R10, R18)',
    whole: { calls: 100, strikes: 1 },
    perSecond: 4,
    mix: 'short',
    garblesEvents: true,
    keepsSlots: true,
    answerFoundWithinMs: 35_000,
    mayBeUnseen: 0.1,
    mayBeNotRung: 0.03,
    mayTurnAway: true,
    strike: async (stage) => {
      await strike(stage, 'R26', { calls: 0, strikes: 1, rest: 0.6 });
      await strike(stage, 'R14', { calls: 0, strikes: 1, rest: 0.5 });
      await strike(stage, 'R10', { calls: 0, strikes: OUTAGE_SECONDS, rest: 0.2 });
      await strike(stage, 'R18', { calls: 0, strikes: 1, rest: 0.3 });
    },
  },
  {
    id: 'asterisk',
    title: 'clients change their minds, sockets are cut and sliced, Asterisk is killed and restarted (R35, R25, R22)',
    whole: { calls: 120, strikes: 1 },
    perSecond: 5,
    mix: 'short',
    silenceMs: 6_000,
    mayBeUnseen: 0.2,
    mayBeNotRung: 0.05,
    strike: async (stage, { calls }) => {
      await Promise.all([
        strike(stage, 'R35', { calls: calls / 3, strikes: 1 }),
        strike(stage, 'R25', { calls: 0, strikes: 2, rest: 0.5 }),
      ]);
      await strike(stage, 'R22', { calls: 0, strikes: 2, rest: 0.5 });
    },
  },
];

function strike(stage: Stage, id: string, extent: Extent): Promise<void> {
  const fault = CATALOGUE.find((one) => one.id === id);
  if (fault === undefined) throw new Error(`there is no ${id}`);
  return fault.strike(stage, extent);
}
