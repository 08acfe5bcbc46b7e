import { most, waitsForDial } from '../dials.js';
import type { Fault } from '../fault.js';
import type { Measure } from '../measures.js';
import { percentile } from '../measures.js';
import type { Stage } from '../stage.js';
import { pick, replace, seconds } from './steps.js';

/** How long one of two Asterisks refuses everything, in seconds. */
const REFUSES_SECONDS = 25;

/** Of each Asterisk, over all of its workers. */
const OWN_LIMITS = { perSecond: 6, atOnce: 25 };

/** Two Asterisks, of which one has trouble: its calls end or go by way of the other, none twice. */
export const BOX_FAULTS: readonly Fault[] = [
  {
    id: 'R41',
    title: 'one of two Asterisks is killed and restarted, then the other, with calls up',
    whole: { calls: 900, strikes: 4 },
    brief: { calls: 120, strikes: 1, rest: 0.4 },
    perSecond: 12,
    mix: 'long',
    workers: 4,
    asterisks: 2,
    mayBeUnseen: 0.3, // About half of the calls are up on the one that dies.
    mayBeNotRung: 0.02,
    strike: async (stage, { strikes, rest = 1 }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(12 * rest);
        await stage.simulators[n % 2]?.restart('kill');
      }
    },
    check: bothRang,
    measure: (stage) => stage.restarts.map((at) => wentOn(stage, at, at + 2_000)),
  },
  {
    id: 'R42',
    title: `one of two Asterisks refuses everything with 503, then with 401, for ${String(REFUSES_SECONDS)} s each`,
    silenceMs: (REFUSES_SECONDS + 5) * 1_000, // A callee whom it rang before is not sent on while it refuses.
    whole: { calls: 800, strikes: 2 },
    perSecond: 12,
    workers: 2,
    asterisks: 2,
    mayBeUnseen: 0.02,
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(5);
        const fault = { kind: 'answer', status: n % 2 === 0 ? 503 : 401, body: { message: 'not now' } } as const;
        const laid = stage.simulators[1]?.faults.onRequest({ fault, times: Infinity });
        await seconds(REFUSES_SECONDS);
        laid?.remove();
      }
    },
    check: bothRang,
  },
  {
    id: 'R43',
    title: `two Asterisks with ${String(OWN_LIMITS.perSecond)} originates a second and ${String(OWN_LIMITS.atOnce)} calls each, their workers killed`,
    dialledWithinMs: 90_000, // In turn.
    aftermathMs: 90_000,
    whole: { calls: 500, strikes: 6 },
    perSecond: 40,
    workers: 4,
    asterisks: 2,
    mayBeUnseen: 0.1,
    mayBeNotRung: 0.02,
    settings: {
      worker: {
        NODE_ORIGINATE_PER_SECOND: String(OWN_LIMITS.perSecond),
        NODE_MAX_CONCURRENT_CALLS: String(OWN_LIMITS.atOnce),
      },
    },
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(5);
        const victim = pick(stage, stage.workers());
        await victim.kill();
        await replace(stage, 4, victim.asterisk);
      }
    },
    check: async (stage) => [...bothRang(stage), ...(await tooManyInASecond(stage)), ...tooManyAtOnce(stage)],
  },
];

function bothRang({ simulators }: Stage): string[] {
  return simulators.flatMap(({ ledger }, n) =>
    ledger.invites().total > 0 ? [] : [`the ${n === 0 ? 'first' : 'second'} Asterisk rang nobody`],
  );
}

/** Whoever asked while one was away was dialled by way of the other. */
function wentOn(stage: Stage, from: number, to: number): Measure {
  const waits = waitsForDial(stage).flatMap(({ at, wait }) => (at >= from && at < to ? [wait] : []));
  return {
    what: 'dialled while one Asterisk was away, median',
    value: percentile(waits, 0.5),
    goal: 3_000,
    unit: 'ms',
  };
}

/** How much closer together two dials may reach Asterisk than they were permitted, in milliseconds. */
const JITTER_MS = 50;

/** By the times of the permissions, and by Asterisk's own as far as the way there lets those be told. */
async function tooManyInASecond(stage: Stage): Promise<string[]> {
  const boxes = await stage.sql<{ dialled: Date[] }>(
    `SELECT array_agg(c.dial_sent_at) AS dialled FROM calls c JOIN worker_slots s ON s.id = c.slot_id
     WHERE c.dial_sent_at IS NOT NULL GROUP BY s.entity_id`,
  );
  const window = 1_000 - Math.min(stage.pace().allow(JITTER_MS, Date.now()), 900);
  const counts = [
    ...boxes.map(({ dialled }) => most(dialled.map((at) => [at.getTime(), at.getTime() + 1_000]))),
    ...stage.simulators.map(({ ledger }) =>
      most(ledger.channels().flatMap(({ dials: [dial] }) => (dial ? [[dial.at, dial.at + window]] : []))),
    ),
  ];
  const tooMany = counts.filter((count) => count > OWN_LIMITS.perSecond + 1);
  return tooMany.map((count) => `one Asterisk dialled ${String(count)} within a second`);
}

function tooManyAtOnce({ simulators }: Stage): string[] {
  return simulators.flatMap(({ ledger }) => {
    const dialled = ledger.channels().flatMap(({ dials: [dial], ended }) => (dial ? [{ at: dial.at, ended }] : []));
    const atOnce = most(dialled.flatMap(({ at, ended }) => (ended === null ? [] : [[at, ended.at]])));
    return atOnce > OWN_LIMITS.atOnce ? [`one Asterisk had ${String(atOnce)} calls at once`] : [];
  });
}
