import type { EventFault } from '@dialgate/asterisk-simulator';
import { WebSocket } from 'ws';
import type { Fault } from '../fault.js';
import type { Stage } from '../stage.js';
import { during, pick, seconds, until } from './steps.js';

/** An Asterisk that restarts, refuses, garbles its events, or is shared with a stranger. */
export const ASTERISK_FAULTS: readonly Fault[] = [
  {
    id: 'R22',
    title: 'Asterisk is killed and restarted, and restarted in good order',
    apiUnmoved: true,
    whole: { calls: 900, strikes: 4 },
    // Struck early: of so few calls too many would be up, and end unseen.
    brief: { calls: 250, strikes: 2, rest: 0.4 },
    perSecond: 10,
    mix: 'long',
    mayBeUnseen: 0.2,
    mayBeNotRung: 0.05,
    strike: async (stage, { strikes, rest = 1 }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(9 * rest);
        await stage.simulator.restart(n % 2 === 0 ? 'kill' : 'graceful');
      }
    },
  },
  {
    id: 'R24',
    title: 'Asterisk answers 500, 503 and 401 in bursts',
    silenceMs: 8_000,
    whole: { calls: 700, strikes: 6 },
    perSecond: 15,
    mayBeNotRung: 0.25,
    mayBeUnseen: 0.02,
    strike: async (stage, { strikes }) => {
      const { faults } = stage.simulator;
      for (let n = 0; n < strikes; n++) {
        const status = [500, 503, 401][n % 3] ?? 500;
        const body = { message: 'as the campaign wants it' };
        const laid = faults.onRequest({
          fault: { kind: 'answer', status, body },
          times: Infinity,
          probability: 0.4,
        });
        await seconds(4);
        laid.remove();
        await seconds(3);
      }
    },
  },
  {
    id: 'R26',
    title: 'one event in ten is dropped, one doubled, one overtaken',
    garblesEvents: true,
    answerFoundWithinMs: 35_000, // At the next reconciling, every 30 s.
    whole: { calls: 900, strikes: 1 },
    brief: { calls: 200, strikes: 1 },
    perSecond: 15,
    mayBeUnseen: 0.15,
    mayBeNotRung: 0.05,
    strike: async (stage, { calls, rest = 1 }) => {
      const faults: EventFault[] = [{ kind: 'drop' }, { kind: 'duplicate' }, { kind: 'reorder' }];
      const laid = faults.map((fault) => stage.simulator.faults.onEvent({ fault, times: Infinity, probability: 0.1 }));
      await seconds((calls / 15 + 8) * rest);
      for (const each of laid) each.remove();
    },
  },
  {
    id: 'R28',
    title: 'a stranger opens a worker’s application, three times',
    silenceMs: 25_000,
    whole: { calls: 500, strikes: 3 },
    perSecond: 10,
    mix: 'long',
    mayBeUnseen: 0.2,
    mayBeNotRung: 0.05,
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(12); // So that somebody may adopt.
        await during(stage, () => stolen(stage));
      }
    },
  },
];

/** A stranger opens the application of a worker, which leaves it, and keeps it until another worker has taken it back. */
async function stolen(stage: Stage): Promise<void> {
  const victim = pick(stage, stage.workers());
  const [app] = victim.apps();
  if (app === undefined) throw new Error('the worker has no application');
  const end = stage.spans.begin([app]);
  const url = `${stage.simulator.ariUrl.replace('http', 'ws')}/events?app=${app}&api_key=gateway:simulator-secret`;
  const stranger = new WebSocket(url);
  stranger.on('error', () => undefined);
  await until(stage, 'the application was left to the stranger', () => !victim.apps().includes(app), 10);
  const adopted = (): boolean => stage.workers().some((worker) => worker.apps().includes(app));
  const empty = (): boolean =>
    !stage.simulator.ledger.channels().some((channel) => channel.app === app && channel.ended === null);
  await until(stage, 'the application was adopted', () => adopted() || empty(), 20);
  await seconds(2);
  stranger.close();
  end();
}
