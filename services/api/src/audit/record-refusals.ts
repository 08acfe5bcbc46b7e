import { DialgateError, type AuditDetail, type ErrorCode } from '@dialgate/domain';
import { maskedNumber } from '@dialgate/service-kit';
import type { ErrorRequestHandler, Request } from 'express';
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
    if (error instanceof DialgateError) recordRefusal(audit, req, error, localsOf(res).askedNumber);
    next(error);
  };
}

/**
 * Writes down that a call was refused, if the error says so.
 *
 * @param more what else the entry says.
 */
export function recordRefusal(
  audit: Audit,
  req: Request,
  { code }: DialgateError,
  askedNumber = '',
  more: AuditDetail = {},
): void {
  if (!REFUSING.has(httpStatusOf(code)) || MISTAKES.has(code)) return;
  audit.record(req, 'call_refused', {
    detail: { code, ...(askedNumber !== '' && { number: maskedNumber(askedNumber) }), ...more },
  });
}
