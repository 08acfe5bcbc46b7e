import { callOf } from '@dialgate/asterisk-simulator';
import type { Extent, Fault } from './fault.js';
import { readRows } from './rows.js';
import type { Servers } from './servers.js';
import { settle, watchFinals } from './settle.js';
import { setUpStage, type Stage } from './stage.js';
import { verdictOn, type Verdict } from './verdict.js';

/** What came of one fault. Times in milliseconds. */
export interface Result extends Verdict {
  readonly id: string;
  readonly title: string;
  readonly kills: number;
  /** From a call's end on the wire to the moment its final status could be read: sorted. */
  readonly delays: readonly number[];
  /** From a worker's death to the moment another had its slot reconciled: sorted. */
  readonly adoptions: readonly number[];
  /** What else was wrong. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** Sets a stage, lets calls flow while the fault strikes, waits until everything is over, and compares. */
export async function runFault(
  fault: Fault,
  extent: Extent,
  options: { readonly servers: Servers; readonly seed: number; readonly log: (line: string) => void },
): Promise<Result> {
  const since = performance.now();
  const { servers, log } = options;
  const name = `faults_${fault.id.toLowerCase().replaceAll(/\W/g, '_')}`;
  const stage = await setUpStage({ name, servers, settings: fault.settings ?? {}, seed: options.seed, log });
  const finals = watchFinals(stage);
  try {
    for (let n = 0; n < fault.workers; n++) await stage.startWorker();
    await stage.ready(fault.workers);
    await Promise.all([stage.traffic.flow(extent.calls, fault.perSecond, fault.mix), fault.strike(stage, extent)]);
    await settle(stage, () => stage.simulator.liveChannels());
    await finals.stop();

    const channels = stage.simulator.ledger.channels();
    const accepted = stage.client.placed.flatMap(({ callId }) => callId ?? []);
    const verdict = verdictOn(accepted, await readRows(stage), {
      channels,
      couldHear: (app, at) => !stage.spans.covers(app, at),
    });
    const problems = [
      ...stage.complaints,
      ...stage.client.complaints,
      ...twiceAccepted(stage),
      ...leftChannels(stage),
      ...notAllowed(fault, verdict),
      ...((await fault.check?.(stage, extent)) ?? []),
    ];
    return {
      ...verdict,
      id: fault.id,
      title: fault.title,
      kills: stage.killed(),
      delays: delaysOf(stage, finals.seenAt),
      adoptions: [...stage.adoptions].sort((a, b) => a - b),
      problems,
      seconds: (performance.now() - since) / 1_000,
    };
  } finally {
    await finals.stop();
    await stage.close();
  }
}

function delaysOf(stage: Stage, seenAt: ReadonlyMap<string, number>): number[] {
  const delays = stage.simulator.ledger.channels().flatMap(({ channelId, dials, ended }) => {
    const seen = seenAt.get(callOf(channelId));
    return dials.length === 0 || ended === null || seen === undefined ? [] : [Math.max(0, seen - ended.at)];
  });
  return delays.sort((a, b) => a - b);
}

/** Two keys that got one id. */
export function twiceAccepted({ client }: Pick<Stage, 'client'>): string[] {
  const ids = client.placed.flatMap(({ callId }) => callId ?? []);
  return new Set(ids).size === ids.length ? [] : ['two requests were accepted as one call'];
}

function leftChannels({ simulator }: Stage): string[] {
  const left = simulator.liveChannels();
  return left === 0 ? [] : [`${String(left)} channels were left in Asterisk`];
}

function notAllowed({ mayBeUnseen = false, mayBeNotRung = false }: Fault, { unseen, notRung }: Verdict): string[] {
  return [
    ...(unseen > 0 && !mayBeUnseen ? [`${String(unseen)} calls ended unseen, and nothing hid them`] : []),
    ...(notRung > 0 && !mayBeNotRung
      ? [`${String(notRung)} calls were given up, and nothing kept them from ringing`]
      : []),
  ];
}
