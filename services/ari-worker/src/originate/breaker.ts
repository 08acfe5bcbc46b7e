import type { BreakerMode } from '@dialgate/database';
import type { Logger } from '@dialgate/service-kit';
import { answeredRate, CLOSED, nextBreaker, type BreakerEvent } from './breaker-mode.js';

/** How long an open breaker rests. */
const REST_MS = 10_000;

export interface Breaker {
  readonly mode: () => BreakerMode;
  /** 0 to 1, or null while no channel was asked for. */
  readonly answeredRate: () => number | null;
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

  function happened(event: BreakerEvent): void {
    const before = state.mode;
    state = nextBreaker(state, event);
    if (state.mode === before) return;
    log.warn({ breaker: state.mode, refusals: state.refusals }, 'Breaker changed');
    clearTimeout(resting);
    if (state.mode === 'open') resting = setTimeout(() => happened({ type: 'rested' }), REST_MS);
    changed();
  }

  return {
    mode: () => state.mode,
    answeredRate: () => answeredRate(state),
    takes: () => state.mode !== 'open',
    happened,
    onChange: (listener) => {
      changed = listener;
    },
    close: () => clearTimeout(resting),
  };
}
