/** What came of a request. */
export type Outcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** The problem's word; null without one. */
      readonly code: string | null;
      /** What `Retry-After` says, in milliseconds; null without one. */
      readonly retryAfterMs: number | null;
    }
  | { readonly kind: 'none' };

/** What to do next. */
export type Step = { readonly kind: 'take' } | { readonly kind: 'again'; readonly afterMs: number };

/** Too many requests, and what says that the gateway or its proxy cannot just now. */
const COME_AGAIN: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Whether a request is sent again, and when. Only what is safe to repeat may be asked about: what reads, or has an idempotency key.
 *
 * @param given.attempt how many there have been, 1 or more.
 * @param given.elapsedMs since the first of them.
 * @param given.patienceMs how long to go on; a pause that would last longer is not made.
 * @param given.random 0–1: a pause is up to a fifth longer, so that not all clients come back at once.
 */
export function nextStep(
  outcome: Outcome,
  given: {
    readonly attempt: number;
    readonly elapsedMs: number;
    readonly patienceMs: number;
    readonly random: number;
  },
): Step {
  if (outcome.kind === 'answer' && !isForNow(outcome)) return { kind: 'take' };
  const told = outcome.kind === 'answer' ? outcome.retryAfterMs : null;
  const pauseMs = told ?? Math.min(FIRST_PAUSE_MS * 2 ** (given.attempt - 1), LONGEST_PAUSE_MS);
  const afterMs = Math.round(pauseMs * (1 + given.random / 5));
  return given.elapsedMs + afterMs > given.patienceMs ? { kind: 'take' } : { kind: 'again', afterMs };
}

/** The first request with the key is still under way: soon its answer is ours. */
function isForNow({ status, code }: { readonly status: number; readonly code: string | null }): boolean {
  return COME_AGAIN.has(status) || code === 'idempotency_key_in_use';
}
