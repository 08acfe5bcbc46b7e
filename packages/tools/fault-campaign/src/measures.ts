/** Something that was measured, and what it may be at most. */
export interface Measure {
  readonly what: string;
  readonly value: number;
  readonly goal: number;
  readonly unit: 'ms' | 's' | 'MB';
}

/** A share of a second that a person would not notice: what is below it is not compared. */
const UNNOTICED_MS = 50;

/** What is measured in times must not be beyond its goal by more than the machine is slow. Pure. */
export function missed(measures: readonly Measure[], factor: number): string[] {
  return measures
    .filter(({ value, goal, unit }) => !(value <= goal * (unit === 'MB' ? 1 : factor)))
    .map((measure) => `${said(measure)}, and should be ${rounded(measure.goal)} ${measure.unit} at most`);
}

/** `resident memory: 38 MB`. */
export function said({ what, value, unit }: Measure): string {
  return `${what}: ${rounded(value)} ${unit}`;
}

/** That these times (ms) are at most twice as long at their 99th percentile as those of a calm hour. */
export function atMostTwice(what: string, calm: readonly number[], struck: readonly number[]): Measure {
  const goal = Math.max(UNNOTICED_MS, 2 * percentile(calm, 0.99));
  return { what: `${what}, p99`, value: percentile(struck, 0.99), goal, unit: 'ms' };
}

/** @returns NaN of no numbers: what was not measured holds no promise. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

const WINDOW_MS = 2_000;
const STEP_MS = 500;

/**
 * The longest time in which, second by second, less than a share (0–1) was done of what came. Pure.
 *
 * @param came when each came, @param done when each was done, in milliseconds.
 * @returns milliseconds.
 */
export function longestDip(came: readonly number[], done: readonly number[], share: number): number {
  const first = Math.min(...came);
  const last = Math.max(...came);
  let longest = 0;
  let since: number | null = null;
  for (let from = first; from + WINDOW_MS <= last; from += STEP_MS) {
    const within = (times: readonly number[]): number =>
      times.filter((at) => at >= from && at < from + WINDOW_MS).length;
    since = within(done) < share * within(came) ? (since ?? from) : null;
    if (since !== null) longest = Math.max(longest, from - since + STEP_MS);
  }
  return longest;
}

function rounded(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}
