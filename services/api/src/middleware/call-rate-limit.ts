import { DialgateError } from '@dialgate/domain';
import type { RateLimits } from '../limits/rate-limits.js';
import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { userOf } from './locals.js';

/** How many calls one user may ask for within one window; 0 requests set no limit. */
export interface CallRate {
  readonly requests: number;
  readonly windowSeconds: number;
}

/**
 * Limits how often a user may ask for calls, over all instances; stands behind `requireScope`. Every request counts: also
 * one that is refused, else numbers could be tried without end, and one that an Idempotency-Key answers, since that costs as
 * much as any other.
 *
 * @throws DialgateError `too_many_requests`
 */
export function callRateLimit(
  { requests, windowSeconds }: CallRate,
  limits: Pick<RateLimits, 'hit'>,
): RequestHandler[] {
  if (requests === 0) return [];
  const windowMs = windowSeconds * 1_000;
  return [
    rateLimit({
      windowMs,
      limit: requests,
      identifier: 'calls',
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      keyGenerator: (_req, res) => userOf(res).id,
      validate: false, // It looks for mistakes with addresses, on every request; the key is none.
      store: {
        increment: async (userId) => {
          const { hits, endsInMs } = await limits.hit(`calls:${userId}`, windowMs);
          return { totalHits: hits, resetTime: new Date(Date.now() + endsInMs) };
        },
        // Nothing here asks for these: no request is taken back.
        decrement: () => undefined,
        resetKey: () => undefined,
      },
      handler: () => {
        throw new DialgateError(
          'too_many_requests',
          `No more than ${requests} calls may be asked for within ${windowSeconds} seconds.`,
        );
      },
    }),
  ];
}
