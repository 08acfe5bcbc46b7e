import { drawCallee, type Callee } from './callees.js';
import type { EventNoise } from './event-sockets.js';
import type { Mood } from './network.js';
import { between, chance, pick, seededRandom, wholeBetween, type Random } from './random.js';
import { callIdOf } from './rows.js';

/** One call of a scenario. */
export interface PlannedCall {
  readonly id: string;
  readonly atMs: number;
  readonly callee: Callee;
  readonly ringTimeoutMs: number;
  readonly expiresInMs: number;
  /** The API dies between commit and queue. */
  readonly jobLost: boolean;
  readonly cancel: Moment | null;
}

/** When something strikes: at a time, or after so many things that matter, which finds the narrow gaps. */
export type Moment = { readonly atMs: number } | { readonly atStep: number };

export const FAULTS = [
  'crash',
  'pause',
  'stop',
  'cut_socket',
  'half_open_socket',
  'lose_lease',
  'restart_asterisk',
  'kill_asterisk',
  'database_away',
  'cut_off_database',
  'redis_flush',
  'redis_away',
  'lose_ari_request',
  'lose_ari_reply',
  'late_ari_request',
  'lose_database_request',
  'lose_database_reply',
  'late_database_request',
  'drop_event',
  'lagging_socket',
  'duplicate_job',
] as const;

/** What a failover to a standby that lacks the last commits does. */
export const LOSSES = ['commit_lost', 'claim_lost'] as const;

export type FaultKind = (typeof FAULTS)[number] | (typeof LOSSES)[number];

export interface PlannedFault {
  readonly kind: FaultKind;
  readonly at: Moment;
  /** Which of those that could be struck. */
  readonly luck: number;
  /** How long it lasts, where it lasts. */
  readonly forMs: number;
}

/** The longer ones outlast the worker's lease: its slot is somebody else's by then. */
const CUT_OFF_MS = [3_000, 20_000] as const;

/** Longer than it takes to look twice whether a channel is gone. */
const LAG_MS = [4_000, 16_000] as const;

/** Around the time after which calls without workers are given up: a lease, the grace, a sweep or two. */
const UNTIL_GIVEN_UP_MS = [62_000, 72_000] as const;

const LONG_DESERTED_MS = [72_000, 200_000] as const;

/** Everything a seed decides ahead of the run. */
export interface Scenario {
  readonly seed: number;
  readonly workers: number;
  readonly calls: readonly PlannedCall[];
  readonly faults: readonly PlannedFault[];
  readonly mood: Mood;
  /** How often a request that matters, or its reply, is lost. */
  readonly lossy: number;
  readonly noise: EventNoise;
  readonly shuffledJobs: boolean;
  readonly maxConcurrentCalls: number;
  /** Then faults stop, and everything gets its time. */
  readonly healAtMs: number;
  /** Nothing is lost, nobody fails, everything is quick: each call has exactly one right status. */
  readonly faultless: boolean;
  /**
   * Then all workers of this Asterisk die, and none comes back before all is healed. A worker of another Asterisk lives on
   * and ends what is left of their calls.
   */
  readonly deserted: Desertion | null;
}

export interface Desertion {
  readonly at: Moment;
  /** Then all is healed, instead of at the time that holds for other scenarios. */
  readonly forMs: number;
  /** The next statement that matters takes seconds: what was read before it may be old by then. */
  readonly slowWrite: boolean;
}

/**
 * When the calls come: while the workers start; when they have been steady for so long that they adopt; when the
 * reconciliation comes round that every worker does 30 s after its start.
 */
const FROM_MS = { at_start: 0, when_steady: 12_000, at_reconciling: 29_500 } as const;

type Phase = keyof typeof FROM_MS;

const SILENT: EventNoise = { drop: 0, duplicate: 0, reorder: 0 };

/** Many tiny scenarios find most: one to three calls, mostly one to three faults, often no other noise. */
export function drawScenario(seed: number): Scenario {
  const random = seededRandom(seed);
  const kind = random();
  const faultless = kind < 0.04;
  const isDeserted = !faultless && kind < 0.07;
  const noisy = kind > 0.75;
  const workers = pick(random, [1, 2, 2, 2, 2, 3]);
  const callCount = pick(random, [1, 1, 1, 1, 1, 1, 2, 2, 3]);
  const phase = faultless ? 'at_start' : drawPhase(random);
  const healAtMs = between(random, 3_000, 22_000) + FROM_MS[phase];

  const drawn: Scenario = {
    seed,
    workers,
    calls: Array.from({ length: callCount }, (_, n) => drawCall(random, n + 1, faultless, FROM_MS[phase])),
    faults: faultless ? [] : drawFaults(random, noisy ? 4 : 3, FROM_MS[phase]),
    mood: drawMood(random, faultless, phase),
    lossy: noisy ? between(random, 0, 0.15) : 0,
    noise: noisy && chance(random, 0.5) ? drawNoise(random) : SILENT,
    shuffledJobs: chance(random, 0.3),
    maxConcurrentCalls: chance(random, 0.1) ? wholeBetween(random, 1, 2) : 0,
    healAtMs,
    faultless,
    deserted: isDeserted ? drawDesertion(random, FROM_MS[phase]) : null,
  };
  const losses = faultless ? [] : drawLosses(seed, FROM_MS[phase]);
  return losses.length === 0 ? drawn : { ...drawn, ...ALONE, faults: losses };
}

