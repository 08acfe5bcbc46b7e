import type { DueDelivery } from '@dialgate/database';
import { viewAt, type Call, type CallResults } from '@dialgate/domain';

/**
 * The body of a delivery, as JSON. It is made of the call's row at each attempt and stored nowhere, so that what was erased of a call
 * is in no delivery.
 *
 * @param call null for a test, which tells of none.
 * @param results what the dialplan has said of the call.
 */
export function payloadOf(
  delivery: Pick<DueDelivery, 'type' | 'at' | 'status' | 'sequence'>,
  call: Call | null,
  results?: CallResults,
): string {
  const { type, at, status, sequence } = delivery;
  const data = call === null || status === null ? { test: true } : { ...viewAt(call, status, results), sequence };
  return JSON.stringify({ type, timestamp: at.toISOString(), data });
}
