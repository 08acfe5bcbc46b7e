import type { CallStatus, FailureReason, HangupBy } from '@dialgate/domain';
import type { Installation } from './installation.js';
import type { EndedRow, TimelineLine } from './row.js';

/** Every call of an installation as its database has it, with its timeline. */
export async function readRows({ sql }: Pick<Installation, 'sql'>): Promise<EndedRow[]> {
  const rows = await sql<RawRow>(`
    SELECT c.id, c.phone_number, c.status, c.failure_reason, c.hangup_cause, c.sip_status, c.hangup_by, c.ring_timeout_ms,
      c.context, c.extension, c.priority, c.attempt, s.app, c.created_at, c.dial_sent_at, c.ringing_at, c.answered_at,
      c.ended_at, c.cancel_requested_at IS NOT NULL AS "cancelRequested", coalesce(t.lines, '[]') AS lines
    FROM calls c LEFT JOIN worker_slots s ON s.id = c.slot_id
    LEFT JOIN (
      SELECT call_id, json_agg(json_build_object('event', event, 'status', status,
        'at', (extract(epoch FROM at) * 1000)::float8, 'why', detail->>'why') ORDER BY id) AS lines
      FROM call_events GROUP BY call_id
    ) t ON t.call_id = c.id`);
  return rows.map((row) => ({
    id: row.id,
    number: row.phone_number,
    status: row.status,
    failureReason: row.failure_reason,
    hangupCause: row.hangup_cause,
    sipStatus: row.sip_status,
    hangupBy: row.hangup_by,
    ringTimeoutMs: row.ring_timeout_ms,
    context: row.context,
    extension: row.extension,
    priority: row.priority,
    attempt: row.attempt,
    app: row.app,
    createdAt: row.created_at.getTime(),
    dialSentAt: row.dial_sent_at?.getTime() ?? null,
    ringingAt: row.ringing_at?.getTime() ?? null,
    answeredAt: row.answered_at?.getTime() ?? null,
    endedAt: row.ended_at?.getTime() ?? null,
    cancelRequested: row.cancelRequested,
    timeline: row.lines,
  }));
}

interface RawRow {
  id: string;
  phone_number: string;
  status: CallStatus;
  failure_reason: FailureReason | null;
  hangup_cause: number | null;
  sip_status: number | null;
  hangup_by: HangupBy | null;
  ring_timeout_ms: number;
  context: string;
  extension: string;
  priority: number;
  attempt: number;
  app: string | null;
  created_at: Date;
  dial_sent_at: Date | null;
  ringing_at: Date | null;
  answered_at: Date | null;
  ended_at: Date | null;
  cancelRequested: boolean;
  lines: TimelineLine[];
}
