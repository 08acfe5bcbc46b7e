import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { isUuid } from '../schemas/call-id.js';

/** Who issued a token and for whom; a token of another installation's service says something else. */
const ISSUER = 'dialgate';
const AUDIENCE = 'dialgate-api';

/** How many verified tokens are remembered: about 3 MB. */
const REMEMBERED = 10_000;

export interface Tokens {
  /** A bearer token for this user, good for `expiresInSeconds` from now. */
  readonly issue: (userId: string) => string;
  /** The user the token was issued to, or null when it is forged, expired, of another service or no token at all. */
  readonly userOf: (token: string) => string | null;
  readonly expiresInSeconds: number;
}

/**
 * Signs and checks bearer tokens (RFC 7519, RFC 8725): HS256 and nothing else, whatever a token's header asks for;
 * issuer, audience, subject and expiry are required. A token that was once found good is not computed again before it
 * expires.
 *
 * @param now the time in milliseconds since 1970.
 */
export function createTokens(options: {
  readonly key: KeyObject;
  readonly expiresInSeconds: number;
  readonly now?: () => number;
}): Tokens {
  const { key, expiresInSeconds, now = Date.now } = options;
  const verified = new LRUCache<string, string>({ max: REMEMBERED, ttlResolution: 0, perf: { now } });

  function verify(token: string): { userId: string; expiresAtMs: number } | null {
    try {
      const claims = jwt.verify(token, key, {
        algorithms: ['HS256'],
        issuer: ISSUER,
        audience: AUDIENCE,
        clockTimestamp: Math.floor(now() / 1000),
      });
      if (typeof claims === 'string' || claims.exp === undefined || !isUuid(claims.sub)) return null;
      return { userId: claims.sub, expiresAtMs: claims.exp * 1000 };
    } catch {
      return null; // Whatever is wrong with a token, its bearer is told only that it is no good.
    }
  }

  return {
    expiresInSeconds,
    issue: (userId) =>
      jwt.sign({ iat: Math.floor(now() / 1000) }, key, {
        algorithm: 'HS256',
        issuer: ISSUER,
        audience: AUDIENCE,
        subject: userId,
        expiresIn: expiresInSeconds,
      }),
    userOf: (token) => {
      const known = verified.get(token);
      if (known !== undefined) return known;
      const found = verify(token);
      if (found === null) return null;
      verified.set(token, found.userId, { ttl: Math.max(1, found.expiresAtMs - now()) });
      return found.userId;
    },
  };
}
