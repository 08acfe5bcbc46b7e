import type { Fault } from '../fault.js';
import type { Stage } from '../stage.js';
import { THIS_VERSION, type Version } from '../version.js';
import { seconds, stopped } from './steps.js';

/** Not in the catalogue: it is played with a former version, which is to be named. */
export const UPGRADE_ID = 'upgrade';

const PER_SECOND = 8;
const WORKERS = 2;

/** So long each version is alone, with calls of its own. */
const ALONE_SECONDS = 12;

/** About what all changes take together. */
const CALLS = 900;

/**
 * From a former version to this one, back, and here again, as the guide has it and with calls up all the time: `migrate` where
 * it goes forward, then the API, then the workers one after the other. Going back nothing is done to the database, so the former
 * version's processes work on the newer schema.
 *
 * @param say hears of every change, with how many calls were up.
 */
export function upgrade({ former, say }: { readonly former: Version; readonly say: (line: string) => void }): Fault {
  const up: number[] = [];
  const change = async (stage: Stage, to: Version): Promise<void> => {
    await seconds(ALONE_SECONDS);
    up.push(stage.simulator.liveChannels());
    say(`${UPGRADE_ID} ${new Date().toISOString()} to ${to.name}, with ${String(up.at(-1))} calls up`);
    if (to === THIS_VERSION) await stage.prepare(to);
    await stage.api.stop();
    await stage.api.start(to);
    for (const old of stage.workers()) {
      await stage.startWorker({ version: to });
      await stage.ready(WORKERS + 1);
      await stopped(stage, old);
    }
  };
  return {
    id: UPGRADE_ID,
    title: `from ${former.name} to this version, back, and again, with calls up`,
    whole: { calls: CALLS, strikes: 3 },
    perSecond: PER_SECOND,
    mix: 'long',
    workers: WORKERS,
    settings: { version: former },
    mayTurnAway: true, // The only API is restarted.
    dialledWithinMs: 70_000, // Where the versions name their queues differently, the sweep finds the calls of the other one.
    strike: async (stage) => {
      for (const to of [THIS_VERSION, former, THIS_VERSION]) await change(stage, to);
      await seconds(ALONE_SECONDS);
    },
    check: () => (up.every((calls) => calls > 0) ? [] : ['no call was up when the version changed']),
  };
}
