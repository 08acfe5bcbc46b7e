import type { Problem } from './api-types.js';
import { DialgateApiError, NoAnswerError } from './errors.js';
import { nextStep, type Outcome } from './next-step.js';
import { rest } from './rest.js';

/** An answer, as openapi-fetch gives it. */
export interface Answer<Data> {
  readonly data?: Data | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

/** How long things may take, in milliseconds. */
export interface Patience {
  /** For how long a request is repeated that is not answered, or turned away for now. */
  readonly patienceMs: number;
  /** How long one attempt may take; of a stream, until it is open. */
  readonly attemptMs: number;
}

/** What one `ask` may have of its own. */
export interface AskOptions {
  /** Ends it; it rejects with the signal's reason then. */
  readonly signal?: AbortSignal | undefined;
  readonly patienceMs?: number | undefined;
  /** Called before a request is sent again. */
  readonly onRepeat?: (() => void) | undefined;
}

/**
 * Sends a request that is safe to repeat, again while there is no answer or the gateway says that it cannot just now.
 *
 * @param send one attempt, which ends when the signal says so.
 * @param refused told that the answer was 401; whether it is worth asking once more.
 * @throws {DialgateApiError} when the answer is no. @throws {NoAnswerError} when there was none.
 */
export type Ask = <Data>(
  send: (signal: AbortSignal) => Promise<Answer<Data>>,
  options?: AskOptions,
) => Promise<{ readonly data: Data | undefined; readonly response: Response }>;

/** @param afterRefusal told that an answer was 401; returns whether it is worth asking once more. */
export function createAsk(patience: Patience, afterRefusal: () => boolean): Ask {
  return async (send, { signal, patienceMs = patience.patienceMs, onRepeat } = {}) => {
    const begun = performance.now();
    let isRenewed = false;
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      const result = await once(send, patience.attemptMs, signal);
      const outcome = outcomeOf(result);
      if ('answer' in result && result.answer.response.status === 401 && !isRenewed && afterRefusal()) {
        isRenewed = true;
        continue;
      }
      const elapsedMs = performance.now() - begun;
      const step = nextStep(outcome, { attempt, elapsedMs, patienceMs, random: Math.random() });
      if (step.kind === 'take') return taken(result);
      await rest(step.afterMs, signal);
      onRepeat?.();
    }
  };
}

/** `failed`: the request was not sent, for the login before it was answered with no. */
type Result<Data> =
  | { readonly answer: Answer<Data> }
  | { readonly failed: DialgateApiError }
  | { readonly lost: unknown };

async function once<Data>(
  send: (signal: AbortSignal) => Promise<Answer<Data>>,
  attemptMs: number,
  signal: AbortSignal | undefined,
): Promise<Result<Data>> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${String(attemptMs)} ms`)), attemptMs);
  try {
    return { answer: await send(signal === undefined ? late.signal : AbortSignal.any([signal, late.signal])) };
  } catch (lost) {
    signal?.throwIfAborted();
    return lost instanceof DialgateApiError ? { failed: lost } : { lost };
  } finally {
    clearTimeout(timer);
  }
}

function outcomeOf(result: Result<unknown>): Outcome {
  if ('lost' in result) return { kind: 'none' };
  const { status, code, retryAfterMs } = 'failed' in result ? result.failed : errorIn(result.answer);
  return { kind: 'answer', status, code, retryAfterMs };
}

function taken<Data>(result: Result<Data>): { data: Data | undefined; response: Response } {
  if ('lost' in result) throw new NoAnswerError(result.lost);
  if ('failed' in result) throw result.failed;
  const { data, response } = result.answer;
  if (!response.ok) throw errorIn(result.answer);
  return { data, response };
}

function errorIn({ error, response }: Answer<unknown>): DialgateApiError {
  return new DialgateApiError(response.status, problemIn(error), retryAfterOf(response));
}

/** What the gateway sends is an object with a `code`; a proxy in between may send anything. */
function problemIn(error: unknown): Problem | null {
  const isProblem = typeof error === 'object' && error !== null && 'code' in error && 'detail' in error;
  return isProblem ? (error as Problem) : null;
}

/** The gateway says it in seconds; a date, which a proxy may send, is not looked at (RFC 9110 §10.2.3). */
function retryAfterOf(response: Response): number | null {
  const told = response.headers.get('retry-after');
  return told !== null && /^\d{1,9}$/.test(told) ? Number(told) * 1_000 : null;
}
