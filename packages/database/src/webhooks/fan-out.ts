import { createHorizon } from '../calls/horizon.js';
import { withDatabaseErrors, type Client } from '../client.js';
import { isTold, TYPE } from './told-entries.js';

/** Timeline entries that one statement takes on. */
export const FAN_OUT_LIMIT = 2_000;

export function createFanOut(client: Client) {
  const horizon = createHorizon(client);

  return {
    /**
     * Makes the deliveries of what has newly come into the timeline, which is the outbox, and moves the position in it on, in one
     * statement: a process that dies leaves both or neither. Of several at once one does it. An endpoint is told what happened
     * since it was made, of its user's calls, as far as it wants to hear of it; the host of a call's
     * `webhook_url` all of that call. (Its endpoint has no events.)
     *
     * @returns how many entries were passed, and how many deliveries made; more may be left unless `entries` is below 2,000.
     */
    fanOut: (): Promise<{ readonly entries: number; readonly deliveries: number }> =>
      withDatabaseErrors(async () => {
        const { settled: upTo } = await horizon();
        if (upTo === null) return { entries: 0, deliveries: 0 };
        const [row] = await client.$queryRaw<{ entries: number; deliveries: number }[]>`
          WITH position AS (
            SELECT event_id FROM webhook_position WHERE event_id < ${upTo} FOR UPDATE SKIP LOCKED
          ), batch AS (
            SELECT e.id, e.call_id, e.event, e.status, e.at FROM position p JOIN call_events e ON e.id > p.event_id AND e.id <= ${upTo}
            WHERE EXISTS (SELECT 1 FROM webhook_endpoints WHERE disabled_at IS NULL)
            ORDER BY e.id LIMIT ${FAN_OUT_LIMIT}
          ), made AS (
            INSERT INTO webhook_deliveries (id, endpoint_id, event_id, call_id, type, status, sequence, at)
            SELECT gen_random_uuid(), w.id, e.id, e.call_id, ${TYPE}, coalesce(e.status, c.status), (SELECT count(*)
                FROM call_events s WHERE s.call_id = e.call_id AND s.id <= e.id AND ${isTold('s')}), e.at
            FROM batch e JOIN calls c ON c.id = e.call_id
              JOIN users u ON u.id = c.user_id AND u.disabled_at IS NULL
              JOIN webhook_endpoints w ON w.user_id = c.user_id AND w.disabled_at IS NULL AND (
                w.id = c.webhook_endpoint_id OR w.created_at <= e.at AND w.events && ARRAY['call.*', ${TYPE}])
            WHERE ${isTold('e')}
            ON CONFLICT DO NOTHING
            RETURNING 1
          ), seen AS (
            SELECT count(*)::int AS entries, CASE WHEN count(*) < ${FAN_OUT_LIMIT} THEN ${upTo} ELSE max(id) END AS up_to FROM batch
          ), moved AS (
            UPDATE webhook_position w SET event_id = seen.up_to FROM seen, position p WHERE w.event_id = p.event_id
          )
          SELECT entries, (SELECT count(*)::int FROM made) AS deliveries FROM seen`;
        return row ?? { entries: 0, deliveries: 0 };
      }),
  };
}
