import type { DueDelivery } from '@dialgate/database';
import { viewAt, type Call, type CallResults, type ShownOrder } from '@dialgate/domain';

/**
 * The body of a delivery, as JSON. It is made of the call's row at each attempt and stored nowhere, so that what was
 * erased of a call is in no delivery.
 *
 * @param call null for a test, which tells of none.
 * @param results what the dialplan has said of the call.
 * @param order the order to be called again that the call belongs to, as it stands.
 */
export function payloadOf(
  delivery: Pick<DueDelivery, 'type' | 'at' | 'status' | 'sequence'>,
  call: Call | null,
  results?: CallResults,
  order?: ShownOrder,
): string {
  const { type, at, status, sequence } = delivery;
  const data =
    call === null || status === null ? { test: true } : { ...viewAt(call, status, results, order), sequence };
  return JSON.stringify({ type, timestamp: at.toISOString(), data });
}
