import { COLLECTING } from '../collecting.js';
import type { Fault } from '../fault.js';
import { sampleUsage, type UsageSample } from '../process-usage.js';
import type { Stage } from '../stage.js';
import { usageLine, usageProblems, usageTrend } from '../usage-trend.js';
import type { WorkerProcess } from '../worker-process.js';
import { notReceiving, pick, replace, seconds, stopped, weather } from './steps.js';

/** Not in the catalogue, which is played in less than 90 minutes. */
export const SOAK_ID = 'R32';

/** How long a soak may last, in minutes: a minute of warming up, and not more calls than the simulator's ledger keeps. */
export const SOAK_MINUTES = { least: 2, most: 120 } as const;

const PER_SECOND = 20;
const WORKERS = 3;
const STRIKE_EVERY_SECONDS = 30;

/** Whoever has not been there for ten seconds adopts nobody. */
const FIRST_STRIKE_SECONDS = 12;

/**
 * R32: calls for so many minutes, with a strike every 30 s, while memory and descriptors of the API and of a worker that is
 * never killed are watched.
 */
export function soak({
  minutes,
  say,
}: {
  readonly minutes: number;
  /** Hears of every strike, and in the end what the processes held. */
  readonly say: (line: string) => void;
}): Fault {
  let usage: Readonly<Record<'api' | 'worker', UsageSample[]>> = { api: [], worker: [] };
  return {
    id: SOAK_ID,
    title: `${String(minutes)} minutes with a strike every ${String(STRIKE_EVERY_SECONDS)} s`,
    whole: { calls: minutes * 60 * PER_SECOND, strikes: (minutes * 60) / STRIKE_EVERY_SECONDS - 1 },
    perSecond: PER_SECOND,
    workers: WORKERS,
    settings: {
      api: { NODE_OPTIONS: COLLECTING, ACCESS_TOKEN_EXPIRE_MINUTES: String(minutes + 30) }, // The client logs in once.
      worker: { NODE_OPTIONS: COLLECTING },
    },
    silenceMs: 8_000, // As where Asterisk's answers get lost.
    mayBeUnseen: 0.1,
    mayBeNotRung: 0.05,
    mayTurnAway: true,
    strike: async (stage, { strikes }) => {
      const [survivor] = stage.workers();
      if (survivor === undefined) throw new Error('there is no worker to watch');
      [usage] = await Promise.all([
        sampleUsage(
          { api: { pid: stage.api.pid(), memory: stage.api.memory }, worker: survivor },
          { forMs: minutes * 60_000 },
        ),
        strikeAgainAndAgain(stage, strikes, survivor, say),
      ]);
    },
    check: () => {
      const trends = { api: usageTrend(usage.api), worker: usageTrend(usage.worker) };
      say(`${SOAK_ID} memory: ${usageLine(trends)}`);
      return usageProblems(trends);
    },
  };
}

async function strikeAgainAndAgain(
  stage: Stage,
  strikes: number,
  survivor: WorkerProcess,
  say: (line: string) => void,
): Promise<void> {
  const since = performance.now();
  // All at once: the networks draw from the same seed, and how often they do differs from run to run.
  const drawn = Array.from({ length: strikes }, () => pick(stage, STRIKES));
  for (const [n, { what, play }] of drawn.entries()) {
    const passedSeconds = (performance.now() - since) / 1_000;
    await seconds(Math.max(0, FIRST_STRIKE_SECONDS + n * STRIKE_EVERY_SECONDS - passedSeconds));
    say(`${SOAK_ID} ${new Date().toISOString()} ${what}`);
    await play(stage, survivor);
  }
}

/** What takes less than 30 s, healing included. */
interface Strike {
  readonly what: string;
  readonly play: (stage: Stage, survivor: WorkerProcess) => Promise<void>;
}

/**
 * Asterisk is not restarted: that would excuse every call it ends. The API is not killed, nor is the survivor: they are
 * watched.
 */
const STRIKES: readonly Strike[] = [
  {
    what: 'a worker is killed',
    play: async (stage, survivor) => {
      await pick(stage, mortals(stage, survivor)).kill();
      await replace(stage, WORKERS);
    },
  },
  {
    what: 'a worker is asked to stop',
    play: async (stage, survivor) => {
      const leaving = pick(stage, mortals(stage, survivor));
      await replace(stage, WORKERS + 1);
      await stopped(stage, leaving);
    },
  },
  {
    what: 'a worker is paused for less than its lease',
    play: (stage) => paused(pick(stage, stage.workers()), 4),
  },
  {
    what: 'a worker is paused for longer than its lease',
    play: (stage) => {
      const sleeper = pick(stage, stage.workers());
      return notReceiving(stage, sleeper, () => paused(sleeper, 12));
    },
  },
  {
    what: 'a worker is cut off from everything',
    play: (stage) => {
      const alone = pick(stage, stage.workers());
      const cutOff = async (): Promise<void> => {
        const lines = ['postgres', 'redis', 'asterisk'] as const;
        await Promise.all(lines.map((line) => weather([alone], line, { kind: 'black-hole' }, 12)));
      };
      return notReceiving(stage, alone, cutOff);
    },
  },
  {
    what: 'all event sockets are cut',
    play: (stage) => {
      const end = stage.spans.begin(); // What is just on its way.
      for (const { lines } of stage.workers()) lines.asterisk.cut('websocket');
      end();
      return Promise.resolve();
    },
  },
  {
    what: 'one in ten answers of Asterisk gets lost',
    play: (stage) => weather(stage.workers(), 'asterisk', { kind: 'lose-replies', probability: 0.1 }, 8, 'other'),
  },
  {
    what: 'Asterisk answers 503 to four requests of ten',
    play: async (stage) => {
      const fault = { kind: 'answer', status: 503, body: { message: 'as the campaign wants it' } } as const;
      const laid = stage.simulator.faults.onRequest({ fault, times: Infinity, probability: 0.4 });
      await seconds(4);
      laid.remove();
    },
  },
  {
    what: 'Redis is killed and comes back',
    play: async (stage) => {
      await stage.servers.redis.kill('SIGKILL');
      await seconds(5);
      await stage.servers.redis.startAgain();
    },
  },
  {
    what: 'PostgreSQL is shut down at once and restarted',
    play: async (stage) => {
      await stage.servers.postgres.kill('SIGQUIT');
      await stage.servers.postgres.startAgain();
    },
  },
];

function mortals(stage: Stage, survivor: WorkerProcess): WorkerProcess[] {
  return stage.workers().filter((worker) => worker !== survivor);
}

async function paused(worker: WorkerProcess, forSeconds: number): Promise<void> {
  const wake = worker.pause();
  await seconds(forSeconds);
  wake();
}
