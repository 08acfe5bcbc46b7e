/** What came of an attempt: an answer, or why there was none. */
export type AttemptResult =
  | { readonly status: number; /** As the receiver asked. */ readonly retryAfterMs: number | null }
  | { readonly error: AttemptError };

/** Why there was no answer. `address_refused`: the address is none that may be sent to. */
export type AttemptError = 'address_refused' | 'https_required' | 'timeout' | 'unreachable' | 'tls' | 'call_gone';

/** What follows from an attempt. */
export interface AfterAttempt {
  /** Null: it is tried again after `retryMs`. */
  readonly outcome: 'delivered' | 'failed' | null;
  readonly retryMs: number;
  /** How long nothing at all is sent to the endpoint. */
  readonly holdMs: number;
  /** The endpoint wants nothing more. */
  readonly gone: boolean;
}

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];

/** How long after each failed attempt the next one follows: the example of Standard Webhooks 1.0.0, over three days. */
const RETRY_AFTER_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** An endpoint without any success for so long is switched off: 75 hours and a half, when the first delivery is given up. */
export const FAILING_FOR_MS = RETRY_AFTER_MS.reduce((sum, ms) => sum + ms, 0);

/** Of the wait, at random and on top: receivers that come back are not run down by all at once. */
const JITTER = 0.2;

/** A Retry-After beyond this is shortened. */
const LONGEST_HOLD_MS = HOUR;

/** Where the receiver has too much to do (Standard Webhooks asks to slow down then), without a Retry-After of its own. */
const SLOW_DOWN = new Set([429, 502, 503, 504]);
const SLOW_DOWN_MS = 10 * SECOND;

/**
 * Success is 2xx and nothing else: a redirect is a failure, for it might lead anywhere. 410 says that the endpoint is no more.
 *
 * @param attempt which one this was: 1, 2, 3 …
 * @param chance from 0 to 1.
 */
export function afterAttempt(result: AttemptResult, attempt: number, chance: number): AfterAttempt {
  const nothing = { retryMs: 0, holdMs: 0, gone: false };
  if ('error' in result && result.error === 'call_gone') return { ...nothing, outcome: 'failed' };
  if ('status' in result && result.status >= 200 && result.status < 300) return { ...nothing, outcome: 'delivered' };
  if ('status' in result && result.status === 410) return { ...nothing, outcome: 'failed', gone: true };
  const holdMs = holdFor(result);
  const planned = RETRY_AFTER_MS[attempt - 1];
  if (planned === undefined) return { ...nothing, outcome: 'failed', holdMs };
  return { ...nothing, outcome: null, retryMs: Math.max(planned * (1 + JITTER * chance), holdMs), holdMs };
}

function holdFor(result: AttemptResult): number {
  if ('error' in result) return 0;
  const asked = result.retryAfterMs ?? (SLOW_DOWN.has(result.status) ? SLOW_DOWN_MS : 0);
  return Math.min(Math.max(asked, 0), LONGEST_HOLD_MS);
}
