import { USERNAME } from '@dialgate/database';
import { UsageError } from '../cli-errors.js';

/** A username as it would be stored. @throws UsageError */
export function usernameOf(typed: string | undefined): string {
  if (typed === undefined) throw new UsageError('A username is missing.');
  const username = typed.trim().toLowerCase();
  if (!USERNAME.test(username)) throw new UsageError('A username is 3 to 64 of a-z, 0-9, dot, _, - and @.');
  return username;
}
