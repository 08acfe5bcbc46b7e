/** What happened in a run, one line per thing, for a person to read and for two runs to be compared. */
export interface Trace {
  /** Whether anybody will read it: lines are not even put together otherwise. */
  readonly on: boolean;
  readonly say: (line: string) => void;
  readonly lines: readonly string[];
}

export function openTrace(on: boolean, now: () => number): Trace {
  const lines: string[] = [];
  return {
    on,
    say: (line) => {
      if (on) lines.push(`${(now() / 1000).toFixed(4).padStart(9)}  ${line}`);
    },
    lines,
  };
}
