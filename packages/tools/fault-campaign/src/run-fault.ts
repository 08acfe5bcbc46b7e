import { callOf } from '@dialgate/asterisk-simulator';
import type { Extent, Fault } from './fault.js';
import type { AcceptedCall } from './judge.js';
import { atMostTwice, missed, type Measure } from './measures.js';
import type { Pace } from './pace.js';
import { readRows } from './rows.js';
import type { Servers } from './servers.js';
import { settle, watchFinals } from './settle.js';
import { setUpStage, type Stage } from './stage.js';
import { LAST_MOMENT_MS } from './spans.js';
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
  readonly measures: readonly Measure[];
  /** What else was wrong. */
  readonly problems: readonly string[];
  readonly seconds: number;
  /** How many times slower than a quiet machine this one was: all bounds in seconds were multiplied by it. */
  readonly slowness: number;
}

const SILENCE_MS = 2_000;
const RIGHT_WITHIN_MS = 45_000;
const ANSWER_FOUND_WITHIN_MS = 25_000;
const DIALLED_WITHIN_MS = 3_000;
const AFTERMATH_MS = 20_000;

/**
 * On a machine that is so much slower, workers give up what they need not: a stopping one does not wait for ever for whoever
 * takes over, and a lease runs out by the clock. What they could not see then they say, and it may be so many (0–1).
 */
const TOO_SLOW_FOR_THE_CLOCK = 2;
const SHARE_BY_THE_CLOCK = 0.02;

/** The API waits so long for PostgreSQL, by the clock: on a machine that is twice as slow it gives up where it need not. */
const API_PATIENCE_MS = 1_500;

/** New connections to PostgreSQL, and the requests that were waiting for one. */
const API_RECOVERS_WITHIN_MS = 5_000;

/** A share of few calls may be exceeded by chance. */
const BY_CHANCE = 3;

/** The name of its database and of its queue. */
export function installationOf({ id }: Pick<Fault, 'id'>): string {
  return `faults_${id.toLowerCase().replaceAll(/\W/g, '_')}`;
}

/** Sets a stage, lets calls flow while the fault strikes, waits until everything is over, and compares. */
export async function runFault(
  fault: Fault,
  extent: Extent,
  options: { readonly servers: Servers; readonly seed: number; readonly log: (line: string) => void },
): Promise<Result> {
  const since = performance.now();
  const { servers, log } = options;
  const { workers = 2 } = fault;
  const name = installationOf(fault);
  const stage = await setUpStage({
    ...{ name, servers, log, seed: options.seed },
    settings: fault.settings ?? {},
    asterisks: fault.asterisks ?? 1,
  });
  const finals = watchFinals(stage);
  try {
    for (let n = 0; n < workers; n++) await stage.startWorker();
    await stage.ready(workers);
    const epochs = await stage.epochs();
    const both = await Promise.allSettled([
      stage.traffic.flow(extent.calls, fault.perSecond, fault.mix ?? 'mixed'),
      fault.strike(stage, extent),
    ]);
    for (const one of both) if (one.status === 'rejected') throw one.reason;
    await settle(stage, stage.liveChannels);
    await finals.stop();

    const pace = stage.pace();
    const { judgements, ...verdict } = verdictOn(acceptedBy(stage), await readRows(stage), {
      channels: stage.channels(),
      ...(servers.clock === null ? {} : { clockSteps: servers.clock.steps }),
      couldHear: (app, at) => !hiddenAbout(stage, app, at, pace),
      troubles: stage.troubles,
      restarts: stage.restarts,
      allow: pace.allow,
      silenceMs: fault.silenceMs ?? SILENCE_MS,
      answerFoundWithinMs: fault.answerFoundWithinMs ?? ANSWER_FOUND_WITHIN_MS,
      foundWithinMs: fault.rightWithinMs ?? RIGHT_WITHIN_MS,
      dialledWithinMs: fault.dialledWithinMs ?? DIALLED_WITHIN_MS,
      aftermathMs: fault.aftermathMs ?? AFTERMATH_MS,
      garbled: fault.garblesEvents ?? false,
    });
    const delays = delaysOf(stage, finals.seenAt);
    const adoptions = [...stage.adoptions].sort((a, b) => a - b);
    const upAtDeath = [...stage.upAtDeath].map((channel) => judgements.get(callOf(channel)));
    const measures = [
      ...stage.measures,
      ...(fault.measure?.(stage) ?? []),
      ...(fault.apiUnmoved === true ? [answeredAsQuickly(stage)] : []),
    ];
    const problems = [
      ...stage.complaints,
      ...stage.client.complaints,
      ...twiceAccepted(stage),
      ...leftChannels(stage),
      ...notAllowed(fault, verdict, pace),
      ...turnedAwayNeedlessly(fault, stage, pace),
      ...tooLate(fault, delays, adoptions, pace),
      ...(fault.keepsSlots === true ? changedHands(epochs, await stage.epochs()) : []),
      ...((await fault.check?.(stage, extent)) ?? []),
      ...missed(measures, pace.factor),
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
      measures,
      problems,
      seconds: (performance.now() - since) / 1_000,
      slowness: pace.factor,
    };
  } finally {
    await finals.stop();
    await stage.close();
  }
}

