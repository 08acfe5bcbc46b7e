import type { Fault } from '../fault.js';
import type { Stage } from '../stage.js';
import { between, pick, replace, seconds, until } from './steps.js';

/** A slot is free again 16 s after its worker's death at most: with a death every two seconds there are never more. */
const MOST_SLOTS = 20;

/** Workers that crash, freeze, are stopped, scaled, or live in another time. */
export const WORKER_FAULTS: readonly Fault[] = [
  {
    id: 'R01',
    title: 'workers are killed at random moments, one lives on',
    whole: { calls: 5_000, strikes: 200 },
    brief: { calls: 250, strikes: 8 },
    perSecond: 11,
    mix: 'long',
    workers: 3,
    mayBeUnseen: true,
    mayBeNotRung: true,
    strike: async (stage, { strikes }) => {
      // The first worker lives; two others have short lives, side by side.
      const [survivor] = stage.workers();
      let left = strikes;
      const lane = async (): Promise<void> => {
        while (left > 0) {
          await between(stage, 0.5, 7.5);
          const victim = pick(
            stage,
            stage.workers().filter((worker) => worker !== survivor),
          );
          if (victim === undefined || left <= 0) continue;
          left--;
          await victim.kill();
          await stage.startWorker();
        }
      };
      await Promise.all([lane(), lane()]);
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
    whole: { calls: 700, strikes: 2 },
    perSecond: 8,
    mix: 'long',
    workers: 2,
    mayBeUnseen: true,
    mayBeNotRung: true,
    strike: async (stage, { strikes }) => {
      for (const pause of [5, 45].slice(0, strikes)) {
        await seconds(10);
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
    whole: { calls: 900, strikes: 10 },
    brief: { calls: 60, strikes: 2 },
    perSecond: 7,
    mix: 'mixed',
    workers: 2,
    mayBeUnseen: true,
    mayBeNotRung: true,
    strike: async (stage, { strikes }) => {
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
        await seconds(10);
      }
    },
  },
  {
    id: 'R05',
    title: 'a worker is paused for 5, 15 and 30 s and wakes',
    whole: { calls: 900, strikes: 3 },
    brief: { calls: 150, strikes: 2 },
    perSecond: 10,
    mix: 'long',
    workers: 2,
    mayBeUnseen: true,
    mayBeNotRung: true,
    strike: async (stage, { strikes }) => {
      for (const pause of [5, 15, 30].slice(0, strikes)) {
        await seconds(4);
        const wake = pick(stage, stage.workers())?.pause();
        await seconds(pause);
        wake?.();
        await seconds(8);
      }
    },
  },
  {
    id: 'R06',
    title: 'workers are asked to stop, one after another, with calls up',
    whole: { calls: 800, strikes: 5 },
    brief: { calls: 120, strikes: 1 },
    perSecond: 10,
    mix: 'long',
    workers: 2,
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(8);
        const [oldest] = stage.workers();
        await replace(stage, 3);
        const code = await oldest?.stop();
        if (code !== 0) stage.complain(`a worker that was asked to stop ended with ${String(code)}`);
      }
    },
  },
  {
    id: 'R13',
    title: 'scaled from one worker to four and back',
    whole: { calls: 700, strikes: 3 },
    perSecond: 15,
    mix: 'mixed',
    workers: 1,
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) await stage.startWorker();
      await stage.ready(1 + strikes);
      await seconds(15);
      for (const worker of stage.workers().slice(1)) await worker.stop();
    },
  },
  {
    id: 'R29',
    title: 'the clocks of two workers are ten minutes apart from everybody',
    whole: { calls: 500, strikes: 1 },
    perSecond: 15,
    mix: 'mixed',
    workers: 0,
    strike: async (stage) => {
      const early = await stage.startWorker({ nodeFlags: clockOffBy(-600) });
      await stage.startWorker({ nodeFlags: clockOffBy(600) });
      await stage.ready(2);
      await seconds(20);
      await early.stop();
    },
  },
  {
    id: 'R36',
    title: 'everything is restarted in turn, as a deploy does',
    whole: { calls: 700, strikes: 2 },
    perSecond: 12,
    mix: 'mixed',
    workers: 2,
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(3);
        await stage.api.stop();
        await stage.api.start();
        for (const old of stage.workers()) {
          await replace(stage, 3);
          await old.stop();
        }
      }
    },
  },
  {
    id: 'R37',
    title: 'the owner is dead when the callee answers',
    whole: { calls: 60, strikes: 4 },
    brief: { calls: 10, strikes: 1 },
    perSecond: 2,
    mix: 'mixed',
    workers: 2,
    mayBeUnseen: true,
    mayBeNotRung: true,
    strike: async (stage, { strikes }) => {
      await seconds(10); // Whoever has not been there for ten seconds adopts nobody.
      for (let n = 0; n < strikes; n++) await killBeforeTheAnswer(stage);
    },
  },
];

/** Callees who pick up five seconds after the INVITE, when their worker has been dead for some. */
async function killBeforeTheAnswer(stage: Stage): Promise<void> {
  const ids = await Promise.all(
    Array.from({ length: 12 }, () => stage.traffic.one('004', { extension: 'for20', timeout: 20_000 })),
  );
  const records = () =>
    stage.simulator.ledger.channels().filter(({ channelId }) => ids.includes(channelId.slice(0, 36)));
  await until(stage, 'all were dialled', () => records().filter(({ dials }) => dials.length > 0).length === ids.length);
  const victim = stage.workers()[0];
  const apps = victim?.apps() ?? [];
  await victim?.kill();
  await stage.startWorker();
  await until(stage, 'all were connected', () => records().every(({ continued }) => continued !== null), 25);
  const dropped = records().filter(({ app, ended, continued }) => apps.includes(app) && ended !== null && !continued);
  for (const { channelId } of dropped) stage.complain(`${channelId} was answered and dropped`);
  await seconds(10);
}

/** Makes a process believe that it is so many seconds later. */
function clockOffBy(offSeconds: number): string[] {
  const script = `const now = Date.now; const Real = Date; const off = ${String(offSeconds * 1_000)};
    globalThis.Date = class extends Real { constructor(...a) { a.length ? super(...a) : super(now() + off); }
      static now() { return now() + off; } };`;
  return ['--import', `data:text/javascript,${encodeURIComponent(script)}`];
}
