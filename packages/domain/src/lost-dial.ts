import type { Call } from './call.js';

/**
 * Whether the database has lost the commit that permitted a dial: no dial is sent before its row is `dialing`, so a call that was
 * dialled and whose row is still `pending` is one of a failover to a standby that lacked the last commits. Pure.
 *
 * @param dialed whether a channel of it rings or is up, or is known to have been dialled.
 */
export function isLostDial({ status, dialSentAt }: Pick<Call, 'status' | 'dialSentAt'>, dialed: boolean): boolean {
  return dialed && status === 'pending' && dialSentAt === null;
}
