import { withDatabaseErrors, type Client } from '../client.js';

/** Idempotency keys are promised for 24 hours; they are dropped when nobody can be waiting for them any more. */
const KEY_LIFETIME_HOURS = 48;

/** The longest window of a limit is a day. */
const ACCEPTED_LIFETIME_HOURS = 48;

/** Rows that one statement drops at most: after a long stop there may be more than one has time for. */
export const FORGOTTEN_AT_ONCE = 5_000;

/** Drops what nobody asks for any more. */
export function createForgetting(client: Client) {
  return {
    /** Drops what was counted for limits and is older than two days, a portion at a time. @returns how many. */
    forgetOldAccepted: (): Promise<number> =>
      withDatabaseErrors(
        () =>
          client.$executeRaw`DELETE FROM accepted_calls WHERE nth IN (
            SELECT nth FROM accepted_calls WHERE at < now() - ${ACCEPTED_LIFETIME_HOURS} * interval '1 h' ORDER BY at LIMIT ${FORGOTTEN_AT_ONCE})`,
      ),

    /**
     * Drops idempotency keys older than 48 hours, or than personal data may be kept: a fingerprint could be tried with every
     * number.
     *
     * @param personalDataDays 1 or more; null keeps them for 48 hours.
     */
    forgetOldKeys: (personalDataDays: number | null): Promise<number> =>
      withDatabaseErrors(() => {
        const hours = Math.min(KEY_LIFETIME_HOURS, (personalDataDays ?? Infinity) * 24);
        return client.$executeRaw`DELETE FROM idempotency_keys WHERE ctid IN (
          SELECT ctid FROM idempotency_keys WHERE created_at < now() - ${hours} * interval '1 h' LIMIT ${FORGOTTEN_AT_ONCE})`;
      }),
  };
}
