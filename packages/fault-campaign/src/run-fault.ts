import { callOf } from '@dialgate/asterisk-simulator';
import type { Extent, Fault } from './fault.js';
import { readRows } from './rows.js';
import type { Servers } from './servers.js';
import { settle, watchFinals } from './settle.js';
import { setUpStage, type Stage } from './stage.js';
import { verdictOn, type Verdict } from './verdict.js';

/** What came of one fault. Times in milliseconds. */
export interface Result extends Omit<Verdict, 'judgements'> {
  readonly id: string;
  readonly title: string;
  readonly kills: number;
  /** Kills of workers that had calls. */
  readonly killsWithCalls: number;
  /** Calls that were up when their worker was killed: those that are right to the second, and those whose end nobody saw. */
  readonly upAtDeath: { readonly seen: number; readonly unseen: number };
  /** From a call's end on the wire to the moment its final status could be read: sorted. */
  readonly delays: readonly number[];
  /** From a worker's death to the moment another had its slot reconciled: sorted. */
  readonly adoptions: readonly number[];
  /** What else was wrong. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

const SILENCE_MS = 2_000;
const RIGHT_WITHIN_MS = 45_000;

/** Sets a stage, lets calls flow while the fault strikes, waits until everything is over, and compares. */
export async function runFault(
  fault: Fault,
  extent: Extent,
  options: { readonly servers: Servers; readonly seed: number; readonly log: (line: string) => void },
): Promise<Result> {
  const since = performance.now();
  const { servers, log } = options;
  const { workers = 2 } = fault;
  const name = `faults_${fault.id.toLowerCase().replaceAll(/\W/g, '_')}`;
  const stage = await setUpStage({ name, servers, settings: fault.settings ?? {}, seed: options.seed, log });
  const finals = watchFinals(stage);
  try {
    for (let n = 0; n < workers; n++) await stage.startWorker();
    await stage.ready(workers);
    await Promise.all([
      stage.traffic.flow(extent.calls, fault.perSecond, fault.mix ?? 'mixed'),
      fault.strike(stage, extent),
    ]);
    await settle(stage, () => stage.simulator.liveChannels());
    await finals.stop();

    const accepted = stage.client.placed.flatMap(({ callId: id, wishAcceptedAt }) =>
      id === null ? [] : [{ id, wishAcceptedAt }],
    );
    const { judgements, ...verdict } = verdictOn(accepted, await readRows(stage), {
      channels: stage.simulator.ledger.channels(),
      couldHear: (app, at) => !stage.spans.covers(app, at),
      silenceMs: fault.silenceMs ?? SILENCE_MS,
      restarted: fault.restartsAsterisk ?? false,
    });
    const delays = delaysOf(stage, finals.seenAt);
    const adoptions = [...stage.adoptions].sort((a, b) => a - b);
    const upAtDeath = [...stage.upAtDeath].map((channel) => judgements.get(callOf(channel)));
    const problems = [
      ...stage.complaints,
      ...stage.client.complaints,
      ...twiceAccepted(stage),
      ...leftChannels(stage),
      ...notAllowed(fault, verdict, stage.client.turnedAway()),
      ...tooLate(fault, delays, adoptions),
      ...((await fault.check?.(stage, extent)) ?? []),
    ];
    return {
      ...verdict,
      id: fault.id,
      title: fault.title,
      kills: stage.killed(),
      killsWithCalls: stage.killedWithCalls(),
      upAtDeath: {
        seen: upAtDeath.filter((judgement) => judgement === 'right').length,
        unseen: upAtDeath.filter((judgement) => judgement === 'unseen').length,
      },
      delays,
      adoptions,
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
    return dials.length === 0 || ended === null || seen === undefined ? [] : [seen - ended.at];
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

function notAllowed(
  fault: Fault,
  { unseen, notRung }: Pick<Verdict, 'unseen' | 'notRung'>,
  turnedAway: number,
): string[] {
  const { mayBeUnseen = false, mayBeNotRung = false, mayTurnAway = false } = fault;
  return [
    ...(unseen > 0 && !mayBeUnseen ? [`${String(unseen)} calls ended unseen, and nothing hid them`] : []),
    ...(notRung > 0 && !mayBeNotRung
      ? [`${String(notRung)} calls were given up, and nothing kept them from ringing`]
      : []),
    ...(turnedAway > 0 && !mayTurnAway
      ? [`clients were turned away ${String(turnedAway)} times, and nothing struck the API`]
      : []),
  ];
}

function tooLate(fault: Fault, delays: readonly number[], adoptions: readonly number[]): string[] {
  const { rightWithinMs = RIGHT_WITHIN_MS, adoptedWithinMs = Infinity } = fault;
  const latest = delays.at(-1) ?? 0;
  const adopted = adoptions[Math.floor(0.99 * adoptions.length)] ?? 0;
  return [
    ...((delays[0] ?? 0) < -EARLY_MS ? ['a call was over in its row before it was over on the wire'] : []),
    ...(latest > rightWithinMs ? [`a status was right only ${(latest / 1_000).toFixed(1)} s after the call`] : []),
    ...(adopted > adoptedWithinMs ? [`1 of 100 slots was adopted only after ${(adopted / 1_000).toFixed(1)} s`] : []),
  ];
}

/** The moment of a reading of the database lies a little before its answer. */
const EARLY_MS = 500;
