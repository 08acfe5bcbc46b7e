import type { CallResults } from '@dialgate/domain';
import { withDatabaseErrors, type Client } from '../client.js';

export function createResultsReader(client: Client) {
  return {
    /**
     * What the dialplan has said of these calls, by their ids: of a name that was said twice, the last value. Calls of which
     * nothing was said are missing. It is read from the timelines, so that the row of a call is not written for it.
     */
    results: (callIds: readonly string[]): Promise<ReadonlyMap<string, CallResults>> =>
      withDatabaseErrors(async () => {
        if (callIds.length === 0) return new Map();
        const rows = await client.$queryRaw<{ callId: string; results: CallResults }[]>`
          SELECT e.call_id AS "callId", e.detail -> 'results' AS results FROM call_events e
          WHERE e.call_id = ANY(${callIds}::uuid[]) AND e.event = 'result' AND e.detail ? 'results'
          ORDER BY e.id`;
        const byCall = new Map<string, CallResults>();
        for (const { callId, results } of rows) byCall.set(callId, { ...byCall.get(callId), ...results });
        return byCall;
      }),
  };
}
