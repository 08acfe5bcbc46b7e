import { DialgateError, type ErrorCode } from '@dialgate/domain';
import type { RequestHandler } from 'express';
import { problemView } from './errors.js';
import { localsOf } from './locals.js';

/** What RFC 6749 §5.2 has a word for, and the two of §4.1.2.1 for what goes wrong here. */
export const OAUTH_ERRORS = [
  'invalid_request',
  'invalid_grant',
  'unsupported_grant_type',
  'temporarily_unavailable',
  'server_error',
] as const;

type OauthError = (typeof OAUTH_ERRORS)[number];

/** A login by another grant than the password. */
export class UnsupportedGrantType extends DialgateError {
  constructor() {
    super('invalid_request', 'The only grant type is password.');
  }
}

/** Wrong logins, and whatever else a login may meet. Other codes mean a wrong request. */
const WORDS: Partial<Record<ErrorCode, OauthError>> = {
  invalid_credentials: 'invalid_grant',
  too_many_requests: 'temporarily_unavailable',
  database_unavailable: 'temporarily_unavailable',
  overloaded: 'temporarily_unavailable',
  internal: 'server_error',
};

/** The error of a login: as RFC 6749 §5.2 has it, with the members of a problem document beside. */
export function oauthView(error: DialgateError, instance: string, requestId: string) {
  const word = error instanceof UnsupportedGrantType ? 'unsupported_grant_type' : WORDS[error.code];
  const wrong = error.details.fields?.map(({ field, problem }) => `${field} ${problem}`).join('; ');
  return {
    error: word ?? ('invalid_request' satisfies OauthError),
    error_description: (wrong ?? error.message).replace(NOT_OF_OAUTH, '?'),
    ...problemView(error, instance, requestId),
  };
}

/** RFC 6749 §5.2: of ASCII all that is printable but quotes and backslashes. */
const NOT_OF_OAUTH = /[^\x20-\x21\x23-\x5b\x5d-\x7e]/g;

/** In front of the routes of logins: whatever goes wrong there, or on the way there, is said in the words of OAuth. */
export const errorsInOauthWords: RequestHandler = (_req, res, next) => {
  localsOf(res).errorForm = { type: 'application/json', view: oauthView };
  next();
};
