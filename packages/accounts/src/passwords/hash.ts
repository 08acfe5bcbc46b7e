import type { Options } from '@node-rs/argon2';

/**
 * argon2id (the library's default) with the least of the settings that OWASP recommends: 19 MiB (in KiB here), two passes, one
 * lane; about 40 ms of one core.
 */
const COST: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** What 32 random bytes made, which nobody has seen: to be compared with where there is no user, at the cost of any other. */
export const NOBODYS_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$aY3J54B/llYaPQmS7VG37g$rlDNx+2s+sJYIkah2XlBe4N7fHrVAVeNCsG/01UVyYo';

/** A password as it may be kept: argon2id, salted, in its own encoded form of about 97 characters. */
export async function hashPassword(password: string): Promise<string> {
  const { hash } = await argon2();
  return hash(password, COST);
}

/** Whether this is the password that was hashed. A hash that is none of ours is nobody's password. */
export async function isPassword(password: string, passwordHash: string): Promise<boolean> {
  if (!passwordHash.startsWith('$argon2id$')) return false;
  const { verify } = await argon2();
  return verify(passwordHash, password);
}

/** Machine code, loaded with the first password. */
const argon2 = () => import('@node-rs/argon2');
