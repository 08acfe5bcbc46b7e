import type { Call, Problem } from './api-types.js';

/** The gateway has answered, and its answer is no. */
export class DialgateApiError extends Error {
  override readonly name = 'DialgateApiError';

  /**
   * @param status the HTTP status.
   * @param problem what it says for programs and people; null when the answer was not the gateway's own, as a proxy's.
   * @param retryAfterMs what `Retry-After` says, in milliseconds; null without one.
   */
  constructor(
    readonly status: number,
    readonly problem: Problem | null,
    readonly retryAfterMs: number | null = null,
  ) {
    super(problem === null ? `the answer was ${String(status)}` : `${problem.code}: ${problem.detail}`);
  }

  /** The word for programs; null when the answer was not the gateway's own. */
  get code(): string | null {
    return this.problem?.code ?? null;
  }
}

/** There was no answer for as long as the client has patience. Whether the gateway has heard the request is unknown. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';

  constructor(cause: unknown) {
    super('the gateway did not answer', { cause });
  }
}

/** What was waited for did not come in the time that was given. The call goes on. */
export class WaitTimeoutError extends Error {
  override readonly name = 'WaitTimeoutError';

  /** @param call as it stood when it was asked for last; null when it could not be asked for. */
  constructor(readonly call: Call | null) {
    super(call === null ? 'the call could not be asked for in time' : `the call was still ${call.status}`);
  }
}
