import type { CallStatus } from '@dialgate/domain';
import { withDatabaseErrors, type Client } from '../client.js';
import type { Source } from './observation.js';

/** One entry of a call's timeline: what happened, when, and how it is known. */
export interface WrittenEvent {
  /** Its running number over all calls; within one call, in the order in which entries were written. */
  readonly id: string;
  readonly callId: string;
  readonly event: string;
  /** The status it led to, or null when it changed none. */
  readonly status: CallStatus | null;
  /** By the database's clock. */
  readonly at: Date;
  /** By Asterisk's own clock; null for what did not come from it. */
  readonly asteriskAt: Date | null;
  readonly source: Source;
  readonly detail: unknown;
}

export function createTimelines(client: Client) {
  return {
    /**
     * The timeline of a call, the oldest entry first. A status is written together with its entry: once a call is over, its end is
     * there.
     *
     * @param after the id of the last entry that is known already; '0' for none.
     */
    timeline: (callId: string, after: string, limit: number): Promise<WrittenEvent[]> =>
      withDatabaseErrors(
        () => client.$queryRaw<WrittenEvent[]>`
          SELECT id::text, call_id AS "callId", event, status::text, at, asterisk_at AS "asteriskAt", source, detail
          FROM call_events e WHERE e.call_id = ${callId}::uuid AND e.id > ${after}::bigint
          -- By the number, not by its text.
          ORDER BY e.id LIMIT ${limit}`,
      ),
  };
}