/**
 * What the database has lost must be known to somebody who can tell it. Where whoever dialled is dead or cut off as well, and the
 * channel gone, only synchronous replication keeps a call from being dialled again; docs/production-deployment.md says so.
 */
const ALONE = { lossy: 0, noise: SILENT, deserted: null } as const;

function drawPhase(random: Random): Phase {
  const luck = random();
  if (luck < 0.65) return 'at_start';
  return luck < 0.9 ? 'when_steady' : 'at_reconciling';
}

/** Only on a slow network does anything overlap with a reconciliation. */
function drawMood(random: Random, faultless: boolean, phase: Phase): Mood {
  if (faultless) return 'calm';
  return phase === 'at_reconciling'
    ? pick(random, ['jittery', 'slow'])
    : pick(random, ['calm', 'calm', 'calm', 'jittery', 'slow']);
}

function drawCall(random: Random, n: number, faultless: boolean, fromMs: number): PlannedCall {
  return {
    id: callIdOf(n),
    atMs: fromMs + between(random, 0, 1_500),
    callee: drawCallee(random),
    ringTimeoutMs: wholeBetween(random, 2, 8) * 1_000,
    expiresInMs: chance(random, 0.15) && !faultless ? between(random, 100, 8_000) : between(random, 200_000, 280_000),
    jobLost: chance(random, 0.1),
    cancel: chance(random, 0.25) ? drawMoment(random, fromMs) : null,
  };
}

function drawFaults(random: Random, atMost: number, fromMs: number): PlannedFault[] {
  return Array.from({ length: wholeBetween(random, 0, atMost) }, () => {
    const kind = pick(random, FAULTS);
    return { kind, at: drawMoment(random, fromMs), luck: random(), forMs: drawDuration(random, kind) };
  });
}

/** In one scenario of ten, by a luck of their own. */
function drawLosses(seed: number, fromMs: number): PlannedFault[] {
  const random = seededRandom(seed ^ 0x1057);
  if (!chance(random, 0.1)) return [];
  return [
    { kind: pick(random, LOSSES), at: drawMoment(random, fromMs), luck: random(), forMs: between(random, 50, 6_000) },
  ];
}

function drawDesertion(random: Random, fromMs: number): Desertion {
  const at = drawMoment(random, fromMs);
  const [shortest, longest] = chance(random, 0.5) ? UNTIL_GIVEN_UP_MS : LONG_DESERTED_MS;
  return { at, forMs: between(random, shortest, longest), slowWrite: chance(random, 0.5) };
}

function drawDuration(random: Random, kind: FaultKind): number {
  if (kind === 'cut_off_database') return between(random, ...CUT_OFF_MS);
  if (kind === 'lagging_socket') return between(random, ...LAG_MS);
  return chance(random, 0.5) ? between(random, 50, 3_000) : between(random, 3_000, 16_000);
}

function drawMoment(random: Random, fromMs: number): Moment {
  return chance(random, 0.7) ? { atStep: wholeBetween(random, 1, 60) } : { atMs: fromMs + between(random, 0, 15_000) };
}

function drawNoise(random: Random): EventNoise {
  return {
    drop: between(random, 0, 0.1),
    duplicate: between(random, 0, 0.2),
    reorder: between(random, 0, 0.2),
  };
}

/** A scenario in one line, for the head of a trace. */
export function saidScenario({
  seed,
  workers,
  calls,
  faults,
  mood,
  lossy,
  noise,
  healAtMs,
  ...rest
}: Scenario): string {
  const moment = (at: Moment): string => ('atStep' in at ? `step ${at.atStep}` : `${Math.round(at.atMs)} ms`);
  const saidCalls = calls.map(
    ({ id, callee, cancel, jobLost }) =>
      `${id.slice(-3)} ${callee}${jobLost ? ', job lost' : ''}${cancel === null ? '' : `, canceled at ${moment(cancel)}`}`,
  );
  return [
    `seed ${seed}: ${workers} workers, ${mood} network`,
    `calls: ${saidCalls.join('; ')}`,
    `faults: ${faults.map(({ kind, at }) => `${kind} at ${moment(at)}`).join('; ') || 'none'}`,
    `lossy ${lossy.toFixed(2)}, events dropped ${noise.drop.toFixed(2)}, doubled ${noise.duplicate.toFixed(2)}, reordered ${noise.reorder.toFixed(2)}`,
    ...(rest.deserted === null
      ? []
      : [`all workers die at ${moment(rest.deserted.at)}, one of another Asterisk lives on`]),
    `at most ${rest.maxConcurrentCalls || 'any number of'} calls at once; healed at ${Math.round(healAtMs)} ms`,
  ].join('\n');
}
