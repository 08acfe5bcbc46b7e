import { channelIdFor, unformatCallerId, type Call, type DialplanDestination } from '@dialgate/domain';
import { Prisma } from '../client.js';

/** A row of `calls` as CALL_COLUMNS reads it: a call, but for what is put together of several columns or of a text. */
export type CallRow = Omit<Call, 'destination' | 'callerId' | 'channelId' | 'claim' | 'order'> &
  DialplanDestination & {
    readonly callerId: string | null;
    readonly slotId: number | null;
    readonly slotEpoch: number | null;
    readonly orderId: string | null;
    readonly orderTry: number | null;
  };

/** The columns of a CallRow, of a table or alias named `c`. */
export const CALL_COLUMNS = Prisma.sql`c.id, c.user_id AS "userId", c.phone_number AS "phoneNumber", c.status::text, c.context,
  c.extension, c.priority, c.ring_timeout_ms AS "ringTimeoutMs", c.connect_to AS "connectTo", c.caller_id AS "callerId", c.variables, c.metadata, c.attempt,
  c.slot_id AS "slotId", c.slot_epoch AS "slotEpoch", c.created_at AS "createdAt",
  c.not_before AS "notBefore", c.calling_window AS "callingWindow", c.expires_at AS "expiresAt",
  c.cancel_requested_at AS "cancelRequestedAt", c.dial_sent_at AS "dialSentAt", c.ringing_at AS "ringingAt",
  c.answered_at AS "answeredAt", c.ended_at AS "endedAt", c.failure_reason AS "failureReason",
  c.hangup_cause AS "hangupCause", c.sip_status AS "sipStatus", c.hangup_by AS "hangupBy", c.erased_at AS "erasedAt",
  c.order_id AS "orderId", c.order_try AS "orderTry"`;

export function callOfRow(stored: CallRow): Call {
  const { context, extension, priority, callerId, slotId, slotEpoch, orderId, orderTry, ...row } = stored;
  return {
    ...row,
    destination: { context, extension, priority },
    callerId: callerId === null ? null : unformatCallerId(callerId),
    channelId: row.attempt === 0 ? null : channelIdFor(row.id, row.attempt),
    claim: slotId === null || slotEpoch === null ? null : { slotId, slotEpoch },
    order: orderId === null || orderTry === null ? null : { orderId, tryNumber: orderTry },
  };
}
