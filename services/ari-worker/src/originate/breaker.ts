import type { BreakerMode } from '@dialgate/database';
import type { Logger } from '@dialgate/service-kit';
import type { RefusalsReport } from '@dialgate/redis';
import { answeredRate, CLOSED, nextBreaker, REFUSALS_TO_OPEN, type BreakerEvent } from './breaker-mode.js';

/** How long an open breaker rests. */
const REST_MS = 10_000;

export interface Breaker {
  readonly mode: () => BreakerMode;
  /** 0 to 1, or null while no channel was asked for. */
  readonly answeredRate: () => number | null;
  /** The refusals in a row, once they are too many for an accident; null until then, and after the next channel. */
  readonly refusals: () => RefusalsReport | null;
  /** Whether jobs are taken. */
  readonly takes: () => boolean;
  readonly happened: (event: BreakerEvent) => void;
  /** @param listener is told when the mode has changed. */
  readonly onChange: (listener: () => void) => void;
  readonly close: () => void;
}

/** The breaker of one worker, and so of its box. */
export function createBreaker(log: Logger): Breaker {
  let state = CLOSED;
  let changed: () => void = () => undefined;
  let resting: NodeJS.Timeout | undefined;
  let isClosed = false;

  let last: { readonly why: string; readonly at: number } | undefined;

  function happened(event: BreakerEvent): void {
    if (event.type === 'refused') last = { why: event.why, at: performance.now() };
    const before = state.mode;
    state = nextBreaker(state, event);
    if (state.mode === before) return;
    log.warn({ breaker: state.mode, refusals: state.refusals }, 'Breaker changed');
    clearTimeout(resting);
    if (state.mode === 'open' && !isClosed) resting = setTimeout(() => happened({ type: 'rested' }), REST_MS);
    changed();
  }

  return {
    mode: () => state.mode,
    answeredRate: () => answeredRate(state),
    refusals: () => {
      if (last === undefined || state.refusals < REFUSALS_TO_OPEN) return null;
      const lastSecondsAgo = Math.round((performance.now() - last.at) / 1_000);
      return { inARow: state.refusals, why: last.why, lastSecondsAgo };
    },
    takes: () => state.mode !== 'open',
    happened,
    onChange: (listener) => {
      changed = listener;
    },
    // An originate that is still under way may be refused after this.
    close: () => {
      isClosed = true;
      clearTimeout(resting);
    },
  };
}
