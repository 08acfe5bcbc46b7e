import type { Exit } from './child.js';

/** How a process that should run on has ended. */
export interface End {
  /** Null when it could not even be started. */
  readonly exit: Exit | null;
  /** Whether it, or one before it in its place, has ever been at work. */
  readonly hasServed: boolean;
  /** How long it was at work, in milliseconds; 0 when it ended before. */
  readonly servedMs: number;
}

/** What to do about it: start it again after a while, or say why not. */
export interface Restart {
  /** How many ends there have been in a row now. */
  readonly inARow: number;
  /** In milliseconds; null when it is over for good. */
  readonly afterMs: number | null;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** One that has served for so long was in order: what ends it then is a new trouble. */
const STEADY_MS = 60_000;

/** One that is killed again and again before it has ever been at work is killed by the machine (no memory, say). */
const KILLED_AT_MOST = 5;

/**
 * Decides about a process that ended by itself. One that has served is started again for ever, after 1 s, 2 s, 4 s … 30 s: what was
 * right once will be right again. One that ends with an exit code before it has ever served is wrong for good (its
 * configuration, a port in use): its own words tell. One that is killed meanwhile gets another chance, and not for ever.
 *
 * @param inARow how many ends there were in a row before this one.
 */
export function afterEnd(inARow: number, { exit, hasServed, servedMs }: End): Restart {
  const now = servedMs >= STEADY_MS ? 1 : inARow + 1;
  const wasKilled = exit !== null && exit.signal !== null;
  const forGood = !hasServed && (!wasKilled || now >= KILLED_AT_MOST);
  return { inARow: now, afterMs: forGood ? null : Math.min(FIRST_MS * 2 ** (now - 1), LONGEST_MS) };
}
