import type { DueDelivery } from '@dialgate/database';
import { viewAt, type Call } from '@dialgate/domain';

/**
 * The body of a delivery, as JSON. It is made of the call's row at each attempt and stored nowhere, so that what was erased of a call
 * is in no delivery.
 *
 * @param call null for a test, which tells of none.
 */
export function payloadOf(
  delivery: Pick<DueDelivery, 'type' | 'at' | 'status' | 'sequence'>,
  call: Call | null,
): string {
  const { type, at, status, sequence } = delivery;
  const data = call === null || status === null ? { test: true } : { ...viewAt(call, status), sequence };
  return JSON.stringify({ type, timestamp: at.toISOString(), data });
}
