import type { Fault } from '../fault.js';
import { longestDip, type Measure } from '../measures.js';
import type { Stage } from '../stage.js';
import { WORKER_TIMES } from '../timings.js';
import { between, notReceiving, pick, replace, seconds, stopped, until } from './steps.js';

/** A slot is free again when its last call is over: with a death every two seconds that is a few dozen, not one for each death. */
const MOST_SLOTS = 60;

/** Workers that crash, freeze, are stopped, scaled, or live in another time. */
export const WORKER_FAULTS: readonly Fault[] = [
  {
    id: 'R01',
    title: 'workers are killed at random moments, one lives on',
    whole: { calls: 10_000, strikes: 230 },
    brief: { calls: 300, strikes: 10 },
    perSecond: 22,
    mix: 'long',
    workers: 6,
    adoptedWithinMs: 10_000,
    mayBeUnseen: 0.25,
    mayBeNotRung: 0.02,
    strike: async (stage, { strikes, rest = 1 }) => {
      // The first worker lives; five others die, most of them young, side by side.
      const [survivor] = stage.workers();
      let left = strikes;
      await seconds((WORKER_TIMES.adoptAfter + 1) * rest); // Before, nobody adopts.
      const lane = async (): Promise<void> => {
        while (left > 0) {
          await (stage.random() < 0.3 ? between(stage, 12 * rest, 30 * rest) : between(stage, 0.5, 8 * rest));
          if (left <= 0) return;
          left--;
          const mortal = stage.workers().filter((worker) => worker !== survivor);
          const victim = pick(stage, mortal);
          await victim.kill();
          await stage.startWorker();
        }
      };
      await Promise.all(Array.from({ length: 5 }, lane));
    },
    check: async (stage) => {
      const [row] = await stage.sql<{ slots: number }>('SELECT count(*)::int AS slots FROM worker_slots');
      const slots = row?.slots ?? 0;
      return slots > MOST_SLOTS ? [`${String(slots)} applications have piled up`] : [];
    },
  },
  {
    id: 'R02',
    title: 'all workers are killed; new ones come 5 and 45 s later',
    apiUnmoved: true,
    silenceMs: 65_000, // Until somebody is there again.
    rightWithinMs: 100_000,
    whole: { calls: 700, strikes: 2 },
    perSecond: 8,
    mix: 'long',
    mayBeUnseen: 0.3,
    mayBeNotRung: 0.02,
    strike: async (stage, { strikes }) => {
      for (const pause of [5, 45].slice(0, strikes)) {
        await seconds(16);
        await Promise.all(stage.workers().map((worker) => worker.kill()));
        await seconds(pause);
        await stage.startWorker();
        await replace(stage, 2);
      }
    },
  },
  {
    id: 'R03',
    title: 'killed between claim and create, create and dial, dial and its answer',
    silenceMs: 45_000, // Nobody lives long enough to adopt.
    aftermathMs: 100_000,
    rightWithinMs: 100_000,
    whole: { calls: 900, strikes: 10 },
    brief: { calls: 60, strikes: 1 },
    perSecond: 7,
    mayBeUnseen: 0.2,
    mayBeNotRung: 0.03,
    strike: async (stage, { strikes, rest = 1 }) => {
      const moments = [
        { request: 'create', executed: false },
        { request: 'dial', executed: true },
        { request: 'create', executed: true },
        { request: 'get-variable', executed: false },
        { request: 'dial', executed: false },
      ] as const;
      for (let n = 0; n < strikes; n++) {
        const { request, executed } = moments[n % moments.length] ?? moments[0];
        const laid = stage.simulator.faults.onRequest({ request, fault: { kind: 'hang', executed }, times: 20 });
        await until(stage, `${request} was struck`, () => laid.hits() > 0);
        const doomed = stage.workers();
        await Promise.all(doomed.map((worker) => worker.kill()));
        laid.remove();
        await stage.startWorker();
        await replace(stage, 2);
        await seconds(10 * rest);
      }
    },
  },
  {
    id: 'R05',
    title: 'a worker is paused for 4, 15 and 30 s and wakes',
    silenceMs: 6_000,
    whole: { calls: 900, strikes: 3 },
    perSecond: 10,
    mix: 'long',
    mayBeUnseen: 0.1,
    mayBeNotRung: 0.02,
    strike: async (stage, { strikes }) => {
      // Four seconds are less than a lease: whoever sleeps no longer loses nothing and hears everything.
      for (const pause of [4, 15, 30].slice(0, strikes)) {
        await seconds(4);
        const sleeper = pick(stage, stage.workers());
        const sleep = async (): Promise<void> => {
          const wake = sleeper.pause();
          await seconds(pause);
          wake();
        };
        await (pause < 6 ? sleep() : notReceiving(stage, sleeper, sleep));
        await seconds(4);
      }
    },
  },
  {
    id: 'R06',
    title: 'workers are asked to stop, one after another, with calls up',
    whole: { calls: 800, strikes: 5 },
    perSecond: 10,
    mix: 'long',
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(8);
        const [oldest] = stage.workers();
        await replace(stage, 3);
        if (oldest !== undefined) await stopped(stage, oldest);
      }
    },
  },
  {
    id: 'R13',
    title: 'scaled from one worker to four and back',
    measure: (stage) => [dip(stage)],
    whole: { calls: 700, strikes: 3 },
    perSecond: 15,
    workers: 1,
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) await stage.startWorker();
      await stage.ready(1 + strikes);
      await seconds(15);
      for (const worker of stage.workers().slice(1)) await stopped(stage, worker);
    },
  },
  {
    id: 'R29',
    title: 'the clocks of two workers are ten minutes apart from everybody',
    whole: { calls: 500, strikes: 1 },
    perSecond: 15,
    workers: 0,
    strike: async (stage) => {
      const early = await stage.startWorker({ nodeFlags: clockOffBy(-600) });
      await stage.startWorker({ nodeFlags: clockOffBy(600) });
      await stage.ready(2);
      await seconds(20);
      await stopped(stage, early);
    },
  },
  {
    id: 'R36',
    title: 'everything is restarted in turn, as a deploy does',
    mayTurnAway: true,
    whole: { calls: 700, strikes: 2 },
    perSecond: 12,
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(3);
        await stage.api.stop();
        await stage.api.start();
        for (const old of stage.workers()) {
          await replace(stage, 3);
          await stopped(stage, old);
        }
      }
    },
  },
  {
    id: 'R37',
    title: 'the owner is dead when the callee answers',
    adoptedWithinMs: 10_000,
    whole: { calls: 60, strikes: 4 },
    brief: { calls: 10, strikes: 1 },
    perSecond: 2,
    mayBeUnseen: 0.1,
    mayBeNotRung: 0.02,
    strike: async (stage, { strikes, rest = 1 }) => {
      await seconds(WORKER_TIMES.adoptAfter); // Before, nobody adopts.
      for (let n = 0; n < strikes; n++) {
        await killBeforeTheAnswer(stage);
        await seconds(10 * rest);
      }
    },
  },
];

