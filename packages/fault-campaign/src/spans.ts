/** Spans of time in which nobody could hear the events of some applications. */
export interface BlindSpans {
  /** Nobody hears these applications (all, if none is named) from now until the returned function is called. */
  readonly begin: (apps?: readonly string[]) => () => void;
  /** Whether the application was deaf at this time (milliseconds since the epoch). */
  readonly covers: (app: string, at: number) => boolean;
  /** Whether any application was deaf at any time between these (milliseconds since the epoch). */
  readonly overlap: (from: number, to: number) => boolean;
}

/** What a dying process heard in its last moment it may not have written. */
const LAST_MOMENT_MS = 500;

/** What is sent at the end of a span may still be lost with it. */
const AFTERWARDS_MS = 200;

export function blindSpans(): BlindSpans {
  const spans: { apps: readonly string[] | null; from: number; to: number }[] = [];
  return {
    begin: (apps) => {
      const span = { apps: apps ?? null, from: Date.now() - LAST_MOMENT_MS, to: Infinity };
      spans.push(span);
      return () => (span.to = Date.now() + AFTERWARDS_MS);
    },
    covers: (app, at) =>
      spans.some(({ apps, from, to }) => at >= from && at <= to && (apps === null || apps.includes(app))),
    overlap: (first, last) => spans.some(({ from, to }) => from <= last && to >= first),
  };
}
