import { durationSeconds, type Call } from './call.js';
import type { CallResults } from './call-results.js';
import { formatCallerId } from './caller-id.js';
import { hangupCauseText } from './hangup-cause.js';
import { orderView, type ShownOrder } from './orders/order-view.js';
import { isFinal } from './status.js';

/** The answer to an accepted call. The same for a repeated request with its Idempotency-Key. */
export function acceptedView(call: { readonly id: string; readonly phoneNumber: string; readonly createdAt: Date }) {
  return {
    success: true,
    call_id: call.id,
    phone_number: call.phoneNumber,
    message: 'Call accepted',
    channel: null,
    status: 'pending',
    created_at: call.createdAt.toISOString(),
  };
}

/**
 * A call as its owner sees it. Times are ISO 8601 in UTC with milliseconds, or null while they have not come.
 *
 * @param results what the dialplan has said of it.
 * @param order the order that it belongs to, as it stands.
 */
export function statusView(call: Call, results: CallResults = {}, order: ShownOrder | null = null) {
  const over = isFinal(call.status);
  return {
    call_id: call.id,
    // What was erased is null, and so is what never was there: `erased_at` tells which.
    phone_number: call.erasedAt === null ? call.phoneNumber : null,
    status: call.status,
    channel: call.channelId,
    context: call.destination.context,
    extension: call.destination.extension,
    priority: call.destination.priority,
    connect_to: call.connectTo,
    caller_id: call.callerId === null ? null : formatCallerId(call.callerId),
    created_at: call.createdAt.toISOString(),
    not_before: isoOf(call.notBefore),
    calling_window:
      call.callingWindow === null
        ? null
        : { spans: call.callingWindow.spans, time_zones: call.callingWindow.timeZones },
    dialed_at: isoOf(call.dialSentAt),
    ringing_at: isoOf(call.ringingAt),
    answered_at: isoOf(call.answeredAt),
    ended_at: isoOf(call.endedAt),
    duration: durationSeconds(call),
    failure_reason: call.failureReason,
    hangup_cause: call.hangupCause,
    hangup_cause_text: hangupCauseText(call.hangupCause),
    sip_status: call.sipStatus,
    hangup_by: call.hangupBy,
    // Clients count from one: a call that waits is in its first attempt.
    attempt_number: Math.max(1, call.attempt),
    is_active: !over,
    is_completed: over,
    metadata: call.metadata,
    results,
    attempt_of: call.order === null || call.order.orderId === call.id ? null : call.order.orderId,
    try_number: call.order?.tryNumber ?? 1,
    order: orderView(order),
    erased_at: isoOf(call.erasedAt),
  };
}

function isoOf(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}