/** How long less than four fifths of what came was dialled. */
function dip({ client, simulator }: Stage): Measure {
  const came = client.answers.filter(({ status }) => status === 202).map(({ at }) => at);
  const dialled = simulator.ledger.channels().flatMap(({ dials }) => dials.map(({ at }) => at));
  return {
    what: 'fewer than 80 % of the calls were dialled for',
    value: longestDip(came, dialled, 0.8) / 1_000,
    goal: 5,
    unit: 's',
  };
}

/** Callees who pick up five seconds after the INVITE, when their worker has been dead for some. */
async function killBeforeTheAnswer(stage: Stage): Promise<void> {
  const ids = await Promise.all(
    Array.from({ length: 12 }, () => stage.traffic.one('004', { extension: 'for20', timeout: 20_000 })),
  );
  const records = () =>
    stage.simulator.ledger
      .channels()
      .filter(({ channelId, dials }) => dials.length > 0 && ids.includes(channelId.slice(0, 36)));
  await until(stage, 'all were dialled', () => records().length === ids.length);
  const victim = stage.workers().at(-1);
  if (victim === undefined) throw new Error('there is no worker to kill');
  const apps = victim.apps();
  await victim.kill();
  await stage.startWorker();
  await until(stage, 'all were connected', () => records().every(({ continued }) => continued !== null), 25);
  const dropped = records().filter(({ app, ended, continued }) => apps.includes(app) && ended !== null && !continued);
  for (const { channelId } of dropped) stage.complain(`${channelId} was answered and dropped`);
}

/** Makes a process believe that it is so many seconds later. */
function clockOffBy(offSeconds: number): string[] {
  const script = `const now = Date.now; const Real = Date; const off = ${String(offSeconds * 1_000)};
    globalThis.Date = class extends Real { constructor(...a) { a.length ? super(...a) : super(now() + off); }
      static now() { return now() + off; } };`;
  return ['--import', `data:text/javascript,${encodeURIComponent(script)}`];
}
