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

/** How often a user may ask for calls, over all instances. */
export interface CallRateLimit {
  /** For requests that ask for one call; stands behind `requireScope`. @throws DialgateError `too_many_requests` */
  readonly request: readonly RequestHandler[];
  /** Counts one call of a request that asks for many. @throws DialgateError `too_many_requests` */
  readonly one: (userId: string) => Promise<void>;
}

/**
 * Limits how often a user may ask for calls. Everything asked for counts: also what is refused, else numbers could be tried without
 * end, and what an Idempotency-Key answers, since that costs as much as any other.
 */
export function callRateLimit({ requests, windowSeconds }: CallRate, limits: Pick<RateLimits, 'hit'>): CallRateLimit {
  if (requests === 0) return { request: [], one: () => Promise.resolve() };
  const windowMs = windowSeconds * 1_000;
  const hit = (userId: string) => limits.hit(`calls:${userId}`, windowMs);
  const tooMany = (retryAfterSeconds?: number): DialgateError =>
    new DialgateError(
      'too_many_requests',
      `No more than ${requests} calls may be asked for within ${windowSeconds} seconds.`,
      retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
    );

  return {
    one: async (userId) => {
      const { hits, endsInMs } = await hit(userId);
      if (hits > requests) throw tooMany(Math.max(1, Math.ceil(endsInMs / 1_000)));
    },
    request: [
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
            const { hits, endsInMs } = await hit(userId);
            return { totalHits: hits, resetTime: new Date(Date.now() + endsInMs) };
          },
          // Nothing here asks for these: no request is taken back.
          decrement: () => undefined,
          resetKey: () => undefined,
        },
        handler: () => {
          throw tooMany();
        },
      }),
    ],
  };
}
