import type { Scope } from './access.js';
import { REFUSALS } from './admission/refusal.js';
import { LIMIT_REFUSALS } from './limits/call-limits.js';
import type { LimitReached } from './limits/judge-limits.js';

/**
 * Everything that can go wrong in words of this product, and what it means to a client. Each code has one HTTP status, chosen
 * at the API's edge.
 */
export const ERROR_MEANINGS = {
  invalid_request:
    'Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too.',
  malformed_json: 'The body is not a JSON object.',
  unauthorized:
    'There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled.',
  invalid_credentials: 'The username or the password is wrong, or the user is disabled.',
  forbidden: 'This user, or this API key, may not do that.',
  user_suspended:
    'The user places no more calls until an admin lifts the suspension. Their calls can still be read and hung up.',
  not_found: 'There is nothing at this path.',
  call_not_found: 'There is no such call, or it is somebody else’s.',
  key_not_found: 'There is no such API key.',
  webhook_not_found: 'There is no such webhook endpoint or delivery, or it is somebody else’s.',
  method_not_allowed: 'The path exists, but not with this method; the `Allow` header names those it has.',
  call_already_ended: 'The call has reached its final status; nothing can be hung up any more.',
  webhook_limit_reached: 'The user has as many webhook endpoints as one may have (`WEBHOOKS_PER_USER`).',
  webhook_disabled: 'The webhook endpoint is switched off; switch it on first.',
  webhook_of_calls:
    'The endpoint stands for the `webhook_url` of calls at one host: it can be switched on and off, looked into, replayed and removed.',
  idempotency_key_in_use: 'The first request with this `Idempotency-Key` is still under way; repeat in a moment.',
  payload_too_large: 'The body is longer than any sensible request.',
  uri_too_long: 'The path with its query is longer than any of this API.',
  unsupported_media_type: 'The body is of another kind than the route reads, compressed, or not in UTF-8.',
  idempotency_key_reused: 'The `Idempotency-Key` came with another request before.',
  ...REFUSALS,
  too_many_requests: 'Too many requests or wrong logins; come back after `Retry-After` seconds.',
  ...LIMIT_REFUSALS,
  internal: 'Something went wrong on our side; the log has more under the `request_id`.',
  database_unavailable: 'PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.',
  queue_unavailable: 'Redis does not answer, so the queues cannot be looked into. Calls are accepted all the same.',
  calls_would_wait:
    'A call posted now would be accepted, and would not be dialled before what `reasons` names is mended.',
  overloaded: 'Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.',
} as const;

export type ErrorCode = keyof typeof ERROR_MEANINGS;

/** One wrong field of a request. */
export interface FieldProblem {
  /** Where it stands, e.g. `body.variables.FOO` or `path.number`. */
  readonly field: string;
  readonly problem: string;
}

/** Why something cannot be done just now, for whoever runs the installation. */
export interface ReasonToMend {
  readonly code: string;
  readonly problem: string;
  /** Where it is told how to mend it. */
  readonly guide: string;
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
      /** What the bearer lacks, with `forbidden`. */
      readonly neededScope?: Scope;
      /** What has to be mended first, where that is known. */
      readonly reasons?: readonly ReasonToMend[];
      /** The limit that was reached, where there is one on accepted calls. */
      readonly limit?: LimitReached;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
  }
}
