import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What every API key begins with, so that people and scanners for leaked secrets know one when they see it. */
export const API_KEY_MARK = 'dg_';

/** `dg_<prefix>_<secret>`: 6 random bytes to find it by and 32 that nobody can guess, both hexadecimal. */
const API_KEY = /^dg_([0-9a-f]{12})_[0-9a-f]{64}$/;

const PREFIX = /^[0-9a-f]{12}$/;

const PREFIX_BYTES = 6;
const SECRET_BYTES = 32;

export function newApiKey(): { readonly key: string; readonly prefix: string; readonly secretHash: string } {
  const prefix = randomBytes(PREFIX_BYTES).toString('hex');
  const key = `${API_KEY_MARK}${prefix}_${randomBytes(SECRET_BYTES).toString('hex')}`;
  return { key, prefix, secretHash: hashApiKey(key) };
}

/** The prefix of a key, or null when this is no key at all. */
export function prefixOf(key: string): string | null {
  return API_KEY.exec(key)?.[1] ?? null;
}

/** A prefix as somebody typed or pasted it, with or without the mark in front; null when it is none. */
export function typedPrefix(text: string): string | null {
  const prefix = text.startsWith(API_KEY_MARK) ? text.slice(API_KEY_MARK.length) : text;
  return PREFIX.test(prefix) ? prefix : null;
}

/** Whether this is the key that was hashed; takes as long for any other. */
export function isApiKey(key: string, secretHash: string): boolean {
  return timingSafeEqual(Buffer.from(hashApiKey(key)), Buffer.from(secretHash));
}

/**
 * sha256, in microseconds, where passwords get argon2id: a slow hash makes up for secrets that people can think of. 256 random
 * bits cannot be guessed at any speed, and every request that shows a key is checked. Without a secret of the
 * installation in it, so that a changed SECRET_KEY ends no key.
 */
function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
