import { createHash, randomUUID, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { isUuid } from '../schemas/call-id.js';
import type { SigningKey } from './secret-key.js';

/** Who issued a token and for whom; a token of another installation's service says something else. */
const ISSUER = 'dialgate';
const AUDIENCE = 'dialgate-api';

/** How many verified tokens are remembered: about 4 MB. */
const REMEMBERED = 10_000;

/** What a good token says. Whether it was ended before its time is for the database to say. */
export interface TokenClaims {
  /** `jti`, a UUID. */
  readonly id: string;
  readonly userId: string;
  /** The user's token version when it was issued. */
  readonly version: number;
  readonly expiresAt: Date;
}

export interface Tokens {
  /** A bearer token for this user, good for `expiresInSeconds` from now. */
  readonly issue: (user: { readonly id: string; readonly tokenVersion: number }) => string;
  /** What the token says, or null when it is forged, expired, of another service or no token at all. */
  readonly claimsOf: (token: string) => TokenClaims | null;
  readonly expiresInSeconds: number;
}

/**
 * Signs and checks bearer tokens (RFC 7519, RFC 8725): HS256 and nothing else, whatever a token's header asks for;
 * issuer, audience, subject and expiry are required. `kid` chooses among the keys that we have and is nothing else: no
 * name of a file, no address. A token that was once found good is not computed again before it expires.
 *
 * @param previous keys that sign nothing any more and are still good to check what they have signed.
 * @param now the time in milliseconds since 1970.
 */
export function createTokens(options: {
  readonly key: SigningKey;
  readonly previous?: readonly SigningKey[];
  readonly expiresInSeconds: number;
  readonly now?: () => number;
}): Tokens {
  const { key: signing, previous = [], expiresInSeconds, now = Date.now } = options;
  const keys = new Map([...previous, signing].map(({ id, key }) => [id, key]));
  const verified = new LRUCache<string, TokenClaims>({ max: REMEMBERED, ttlResolution: 0, perf: { now } });

  function verify(token: string): TokenClaims | null {
    for (const key of keysFor(token, keys)) {
      try {
        const claims = jwt.verify(token, key, {
          algorithms: ['HS256'],
          issuer: ISSUER,
          audience: AUDIENCE,
          clockTimestamp: Math.floor(now() / 1000),
        });
        return typeof claims === 'string' ? null : read(claims, token);
      } catch {
        // Whatever is wrong with a token, its bearer is told only that it is no good.
      }
    }
    return null;
  }

  return {
    expiresInSeconds,
    issue: (user) =>
      jwt.sign({ iat: Math.floor(now() / 1000), ver: user.tokenVersion }, signing.key, {
        algorithm: 'HS256',
        keyid: signing.id,
        issuer: ISSUER,
        audience: AUDIENCE,
        subject: user.id,
        jwtid: randomUUID(),
        expiresIn: expiresInSeconds,
      }),
    claimsOf: (token) => {
      const known = verified.get(token);
      if (known !== undefined) return known;
      const found = verify(token);
      if (found === null) return null;
      verified.set(token, found, { ttl: Math.max(1, found.expiresAt.getTime() - now()) });
      return found;
    },
  };
}

/** The keys that may have signed a token: the one that it names or, as it was issued before tokens named theirs, any. */
function keysFor(token: string, keys: ReadonlyMap<string, KeyObject>): KeyObject[] {
  try {
    const { header } = jwt.decode(token, { complete: true }) ?? {};
    if (header === undefined) return [];
    if (!('kid' in header)) return [...keys.values()];
    const named = keys.get(header.kid ?? '');
    return named === undefined ? [] : [named];
  } catch {
    return []; // It cannot even be read.
  }
}

function read({ exp, sub, jti, ver = 0 }: jwt.JwtPayload, token: string): TokenClaims | null {
  const id = jti ?? idOf(token);
  const version: unknown = ver;
  if (exp === undefined || !isUuid(sub) || !isUuid(id) || typeof version !== 'number') return null;
  return { id, userId: sub, version, expiresAt: new Date(exp * 1000) };
}

/** An id for a token without one, as they were issued before, so that it can be ended like any other. */
function idOf(token: string): string {
  const digits = createHash('sha256').update(token).digest('hex');
  return digits.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