/** What is kept of a fault that could not be played to its end: a finding. */
export function brokenOff(id: string, title: string, error: unknown): Result {
  return {
    ...{ id, title, calls: 0, lost: [], twice: [], wrong: [], unseen: 0, notRung: 0, kills: 0, killsWithCalls: 0 },
    ...{ upAtDeath: { seen: 0, unseen: 0 }, delays: [], adoptions: [], measures: [], seconds: 0, slowness: 1 },
    problems: [`broke off: ${String(error)}`],
  };
}

function delaysOf(stage: Stage, seenAt: ReadonlyMap<string, number>): number[] {
  const delays = stage.channels().flatMap(({ channelId, dials, ended }) => {
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

function leftChannels({ liveChannels }: Stage): string[] {
  const left = liveChannels();
  return left === 0 ? [] : [`${String(left)} channels were left in Asterisk`];
}

function notAllowed(
  fault: Fault,
  { calls, unseen, notRung }: Pick<Verdict, 'calls' | 'unseen' | 'notRung'>,
  { factor }: Pace,
): string[] {
  const byTheClock = factor < TOO_SLOW_FOR_THE_CLOCK ? 0 : SHARE_BY_THE_CLOCK;
  const { mayBeUnseen = byTheClock, mayBeNotRung = byTheClock } = fault;
  // What takes longer to be whole again hides more; each single call was still hidden by something.
  return [
    ...(unseen > most(mayBeUnseen * factor, calls)
      ? [`${String(unseen)} calls ended unseen, and nothing hid so many`]
      : []),
    ...(notRung > most(mayBeNotRung * factor, calls)
      ? [`${String(notRung)} calls were given up, and nothing kept so many from ringing`]
      : []),
  ];
}

/** Clients who had to ask again while nothing was broken that the API needs, and the machine kept up. */
function turnedAwayNeedlessly(
  { mayTurnAway = false }: Fault,
  { client, troubles }: Pick<Stage, 'client' | 'troubles'>,
  { allow }: Pace,
): string[] {
  const needless = client.turnedAway.filter((at) => {
    const struck = mayTurnAway && troubles.any(at - allow(API_RECOVERS_WITHIN_MS, at), at);
    return !struck && allow(API_PATIENCE_MS, at) < 2 * API_PATIENCE_MS;
  });
  return needless.length === 0
    ? []
    : [`clients were turned away ${String(needless.length)} times, and nothing struck the API`];
}

/** Whatever is broken behind the API, its clients do not wait for it. */
function answeredAsQuickly({ client, troubles }: Stage): Measure {
  const struck = client.answers.filter(({ at, tookMs }) => troubles.any(at, at + tookMs));
  const calm = client.answers.filter((answer) => !struck.includes(answer));
  const times = (answers: typeof struck): number[] => answers.map(({ tookMs }) => tookMs);
  return atMostTwice('POST while something was broken', times(calm), times(struck));
}

/** What a process heard in its last moment it may not have written: the moment is longer on a slow machine. */
function hiddenAbout({ spans }: Pick<Stage, 'spans'>, app: string, at: number, { allow }: Pace): boolean {
  const longer = allow(LAST_MOMENT_MS, at) - LAST_MOMENT_MS;
  return spans.overlap(app, at - longer, at + longer);
}

/** Of so many calls; by chance a little more than the share, of a share of none none. */
export function most(share: number, calls: number): number {
  return share === 0 ? 0 : share * calls + BY_CHANCE * Math.sqrt(share * calls);
}

/** Slots that changed hands although nobody had died. */
export function changedHands(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): string[] {
  const apps = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return apps
    .filter((app) => before[app] !== after[app])
    .map((app) => `${app} changed hands: epoch ${String(before[app])} became ${String(after[app])}`);
}

function acceptedBy({ client }: Pick<Stage, 'client'>): AcceptedCall[] {
  return client.placed.flatMap(({ callId: id, cancelAcceptedAt, asked }) =>
    id === null ? [] : [{ id, cancelAcceptedAt, asked }],
  );
}

function tooLate(fault: Fault, delays: readonly number[], adoptions: readonly number[], { factor }: Pace): string[] {
  const { rightWithinMs = RIGHT_WITHIN_MS, adoptedWithinMs = Infinity } = fault;
  const latest = delays.at(-1) ?? 0;
  const adopted = adoptions[Math.floor(0.99 * adoptions.length)] ?? 0;
  return [
    ...((delays[0] ?? 0) < -EARLY_MS * factor ? ['a call was over in its row before it was over on the wire'] : []),
    ...(latest > rightWithinMs * factor
      ? [`a status was right only ${(latest / 1_000).toFixed(1)} s after the call`]
      : []),
    ...(adopted > adoptedWithinMs * factor
      ? [`1 of 100 slots was adopted only after ${(adopted / 1_000).toFixed(1)} s`]
      : []),
  ];
}

/** The moment of a reading of the database lies a little before its answer. */
const EARLY_MS = 500;
