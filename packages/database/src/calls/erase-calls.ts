import { withDatabaseErrors, type Client } from '../client.js';

/** How many calls one statement erases: some milliseconds of work. */
const ERASE_LIMIT = 500;

export function createErasure(client: Client) {
  return {
    /**
     * Blanks what calls that ended longer ago than so many days say of people: number, caller ID, variables, metadata, and
     * what Asterisk and its dialplan said in their timelines. Everything that is counted stays. At most 500, each once in its life;
     * several instances never get the same ones.
     *
     * @param days 1 or more.
     * @returns how many were erased; more may be left unless it is 0.
     */
    erasePersonalData: (days: number): Promise<number> =>
      withDatabaseErrors(async () => {
        const [row] = await client.$queryRaw<{ erased: number }[]>`
          WITH due AS (
            SELECT id FROM calls
            WHERE ended_at IS NOT NULL AND erased_at IS NULL AND ended_at < now() - ${days} * interval '1 day'
            ORDER BY ended_at LIMIT ${ERASE_LIMIT} FOR UPDATE SKIP LOCKED
          ), erased AS (
            UPDATE calls c SET phone_number = '', connect_to = NULL, caller_id = NULL, variables = '{}', metadata = NULL, webhook_url = NULL, erased_at = now()
            FROM due WHERE c.id = due.id
            RETURNING c.id
          ), timelines AS (
            -- It may repeat the endpoint, and with it the number.
            UPDATE call_events e SET detail = e.detail - '{asterisk,results}'::text[]
            FROM erased WHERE e.call_id = erased.id AND e.detail ?| '{asterisk,results}'::text[]
          )
          SELECT count(*)::int AS erased FROM erased`;
        return row?.erased ?? 0;
      }),
  };
}
