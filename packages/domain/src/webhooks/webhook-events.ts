import type { Call } from '../call.js';
import type { CallResults } from '../call-results.js';
import { statusView } from '../call-view.js';
import type { ShownOrder } from '../orders/order-view.js';
import { CALL_STATUSES, isFinal, rankOf, STATUS_MEANINGS, type CallStatus } from '../status.js';

/** The type of the event that an order to be called again is over; it tells of the last call of the order. */
export const ORDER_FINISHED_EVENT = 'call.order_finished';

/** The type of the event that a call has come into this status. */
export type CallWebhookEvent = `call.${CallStatus}` | typeof ORDER_FINISHED_EVENT;

/** Every type of event that tells of a call, and what it means. */
export const CALL_WEBHOOK_EVENTS = Object.fromEntries([
  ...CALL_STATUSES.map((status) => [webhookEventOf(status), STATUS_MEANINGS[status]]),
  [ORDER_FINISHED_EVENT, 'the order to be called again that it belongs to (`retry`) is over; it was the last call'],
]) as Readonly<Record<CallWebhookEvent, string>>;

/** All of them, in the filter of an endpoint. */
export const ALL_CALL_EVENTS = 'call.*';

/** Sent when somebody asks for a test. */
export const TEST_EVENT = 'webhook.test';

export function webhookEventOf(status: CallStatus): CallWebhookEvent {
  return `call.${status}`;
}

/**
 * The public view of a call as it was when it came into a status: what came later is left out, whatever is known by now. A final
 * status shows the call as it stands, which may have learnt its cause since.
 *
 * @param call as it stands, in this status or a later one.
 * @param results what the dialplan has said of it: all of it belongs to the time between answer and end.
 * @param order the order that it belongs to, as it stands.
 */
export function viewAt(
  call: Call,
  status: CallStatus,
  results: CallResults = {},
  order: ShownOrder | null = null,
): ReturnType<typeof statusView> {
  if (isFinal(status)) return statusView(call, results, order);
  const has = (reached: CallStatus) => rankOf(status) >= rankOf(reached);
  const dialed = has('dialing');
  const then: Call = {
    ...call,
    status,
    channelId: dialed ? call.channelId : null,
    attempt: dialed ? call.attempt : 0,
    dialSentAt: dialed ? call.dialSentAt : null,
    ringingAt: has('ringing') ? call.ringingAt : null,
    answeredAt: has('answered') ? call.answeredAt : null,
    endedAt: null,
    failureReason: null,
    hangupCause: null,
    sipStatus: null,
    hangupBy: null,
  };
  return statusView(then, {}, order);
}
