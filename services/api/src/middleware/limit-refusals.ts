import { LIMIT_REFUSALS, type CallLimit, type LimitReached } from '@dialgate/domain';
import type { Response } from 'express';

/**
 * What all reached limits have in common in a problem document, for clients that treat them alike. It was their only code before
 * each got its own.
 */
export const REACHED_LIMIT = 'too_many_calls';

/** How each reached limit is called in a problem document. A new one does not compile without its title. */
export const LIMIT_TITLES: Readonly<Record<CallLimit, string>> = {
  user_open_calls: 'Too many open calls',
  user_calls_per_minute: 'Too many calls within a minute',
  user_calls_per_day: 'Too many calls within a day',
  user_new_countries: 'Too many new countries within a day',
  destination_calls_per_minute: 'Number called within a minute',
  destination_calls_per_15_minutes: 'Number called too often within 15 minutes',
  total_open_calls: 'Too many open calls of all users',
  total_calls_per_minute: 'Too many calls of all users within a minute',
  total_calls_per_day: 'Too many calls of all users within a day',
};

export function isCallLimit(code: string): code is CallLimit {
  return Object.hasOwn(LIMIT_REFUSALS, code);
}

/**
 * Says which limit was reached (draft-ietf-httpapi-ratelimit-headers-08), beside what is said of the limit on requests. A limit on
 * open calls has no window and cannot be said so.
 */
export function setLimitHeaders(res: Response, { limit, quota, windowSeconds, retryAfterSeconds }: LimitReached): void {
  if (windowSeconds === null) return;
  res.append('RateLimit-Policy', `"${limit}"; q=${quota}; w=${windowSeconds}`);
  res.append('RateLimit', `"${limit}"; r=0; t=${retryAfterSeconds}`);
}
