import type { UsageSample } from './process-usage.js';

/** What became of a process's memory and descriptors once it was warm. */
export interface UsageTrend {
  /** For how long it was looked at, warming up included, in milliseconds. */
  readonly soakedMs: number;
  /** The least it held in the last window after a collection, in megabytes; and how much of it was in RAM by then. */
  readonly liveMegabytes: number;
  readonly residentMegabytes: number;
  /** In megabytes per hour. */
  readonly growthPerHour: number;
  readonly descriptors: {
    readonly least: number;
    readonly most: number;
    /** Medians of the first and the last quarter: a strike that closes or opens many for a moment does not show in them. */
    readonly atFirst: number;
    readonly atLast: number;
  };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long a process warms up: this share of the time, and not less than a minute. */
const WARM_UP_SHARE = 1 / 4;
const LEAST_WARM_UP_MS = MINUTE_MS;

/** Five minutes each in a soak of an hour. The least of a window is what was left when garbage had just been collected. */
const WINDOWS = 9;

/** Pools and the clients' connections breathe by less; one descriptor left open at every strike is 90 in an hour. */
const MORE_DESCRIPTORS = 10;

/**
 * R32's goal is 1; what is under way differs by as much from one collection to the next. A hundred bytes kept of every call – an id
 * in a set – are 7 in the API at 20 calls a second; one of three workers sees a third of the calls.
 */
const MOST_GROWTH_PER_HOUR = 3;

/** In a shorter soak, what is compiled and cached late is more than the bound. The last sample lies a little before the end. */
const GROWTH_COUNTS_FROM_MS = 44 * MINUTE_MS;

/** @returns null when nothing was sampled after the warm-up, because the process was gone. */
export function usageTrend(samples: readonly UsageSample[]): UsageTrend | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return null;
  const soakedMs = last.at - first.at;
  const warmAt = first.at + Math.max(LEAST_WARM_UP_MS, WARM_UP_SHARE * soakedMs);
  const measured = samples.filter(({ at }) => at >= warmAt);
  if (measured.length === 0) return null;

  const minima = parts(measured, WINDOWS).flatMap(leastOf);
  const counts = measured.map(({ descriptors }) => descriptors);
  const quarters = parts(measured, 4).map((quarter) => median(quarter.map(({ descriptors }) => descriptors)));
  return {
    soakedMs,
    liveMegabytes: minima.at(-1)?.live ?? 0,
    residentMegabytes: last.residentMegabytes,
    growthPerHour: slope(minima.map(({ at, live }) => [at / HOUR_MS, live])),
    descriptors: {
      least: Math.min(...counts),
      most: Math.max(...counts),
      atFirst: quarters[0] ?? 0,
      atLast: quarters.at(-1) ?? 0,
    },
  };
}

/** What is wrong with these trends: sentences, none when all is well. */
export function usageProblems(trends: Readonly<Record<string, UsageTrend | null>>): string[] {
  return Object.entries(trends).flatMap(([name, trend]) => {
    if (trend === null) return [`the ${name} did not live long enough to be measured`];
    const { soakedMs, growthPerHour, descriptors } = trend;
    const grew = soakedMs >= GROWTH_COUNTS_FROM_MS && growthPerHour > MOST_GROWTH_PER_HOUR;
    const piledUp = descriptors.atLast > descriptors.atFirst + MORE_DESCRIPTORS;
    return [
      ...(grew ? [`the memory of the ${name} grows by ${growthPerHour.toFixed(1)} MB/h`] : []),
      ...(piledUp
        ? [`the ${name} has ${String(descriptors.atLast)} descriptors open, and had ${String(descriptors.atFirst)}`]
        : []),
    ];
  });
}

/** `api 41 MB of 141, +0.4 MB/h; worker 37 MB of 127, +0.9 MB/h; descriptors api 31-34, worker 28-33`. */
export function usageLine(trends: Readonly<Record<string, UsageTrend | null>>): string {
  const known = Object.entries(trends).flatMap(([name, trend]) => (trend === null ? [] : [{ name, ...trend }]));
  const memory = known.map(
    ({ name, liveMegabytes, residentMegabytes, growthPerHour }) =>
      `${name} ${liveMegabytes.toFixed(0)} MB of ${residentMegabytes.toFixed(0)}, ${signed(growthPerHour)} MB/h`,
  );
  const descriptors = known.map(({ name, descriptors: { least, most } }) => `${name} ${String(least)}-${String(most)}`);
  return [...memory, `descriptors ${descriptors.join(', ')}`].join('; ');
}

/** The slope of the straight line that misses these points (x, y) by the least squares; 0 for fewer than two. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const spread = sum(points.map(([x]) => (x - meanX) ** 2));
  return spread === 0 ? 0 : sum(points.map(([x, y]) => (x - meanX) * (y - meanY))) / spread;
}

/** Spans of time of one length, in their order; those without a sample are left out. */
function parts(samples: readonly UsageSample[], count: number): UsageSample[][] {
  const from = samples[0]?.at ?? 0;
  const lengthMs = Math.max(1, ((samples.at(-1)?.at ?? 0) - from) / count);
  const within: UsageSample[][] = Array.from({ length: count }, () => []);
  for (const sample of samples) within[Math.min(count - 1, Math.floor((sample.at - from) / lengthMs))]?.push(sample);
  return within.filter((part) => part.length > 0);
}

/** The least that was alive in a window, and when; nothing for one without a collection. */
function leastOf(window: readonly UsageSample[]): { readonly at: number; readonly live: number }[] {
  const known = window.flatMap(({ at, liveMegabytes }) =>
    liveMegabytes === null ? [] : [{ at, live: liveMegabytes }],
  );
  return known.length === 0 ? [] : [known.reduce((least, sample) => (sample.live < least.live ? sample : least))];
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function mean(numbers: readonly number[]): number {
  return sum(numbers) / numbers.length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function signed(number: number): string {
  return `${number < 0 ? '' : '+'}${number.toFixed(1)}`;
}
