import type { CallStatus, FailureReason } from '@dialgate/domain';
import type { Installation } from './installation.js';
import type { EndedRow } from './verdict.js';

/** Every call of an installation as its database has it. */
export async function readRows({ sql }: Pick<Installation, 'sql'>): Promise<EndedRow[]> {
  const rows = await sql<{
    id: string;
    number: string;
    status: CallStatus;
    reason: FailureReason | null;
    dial_sent_at: Date | null;
    ringing_at: Date | null;
    answered_at: Date | null;
    ended_at: Date | null;
    wished: boolean;
    finals: number;
    backwards: boolean;
  }>(`
    WITH lines AS (
      SELECT call_id, status IN ('completed', 'busy', 'no_answer', 'failed', 'canceled') AS final,
        CASE status WHEN 'pending' THEN 0 WHEN 'dialing' THEN 1 WHEN 'ringing' THEN 2 WHEN 'answered' THEN 3 ELSE 4 END AS rank, id
      FROM call_events WHERE status IS NOT NULL
    ), steps AS (
      SELECT call_id, final, rank < lag(rank) OVER (PARTITION BY call_id ORDER BY id) AS backwards FROM lines
    ), told AS (
      SELECT call_id, count(*) FILTER (WHERE final)::int AS finals, coalesce(bool_or(backwards), false) AS backwards FROM steps GROUP BY 1
    )
    SELECT c.id, c.phone_number AS number, c.status, c.failure_reason AS reason, c.dial_sent_at, c.ringing_at,
      c.answered_at, c.ended_at,
      c.cancel_requested_at IS NOT NULL AS wished, coalesce(t.finals, 0) AS finals, coalesce(t.backwards, false) AS backwards
    FROM calls c LEFT JOIN told t ON t.call_id = c.id`);
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    status: row.status,
    failureReason: row.reason,
    dialSentAt: row.dial_sent_at?.getTime() ?? null,
    ringingAt: row.ringing_at?.getTime() ?? null,
    answeredAt: row.answered_at?.getTime() ?? null,
    endedAt: row.ended_at?.getTime() ?? null,
    wished: row.wished,
    finals: row.finals,
    backwards: row.backwards,
  }));
}
