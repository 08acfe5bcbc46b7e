import { cpus, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';

/**
 * How the machine kept up while a fault was played, so that a slow machine is not taken for a wrong gateway: every bound in
 * seconds is multiplied by `factor` and widened by the standstill at its own moment. On a quiet machine that is 1 and next to
 * nothing: the bounds stay as sharp as they are written.
 */
export interface Pace {
  /** How many times slower than a quiet machine this one was as a rule: 1 and more. */
  readonly factor: number;
  /** @param ms a bound. @param at the moment it is about, in milliseconds since the epoch. */
  readonly allow: (ms: number, at: number) => number;
}

export interface PaceWatch {
  readonly soFar: () => Pace;
  readonly stop: () => void;
}

/** One look at the machine: a small piece of work that was due at some time. Times in milliseconds since the epoch. */
export interface PaceSample {
  readonly dueAt: number;
  readonly startedAt: number;
  readonly doneAt: number;
  /** How many processes wanted each processor, on an average of the last minute. */
  readonly crowd: number;
}

const LOOK_EVERY_MS = 500;

/**
 * A quiet machine of the kind that the bounds were made on does the work in half of it. It is more than a scheduler gives to
 * one process at a time when others want to run as well: less would look quick on the busiest machine.
 */
const WORK_MS = 16;
const WORK_ROUNDS = 6_000_000;

/** Within this a quiet machine has woken up and done the work. */
const ANSWER_MS = 40;

/** A quiet machine that plays a fault has less. Who sleeps most of the time is served first, and does not feel the others. */
const CROWD = 2;

/** A standstill counts for what happened so long before or after it. */
const NEARBY_MS = 2_000;

/** Both sides of a comparison may have stood still: the one that writes, and the one that knows. */
const SIDES = 2;

/** Looks at the machine until `stop`. */
export function watchPace(): PaceWatch {
  const samples: PaceSample[] = [];
  let dueAt = now() + LOOK_EVERY_MS;
  let timer = setTimeout(look, LOOK_EVERY_MS).unref();

  function look(): void {
    const startedAt = now();
    work();
    const doneAt = now();
    samples.push({ dueAt, startedAt, doneAt, crowd: (loadavg()[0] ?? 0) / cpus().length });
    dueAt = doneAt + LOOK_EVERY_MS;
    timer = setTimeout(look, LOOK_EVERY_MS).unref();
  }

  return {
    soFar: () => paceOf(samples, knownSlowness()),
    stop: () => clearTimeout(timer),
  };
}

/** @param slowness what was known of the machine beforehand; the factor is never less. Pure. */
export function paceOf(samples: readonly PaceSample[], slowness: number): Pace {
  const working = median(samples.map(({ startedAt, doneAt }) => doneAt - startedAt));
  const answering = median(samples.map(({ dueAt, doneAt }) => doneAt - dueAt));
  const crowded = median(samples.map(({ crowd }) => crowd));
  // By the median, which single standstills do not move.
  const factor = Math.max(1, slowness, working / WORK_MS, answering / ANSWER_MS, crowded / CROWD);
  const standstills = samples.filter(({ dueAt, doneAt }) => doneAt - dueAt > ANSWER_MS);
  return {
    factor,
    allow: (ms, at) => {
      const near = standstills.filter(({ dueAt, doneAt }) => dueAt <= at + NEARBY_MS && doneAt >= at - NEARBY_MS);
      return ms * factor + SIDES * Math.max(0, ...near.map(({ dueAt, doneAt }) => doneAt - dueAt));
    },
  };
}

/** TEST_SLOWNESS, 1 if unset: how many times slower this machine is known to be, which is how much more patience it gets. */
export function knownSlowness(env: NodeJS.ProcessEnv = process.env): number {
  return Math.max(1, Number(env.TEST_SLOWNESS ?? 1) || 1);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

function work(): number {
  let value = 1;
  for (let round = 0; round < WORK_ROUNDS; round++) value = (Math.imul(value, 1_103_515_245) + 12_345) | 0;
  return value;
}
