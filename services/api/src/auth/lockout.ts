/** What is remembered of the wrong logins of one address, of one account, or of one account from one address. */
export interface Tries {
  /** Wrong logins that are not forgotten yet. */
  readonly failures: number;
  /** Nothing is tried before then. All times in milliseconds since 1970. */
  readonly lockedUntil: number;
  /** The failures are forgotten then. */
  readonly forgetAt: number;
  /** Logins begun whose end is not known yet; those of a process that died count until `pendingUntil`. */
  readonly pending: number;
  readonly pendingUntil: number;
  /** Until then this address is known for this account: somebody logged in from it. */
  readonly knownUntil: number;
}

const MINUTE_MS = 60_000;

/** The longest lock, and how long failures are remembered after it. */
export const LOCK_MAX_MS = 15 * MINUTE_MS;

/** A login takes some 40 ms; behind hundreds of others, some seconds. */
const PENDING_MS = 10_000;

const KNOWN_MS = 30 * 24 * 60 * MINUTE_MS;

const NONE: Tries = { failures: 0, lockedUntil: 0, forgetAt: 0, pending: 0, pendingUntil: 0, knownUntil: 0 };

/** What was kept, without what is over by now. */
export function triesNow(kept: Tries | null, nowMs: number): Tries {
  const tries = kept ?? NONE;
  return {
    ...tries,
    failures: tries.forgetAt > nowMs ? tries.failures : 0,
    pending: tries.pendingUntil > nowMs ? tries.pending : 0,
  };
}

/** Whether one more may be tried: yes; not before so many milliseconds; or only when those under way have ended. */
export type Verdict = 'free' | 'wait' | { readonly lockedForMs: number };

/**
 * So many wrong logins are free. Behind them there is one try after each lock, and none beside one under way: what is
 * being tried counts as wrong until it was found right, or a thousand tries at once would all be free.
 */
export function judge(tries: Tries, limit: number, nowMs: number): Verdict {
  if (tries.lockedUntil > nowMs) return { lockedForMs: tries.lockedUntil - nowMs };
  return tries.pending < remaining(tries, limit) ? 'free' : 'wait';
}

/** How many may be tried before the next lock. */
export function remaining(tries: Tries, limit: number): number {
  return Math.max(1, limit - tries.failures);
}

export function begun(tries: Tries, nowMs: number): Tries {
  return { ...tries, pending: tries.pending + 1, pendingUntil: nowMs + PENDING_MS };
}

/** For a login that ended without counting here: it was right, or could not be decided. */
export function released(tries: Tries): Tries {
  return { ...tries, pending: Math.max(0, tries.pending - 1) };
}

/** The last free failure locks for one minute, and each that follows for twice as long as the one before. */
export function failed(tries: Tries, limit: number, nowMs: number): Tries {
  const failures = tries.failures + 1;
  const lockMs = failures < limit ? 0 : Math.min(MINUTE_MS * 2 ** Math.min(failures - limit, 10), LOCK_MAX_MS);
  return { ...released(tries), failures, lockedUntil: nowMs + lockMs, forgetAt: nowMs + lockMs + LOCK_MAX_MS };
}

/** For an account from an address: both belong together, and nothing was wrong. */
export function succeeded(tries: Tries, nowMs: number): Tries {
  return { ...released(tries), failures: 0, lockedUntil: 0, forgetAt: 0, knownUntil: nowMs + KNOWN_MS };
}

export function isKnown(tries: Tries, nowMs: number): boolean {
  return tries.knownUntil > nowMs;
}

/** For how long this is worth keeping, in milliseconds; at least one. */
export function keepForMs({ forgetAt, pendingUntil, knownUntil }: Tries, nowMs: number): number {
  return Math.max(1, forgetAt - nowMs, pendingUntil - nowMs, knownUntil - nowMs);
}
