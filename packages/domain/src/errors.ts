/** Everything that can go wrong in words of this product. Each code has one HTTP status, chosen at the API's edge. */
export type ErrorCode =
  | 'invalid_request'
  | 'malformed_json'
  | 'unauthorized'
  | 'invalid_credentials'
  | 'forbidden'
  | 'not_found'
  | 'call_not_found'
  | 'call_already_ended'
  | 'method_not_allowed'
  | 'idempotency_key_in_use'
  | 'idempotency_key_reused'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'destination_refused'
  | 'context_not_allowed'
  | 'variable_not_allowed'
  | 'too_many_requests'
  | 'too_many_calls'
  | 'database_unavailable'
  | 'queue_unavailable'
  | 'overloaded'
  | 'internal';

/** One wrong field of a request. */
export interface FieldProblem {
  /** Where it stands, e.g. `body.variables.FOO` or `path.number`. */
  readonly field: string;
  readonly problem: string;
}

/** The one error family. Its message may be shown to a client; its cause never is. */
export class DialgateError extends Error {
  override readonly name = 'DialgateError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: {
      readonly cause?: unknown;
      readonly fields?: readonly FieldProblem[];
      readonly retryAfterSeconds?: number;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
  }
}
