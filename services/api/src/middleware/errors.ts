import { STATUS_CODES } from 'node:http';
import { DialgateError, type CallLimit, type ErrorCode, type Refusal } from '@dialgate/domain';
import type { Logger } from '@dialgate/service-kit';
import type { ErrorRequestHandler, Request, Response } from 'express';
import { isCallLimit, LIMIT_TITLES, REACHED_LIMIT, setLimitHeaders } from './limit-refusals.js';
import { lineBudget } from './line-budget.js';
import { localsOf, type ErrorForm } from './locals.js';
import { concernsNumber, isRefusal, REFUSAL_TITLES, REFUSED_NUMBER } from './refusals.js';

/** The one place where an error's code becomes an HTTP status. A new code does not compile without one. */
const HTTP_STATUS: Record<Exclude<ErrorCode, Refusal | CallLimit>, number> = {
  invalid_request: 400,
  malformed_json: 400,
  unauthorized: 401,
  invalid_credentials: 401,
  forbidden: 403,
  user_suspended: 403,
  not_found: 404,
  call_not_found: 404,
  key_not_found: 404,
  webhook_not_found: 404,
  method_not_allowed: 405,
  call_already_ended: 409,
  webhook_limit_reached: 409,
  webhook_disabled: 409,
  webhook_of_calls: 409,
  idempotency_key_in_use: 409,
  payload_too_large: 413,
  uri_too_long: 414,
  unsupported_media_type: 415,
  idempotency_key_reused: 422,
  too_many_requests: 429,
  internal: 500,
  database_unavailable: 503,
  queue_unavailable: 503,
  calls_would_wait: 503,
  overloaded: 503,
};

/** When to come back, in seconds, where the error itself does not say. */
const RETRY_AFTER_SECONDS = 2;

export function httpStatusOf(code: ErrorCode): number {
  if (isCallLimit(code)) return 429;
  return isRefusal(code) ? 422 : HTTP_STATUS[code];
}

/** Answers every error as `application/problem+json` (RFC 9457). What nobody foresaw is logged and says nothing. */
export function errorHandler(log: Logger): ErrorRequestHandler {
  const mayWrite = lineBudget((requests) => log.warn({ requests }, 'Requests turned away unlogged'));

  return (thrown, req, res, next) => {
    const error = asDialgateError(thrown);
    const status = httpStatusOf(error.code);
    const { requestId } = localsOf(res);
    if (status === 500) log.error({ requestId, error: error.cause, stack: stackOf(error.cause) }, 'Request failed');
    else if (status === 503 && mayWrite())
      log.warn({ requestId, code: error.code, error: error.cause }, 'Request turned away');

    if (res.headersSent) {
      next(thrown); // Express cuts the connection: half an answer must not look like a whole one.
      return;
    }
    sendProblem(req, res, error);
  };
}

/** Sends the error as a problem document, or in the form of its route, with the headers that its status asks for. */
function sendProblem(req: Request, res: Response, error: DialgateError): void {
  setErrorHeaders(req, res, error);
  const { requestId, errorForm = PROBLEM } = localsOf(res);
  const problem = errorForm.view(error, pathOf(req), requestId);
  res.status(problem.status).type(errorForm.type).send(JSON.stringify(problem));
}

/** The error as a problem document (RFC 9457). */
export function problemView(error: DialgateError, instance: string, requestId: string) {
  const status = httpStatusOf(error.code);
  const { fields, reasons } = error.details;
  return {
    ...kindOf(error.code),
    status,
    detail: error.message,
    instance,
    code: error.code,
    request_id: requestId,
    ...(fields === undefined ? {} : { errors: fields }),
    ...(reasons === undefined ? {} : { reasons }),
  };
}

/** What kind of problem it is: most are their HTTP status and no more, a refused call or a reached limit is one of its own. */
function kindOf(code: ErrorCode) {
  const type = `urn:dialgate:problem:${code}`;
  if (isCallLimit(code)) return { type, title: LIMIT_TITLES[code], family: REACHED_LIMIT };
  if (!isRefusal(code)) return { type: 'about:blank', title: STATUS_CODES[httpStatusOf(code)] };
  const kind = { type, title: REFUSAL_TITLES[code] };
  return concernsNumber(code) ? { ...kind, family: REFUSED_NUMBER } : kind;
}

const PROBLEM: ErrorForm = { type: 'application/problem+json', view: problemView };

/** The headers that go with an error's status, whatever form its body takes. */
export function setErrorHeaders(req: Request, res: Response, error: DialgateError): void {
  const status = httpStatusOf(error.code);
  const { retryAfterSeconds, neededScope, limit } = error.details;
  if (limit !== undefined) setLimitHeaders(res, limit);
  if (status === 503) res.setHeader('Retry-After', String(retryAfterSeconds ?? RETRY_AFTER_SECONDS));
  else if (retryAfterSeconds !== undefined) res.setHeader('Retry-After', String(retryAfterSeconds));
  // A route that asks for something else than a token has said so already.
  if (error.code === 'unauthorized' && !res.hasHeader('WWW-Authenticate')) {
    // RFC 6750 §3.1: no error code when the request carried no token at all.
    const why = req.headers.authorization === undefined ? '' : ', error="invalid_token"';
    res.setHeader('WWW-Authenticate', `Bearer realm="dialgate"${why}`);
  }
  if (neededScope !== undefined) {
    const why = `error="insufficient_scope", scope="${neededScope}"`;
    res.setHeader('WWW-Authenticate', `Bearer realm="dialgate", ${why}`);
  }
  res.setHeader('Cache-Control', 'no-store');
}

export function pathOf(req: Request): string {
  return req.originalUrl.split('?', 1)[0] ?? '/';
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}

/** The errors of Express and its body parsers, which carry a `type` or at least a `status`, in words of this product. */
export function asDialgateError(thrown: unknown): DialgateError {
  if (thrown instanceof DialgateError) return thrown;
  const { type, status } = (thrown ?? {}) as { type?: unknown; status?: unknown };
  const translated = typeof type === 'string' ? BODY_PARSER_ERRORS[type] : undefined;
  if (translated !== undefined) return new DialgateError(translated[0], translated[1]);
  if (status === 400) return new DialgateError('invalid_request', 'The request could not be understood.');
  if (status === 413) return new DialgateError('payload_too_large', 'The request is too large.');
  if (status === 415) return new DialgateError('unsupported_media_type', 'This kind of body is not understood.');
  return new DialgateError('internal', 'Something went wrong on our side.', { cause: thrown });
}

const BODY_PARSER_ERRORS: Readonly<Record<string, [ErrorCode, string]>> = {
  'entity.parse.failed': ['malformed_json', 'The body is not a JSON object.'],
  'entity.too.large': ['payload_too_large', 'The body is too large.'],
  'parameters.too.many': ['payload_too_large', 'The form has too many fields.'],
  'encoding.unsupported': ['unsupported_media_type', 'Compressed bodies are not accepted.'],
  'charset.unsupported': ['unsupported_media_type', 'The body must be in UTF-8.'],
  'request.aborted': ['invalid_request', 'The request broke off.'],
  'request.size.invalid': ['invalid_request', 'The body is not as long as its Content-Length says.'],
};
