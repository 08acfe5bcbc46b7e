import type { Fault } from '../fault.js';
import type { Line } from '../lines.js';
import type { Stage } from '../stage.js';
import { WORKER_TIMES } from '../timings.js';
import { notReceiving, pick, seconds, until, weather } from './steps.js';

const BLACK_HOLE = { kind: 'black-hole' } as const;

/** Longer than a worker needs for looking after its slots, shorter than it waits before it adopts any. */
const APART_SECONDS = 0.4 * WORKER_TIMES.adoptAfter;

/** Within which a connection that is dead without having been closed is given up for a new one. */
const HALF_OPEN_WITHIN_MS = 10_000;

const LINES = ['postgres', 'redis', 'asterisk'] as const;

/** Bad networks between a worker and what it needs. */
export const NETWORK_FAULTS: readonly Fault[] = [
  {
    id: 'R04',
    title: 'one in ten answers of Asterisk gets lost',
    silenceMs: 8_000,
    whole: { calls: 700, strikes: 1 },
    perSecond: 15,
    mayBeNotRung: 0.02,
    strike: (stage, { calls }) =>
      weather(stage.workers(), 'asterisk', { kind: 'lose-replies', probability: 0.1 }, calls / 15, 'other'),
  },
  {
    id: 'R09',
    title: 'one worker, then all of them, cannot reach Redis for 30 s',
    whole: { calls: 900, strikes: 2 },
    perSecond: 12,
    strike: async (stage) => {
      await seconds(5);
      await weather(stage.workers().slice(0, 1), 'redis', BLACK_HOLE, 30);
      await seconds(5);
      await weather(stage.workers(), 'redis', BLACK_HOLE, 30);
    },
  },
  {
    id: 'R10',
    title: 'the workers cannot reach PostgreSQL for 60 s',
    keepsSlots: true,
    rightWithinMs: 75_000,
    whole: { calls: 900, strikes: 60 },
    brief: { calls: 120, strikes: 12 },
    perSecond: 10,
    mix: 'long',
    mayBeNotRung: 0.02,
    strike: async (stage, { strikes, rest = 1 }) => {
      await seconds(8 * rest);
      for (const { lines } of stage.workers()) lines.postgres.set(BLACK_HOLE);
      await seconds(strikes);
      for (const { lines } of stage.workers()) {
        await lines.postgres.heal();
        await seconds(APART_SECONDS); // Whoever is back first sees leases that have run out, and leaves them alone.
      }
    },
  },
  {
    id: 'R10b',
    title: 'one in fifty answers of PostgreSQL gets lost',
    mayTurnAway: true,
    whole: { calls: 500, strikes: 1 },
    perSecond: 12,
    mayBeNotRung: 0.02,
    strike: async (stage, { calls }) => {
      stage.apiLines.postgres.set({ kind: 'lose-replies', probability: 0.02 });
      await weather(stage.workers(), 'postgres', { kind: 'lose-replies', probability: 0.02 }, calls / 12);
      await stage.apiLines.postgres.heal();
    },
  },
  {
    id: 'R11',
    title: 'the workers cannot reach ARI’s HTTP for 20 s, then its WebSocket for 20 s',
    silenceMs: 30_000,
    whole: { calls: 700, strikes: 1 },
    perSecond: 10,
    mayBeUnseen: 0.05,
    mayBeNotRung: 0.02,
    strike: async (stage) => {
      await seconds(5);
      await weather(stage.workers(), 'asterisk', BLACK_HOLE, 20, 'other');
      await seconds(10);
      const end = stage.spans.begin();
      await weather(stage.workers(), 'asterisk', BLACK_HOLE, 20, 'websocket');
      await seconds(3);
      end();
    },
  },
  {
    id: 'R12',
    title: 'one of two workers is cut off from everything for three leases',
    whole: { calls: 700, strikes: 2 },
    perSecond: 10,
    mix: 'long',
    mayBeUnseen: 0.12,
    mayBeNotRung: 0.02,
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(11);
        const alone = pick(stage, stage.workers());
        await notReceiving(stage, alone, async () => {
          for (const line of LINES) alone.lines[line].set(BLACK_HOLE);
          await seconds(18);
          for (const line of LINES) await alone.lines[line].heal();
        });
      }
    },
  },
  {
    id: 'R23',
    title: 'Asterisk is 1.5 ± 0.5 s away, in each direction',
    silenceMs: 10_000,
    whole: { calls: 400, strikes: 40 },
    perSecond: 10,
    mayBeUnseen: 0.02,
    mayBeNotRung: 0.02,
    strike: (stage, { strikes }) =>
      weather(stage.workers(), 'asterisk', { kind: 'latency', ms: 1_500, jitterMs: 500 }, strikes),
  },
  {
    id: 'R23b',
    title: 'what Asterisk says on its event sockets comes 3 ± 0.5 s later than its answers',
    silenceMs: 10_000,
    whole: { calls: 700, strikes: 62 },
    perSecond: 10,
    mayBeNotRung: 0.02,
    strike: (stage, { strikes }) =>
      weather(stage.workers(), 'asterisk', { kind: 'latency', ms: 3_000, jitterMs: 500 }, strikes, 'websocket'),
  },
  {
    id: 'R25',
    title: 'event sockets are reset every 2 s, cut in mid-frame, sliced into single bytes',
    silenceMs: 6_000,
    whole: { calls: 900, strikes: 12 },
    brief: { calls: 200, strikes: 3 },
    perSecond: 15,
    mayBeUnseen: 0.05,
    mayBeNotRung: 0.02,
    strike: async (stage, { strikes, rest = 1 }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(2 * rest);
        const end = stage.spans.begin(); // What is just on its way.
        for (const { lines } of stage.workers()) lines.asterisk.cut('websocket');
        end();
      }
      const end = stage.spans.begin();
      await weather(stage.workers(), 'asterisk', { kind: 'cut-mid-frame', probability: 0.02 }, strikes, 'websocket');
      await seconds(3);
      end();
      await weather(stage.workers(), 'asterisk', { kind: 'slices', bytes: 1 }, strikes);
    },
  },
  {
    id: 'R27',
    title: 'an event socket goes silent for 25 s without being closed',
    silenceMs: 15_000,
    whole: { calls: 500, strikes: 2 },
    perSecond: 10,
    mix: 'long',
    mayBeUnseen: 0.25,
    mayBeNotRung: 0.02,
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(4);
        const victim = pick(stage, stage.workers());
        const end = stage.spans.begin(victim.apps());
        await weather([victim], 'asterisk', BLACK_HOLE, 25, 'websocket');
        await seconds(3);
        end();
      }
    },
  },
  {
    id: 'R49',
    title: 'Redis is frozen for 20 s, without closing anything, three times',
    keepsSlots: true,
    whole: { calls: 700, strikes: 3 },
    perSecond: 8,
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(6);
        for (const line of redisLines(stage)) line.set(BLACK_HOLE);
        await seconds(20);
        for (const line of redisLines(stage)) await line.heal();
      }
    },
  },
  {
    id: 'R49b',
    title: 'all connections to Redis are dead without being closed, three times; new ones are not',
    keepsSlots: true,
    whole: { calls: 700, strikes: 3 },
    perSecond: 10,
    aftermathMs: HALF_OPEN_WITHIN_MS + 3_000,
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(8);
        for (const line of redisLines(stage)) {
          if (line.forget() === 0) stage.complain('a process had no connection to Redis that could be forgotten');
        }
        // The other end is never told: it has dead clients of its own meanwhile, who may still be waiting for a job.
        const since = performance.now();
        const given = (): boolean => redisLines(stage).every((line) => line.stillHeld() === 0);
        await until(stage, 'all dead connections to Redis were given up', given);
        const took = (performance.now() - since) / 1_000;
        stage.measures.push({ what: 'dead, unnoticed', value: took, goal: HALF_OPEN_WITHIN_MS / 1_000, unit: 's' });
        await seconds(10);
      }
    },
  },
];

/** Of everybody. */
function redisLines({ apiLines, workers }: Stage): Line[] {
  return [apiLines.redis, ...workers().map(({ lines }) => lines.redis)];
}
