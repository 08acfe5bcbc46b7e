import type { BreakerMode } from '@dialgate/database';

/**
 * How far a worker relies on its box to make channels: a circuit breaker, of use only where another box can carry the calls.
 *
 * - `closed`: Calls are taken. So it stays while no other box is alive, whatever is refused: then a call had better fail with its
 *   reason than wait.
 * - `open`: The last channels were all refused for the box's own reasons. No jobs are taken, so that a box that fails fast does not
 *   swallow the calls of the others.
 * - `half_open`: After a rest calls are taken again. The first channel decides.
 */
export interface BreakerState {
  readonly mode: BreakerMode;
  /** How many channels were refused since one was made. */
  readonly refusals: number;
  /** What became of the last channels, the latest last: whether they were made and let in. */
  readonly recent: readonly boolean[];
}

export type BreakerEvent =
  /** A channel was made, it came in, and the dialplan has a place for it. */
  | { readonly type: 'answered' }
  /** For the box's own reasons. `isAlone`: no other box is alive. `why`: a word for /health. */
  | { readonly type: 'refused'; readonly isAlone: boolean; readonly why: string }
  | { readonly type: 'rested' };

/** So many in a row are no accident: a client's own mistakes (an extension that does not exist) come among others' calls. */
export const REFUSALS_TO_OPEN = 5;

/** How many channels the answered rate is taken from. */
const RECENT = 50;

export const CLOSED: BreakerState = { mode: 'closed', refusals: 0, recent: [] };

/** What an event makes of a breaker. Pure. */
export function nextBreaker(before: BreakerState, event: BreakerEvent): BreakerState {
  if (event.type === 'rested') return before.mode === 'open' ? { ...before, mode: 'half_open' } : before;
  const recent = [...before.recent, event.type === 'answered'].slice(-RECENT);
  // What was under way when the breaker opened tells nothing of the time after.
  if (before.mode === 'open' && !(event.type === 'refused' && event.isAlone)) return { ...before, recent };
  if (event.type === 'answered') return { mode: 'closed', refusals: 0, recent };
  const refusals = before.refusals + 1;
  const opens = !event.isAlone && (before.mode === 'half_open' || refusals >= REFUSALS_TO_OPEN);
  return { mode: opens ? 'open' : 'closed', refusals, recent };
}

/** The share of the last channels that were made and let in, 0 to 1; null while there were none. */
export function answeredRate({ recent }: BreakerState): number | null {
  return recent.length === 0 ? null : recent.filter(Boolean).length / recent.length;
}
