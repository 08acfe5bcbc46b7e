import type { Call } from '../call.js';
import type { CallResults } from '../call-results.js';
import type { ShownOrder } from '../orders/order-view.js';
import type { CallStatus } from '../status.js';
import { viewAt } from './webhook-events.js';

/** What a delivery tells of. */
export interface ToldEvent {
  readonly type: string;
  /** When it happened. */
  readonly at: Date;
  /** The status that the call had then; null for a test. */
  readonly status: CallStatus | null;
  /** The event's number among the call's; null for a test. */
  readonly sequence: number | null;
}

/**
 * The body of a delivery, as JSON. It is made of the call's row at each attempt and stored nowhere, so that what was
 * erased of a call is in no delivery.
 *
 * @param call null for a test, which tells of none.
 * @param results what the dialplan has said of the call.
 * @param order the order to be called again that the call belongs to, as it stands.
 */
export function payloadOf(told: ToldEvent, call: Call | null, results?: CallResults, order?: ShownOrder): string {
  const { type, at, status, sequence } = told;
  const data =
    call === null || status === null ? { test: true } : { ...viewAt(call, status, results, order), sequence };
  return JSON.stringify({ type, timestamp: at.toISOString(), data });
}
