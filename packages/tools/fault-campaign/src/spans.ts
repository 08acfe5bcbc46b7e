/** Spans of time in which nobody received the events of some applications. */
export interface BlindSpans {
  /** Nobody receives the events of these applications (all, if none is named) from now until the returned function is called. */
  readonly begin: (apps?: readonly string[]) => () => void;
  /** Whether nobody received the application's events at this time (milliseconds since the epoch). */
  readonly covers: (app: string, at: number) => boolean;
  /** Whether nobody received the application's events at any time between these (milliseconds since the epoch). */
  readonly overlap: (app: string, from: number, to: number) => boolean;
}

/** Spans of time in which something was broken, whatever it was. */
export interface Troubles {
  /** Something is broken from now until the returned function is called, once or more. */
  readonly begin: () => () => void;
  /** Whether anything was broken at any time between these (milliseconds since the epoch). */
  readonly any: (from: number, to: number) => boolean;
  /** For how many milliseconds between these something was broken. */
  readonly within: (from: number, to: number) => number;
}

/** What a dying process heard in its last moment it may not have written. */
export const LAST_MOMENT_MS = 500;

/** What is sent at the end of a span may still be lost with it. */
const AFTERWARDS_MS = 200;

export function blindSpans(): BlindSpans {
  const spans: { apps: readonly string[] | null; from: number; to: number }[] = [];
  const overlap = (app: string, first: number, last: number): boolean =>
    spans.some(({ apps, from, to }) => from <= last && to >= first && (apps === null || apps.includes(app)));
  return {
    begin: (apps) => {
      const span = { apps: apps ?? null, from: Date.now() - LAST_MOMENT_MS, to: Infinity };
      spans.push(span);
      return () => (span.to = Date.now() + AFTERWARDS_MS);
    },
    covers: (app, at) => overlap(app, at, at),
    overlap,
  };
}

export function troublesFromNow(now: () => number = Date.now): Troubles {
  const spans: { from: number; to: number }[] = [];
  return {
    begin: () => {
      const span = { from: now(), to: Infinity };
      spans.push(span);
      return () => (span.to = Math.min(span.to, now()));
    },
    any: (first, last) => spans.some(({ from, to }) => from <= last && to >= first),
    within: (first, last) => {
      let total = 0;
      let counted = first;
      for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
        const begin = Math.max(from, counted);
        const end = Math.min(to, last);
        if (end <= begin) continue;
        total += end - begin;
        counted = end;
      }
      return total;
    },
  };
}
