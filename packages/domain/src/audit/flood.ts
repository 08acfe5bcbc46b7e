/** How many entries of one event a process writes in a minute: of one user or address, and of all. */
export const ENTRIES_A_MINUTE = { each: 30, all: 120 };

const MINUTE_MS = 60_000;

/** The entries of one event within a minute, of one user or address or of all. */
export interface Minute {
  /** When its first entry came, in milliseconds of a monotonic clock. */
  readonly startedAt: number;
  readonly written: number;
  /** How many came beyond what may be written. */
  readonly suppressed: number;
}

export interface Admission {
  readonly write: boolean;
  readonly each: Minute;
  readonly all: Minute;
}

/**
 * Whether one more entry is written or only counted, so that a flood of wrong logins or refusals fills no disk. Whoever uses up
 * their own share takes nothing from the others'.
 *
 * @param each the minute of its user or address; undefined for their first.
 * @param all the minute of all entries of its event.
 */
export function admitEntry(each: Minute | undefined, all: Minute | undefined, nowMs: number): Admission {
  const own = each ?? begun(nowMs);
  const whole = all ?? begun(nowMs);
  if (own.written >= ENTRIES_A_MINUTE.each) return { write: false, each: suppressed(own), all: whole };
  if (whole.written >= ENTRIES_A_MINUTE.all) return { write: false, each: own, all: suppressed(whole) };
  return { write: true, each: written(own), all: written(whole) };
}

/** Whether a minute has passed, so that what it suppressed is said in one entry, and the next may begin. */
export function isOver({ startedAt }: Minute, nowMs: number): boolean {
  return nowMs - startedAt >= MINUTE_MS;
}

function begun(nowMs: number): Minute {
  return { startedAt: nowMs, written: 0, suppressed: 0 };
}

function written(minute: Minute): Minute {
  return { ...minute, written: minute.written + 1 };
}

function suppressed(minute: Minute): Minute {
  return { ...minute, suppressed: minute.suppressed + 1 };
}
