import { DialgateError, type ErrorCode } from '@dialgate/domain';
import { maskedNumber } from '@dialgate/service-kit';
import type { ErrorRequestHandler } from 'express';
import { httpStatusOf } from '../middleware/errors.js';
import { localsOf } from '../middleware/locals.js';
import type { Audit } from './audit.js';

/** Policies answer 403 and 422, limits 429. */
const REFUSING: ReadonlySet<number> = new Set([403, 422, 429]);

/** A client's mistake, not a refusal. */
const MISTAKES: ReadonlySet<ErrorCode> = new Set(['idempotency_key_reused']);

/** Stands behind the routes that ask for calls: writes down which of them a policy or a limit refused. */
export function recordRefusals(audit: Audit): ErrorRequestHandler {
  return (error, req, res, next) => {
    if (error instanceof DialgateError && REFUSING.has(httpStatusOf(error.code)) && !MISTAKES.has(error.code)) {
      const { askedNumber } = localsOf(res);
      audit.record(req, 'call_refused', {
        detail: { code: error.code, ...(askedNumber && { number: maskedNumber(askedNumber) }) },
      });
    }
    next(error);
  };
}
