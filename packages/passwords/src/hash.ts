import { hash, verify, type Options } from '@node-rs/argon2';

/**
 * argon2id (the library's default) with the least of the settings that OWASP recommends: 19 MiB (in KiB here), two passes, one
 * lane; about 40 ms of one core.
 */
const COST: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A password as it may be kept: argon2id, salted, in its own encoded form of about 97 characters. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

/** Whether this is the password that was hashed. A hash that is none of ours is nobody's password. */
export async function isPassword(password: string, passwordHash: string): Promise<boolean> {
  if (!passwordHash.startsWith('$argon2id$')) return false;
  return verify(passwordHash, password);
}
