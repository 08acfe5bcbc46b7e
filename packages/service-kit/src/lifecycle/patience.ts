import { inTime, sleep } from './in-time.js';

/** What came of asking once: what was waited for, or why it is not there yet. */
export type Asked<T> = { readonly got: T } | { readonly notYet: string };

export interface Wait<T> {
  /** What is waited for, as in “still waiting for …”. */
  readonly what: string;
  /** Asked again and again, with short pauses in between. A rejection is for good and ends the wait. */
  readonly ask: () => Promise<Asked<T>>;
  /** Hears every so often what is waited for, for how long already, and why. */
  readonly say: (line: string) => void;
  /** How often, in milliseconds. Default 10 s. */
  readonly sayEveryMs?: number | undefined;
  /** When it is given up, in milliseconds. Default 10 minutes. */
  readonly limitMs?: number | undefined;
  /** Ends the wait at once, with the signal's reason as the error. */
  readonly signal?: AbortSignal | undefined;
}

/** It was waited for as long as was said, in vain. */
export class OutOfPatienceError extends Error {
  override readonly name = 'OutOfPatienceError';
}

/** A machine at a tenth of the usual speed, with others at work on it, is slow and not broken. */
const LIMIT_MS = 10 * 60_000;
const SAY_EVERY_MS = 10_000;

/** The first pause, in milliseconds; each is half as long again as the one before, up to the last. */
const PAUSE_MS = { first: 50, last: 500 };

/**
 * Waits for something that may take its time: asks until it is there, and says meanwhile what it waits for. An answer that
 * does not come is waited for like one that says no.
 *
 * @throws OutOfPatienceError at the limit; what `ask` throws; the signal's reason.
 */
export async function waitFor<T>(wait: Wait<T>): Promise<T> {
  const { what, say, sayEveryMs = SAY_EVERY_MS, limitMs = LIMIT_MS } = wait;
  const since = performance.now();
  const state = { over: false, why: '' };
  const ticker = setInterval(() => {
    say(`still waiting for ${what} (${duration(performance.now() - since)})${because(state.why)}`);
  }, sayEveryMs);
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(reasonOf(wait.signal));
    wait.signal?.addEventListener('abort', abort, { once: true });
    if (wait.signal?.aborted === true) abort();
  });

  try {
    const answer = await inTime(Promise.race([aborted, asking(wait.ask, state)]), limitMs);
    if (answer !== 'late') return answer.got;
    throw new OutOfPatienceError(`gave up waiting for ${what} after ${duration(limitMs)}${because(state.why)}`);
  } finally {
    state.over = true;
    clearInterval(ticker);
    wait.signal?.removeEventListener('abort', abort);
  }
}

/** “45 s”, “3 min”. */
function duration(ms: number): string {
  return ms < 120_000 ? `${String(Math.round(ms / 1_000))} s` : `${String(Math.round(ms / 60_000))} min`;
}

async function asking<T>(ask: Wait<T>['ask'], state: { over: boolean; why: string }): Promise<{ readonly got: T }> {
  for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(1.5 * pauseMs, PAUSE_MS.last)) {
    const answer = await ask();
    if ('got' in answer) return answer;
    state.why = answer.notYet;
    await sleep(pauseMs);
    if (state.over) return new Promise(() => undefined); // Nobody waits for it any more.
  }
}

function because(why: string): string {
  return why === '' ? '' : `: ${why}`;
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('the wait was ended', { cause: reason });
}
