import {
  channelIdFor,
  unformatCallerId,
  type Call,
  type CallStatus,
  type FailureReason,
  type HangupBy,
} from '@dialgate/domain';
import { Prisma } from '../client.js';

/** A row of `calls` as a raw query returns it. */
export interface CallRow {
  id: string;
  user_id: string;
  phone_number: string;
  status: CallStatus;
  context: string;
  extension: string;
  priority: number;
  ring_timeout_ms: number;
  caller_id: string | null;
  variables: Record<string, string>;
  metadata: unknown;
  attempt: number;
  slot_id: number | null;
  slot_epoch: number | null;
  created_at: Date;
  expires_at: Date;
  cancel_requested_at: Date | null;
  dial_sent_at: Date | null;
  ringing_at: Date | null;
  answered_at: Date | null;
  ended_at: Date | null;
  failure_reason: FailureReason | null;
  hangup_cause: number | null;
  sip_status: number | null;
  hangup_by: HangupBy | null;
}

/** The columns of a CallRow, of a table or alias named `c`. */
export const CALL_COLUMNS = Prisma.sql`c.id, c.user_id, c.phone_number, c.status::text, c.context, c.extension, c.priority,
  c.ring_timeout_ms, c.caller_id, c.variables, c.metadata, c.attempt, c.slot_id, c.slot_epoch, c.created_at, c.expires_at,
  c.cancel_requested_at, c.dial_sent_at, c.ringing_at, c.answered_at, c.ended_at, c.failure_reason, c.hangup_cause,
  c.sip_status, c.hangup_by`;

export function callOfRow(row: CallRow): Call {
  return {
    id: row.id,
    userId: row.user_id,
    phoneNumber: row.phone_number,
    status: row.status,
    destination: { context: row.context, extension: row.extension, priority: row.priority },
    ringTimeoutMs: row.ring_timeout_ms,
    callerId: row.caller_id === null ? null : unformatCallerId(row.caller_id),
    variables: row.variables,
    metadata: row.metadata,
    attempt: row.attempt,
    channelId: row.attempt === 0 ? null : channelIdFor(row.id, row.attempt),
    claim: row.slot_id === null || row.slot_epoch === null ? null : { slotId: row.slot_id, slotEpoch: row.slot_epoch },
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    cancelRequestedAt: row.cancel_requested_at,
    dialSentAt: row.dial_sent_at,
    ringingAt: row.ringing_at,
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
    failureReason: row.failure_reason,
    hangupCause: row.hangup_cause,
    sipStatus: row.sip_status,
    hangupBy: row.hangup_by,
  };
}
