import { DialgateError, soFar, transitionFor, type Call, type Transition } from '@dialgate/domain';
import type { createOrders } from './orders.js';
import type { createCallReader } from './read-calls.js';
import type { createStatusWriter } from './write-status.js';

/** How often the cancel request is tried anew when the call moves under it; a call has fewer statuses than that. */
const TRIES = 6;

/** What a cancel request found and did. */
export interface CancelRequest {
  /** The call that was to be ended, as it stood: the one asked for, or the last of its order. */
  readonly call: Call;
  /** What the cancel request did to it; null when it was already over. */
  readonly transition: Transition | null;
  /** Whether an order to be called again ended with it. */
  readonly orderCanceled: boolean;
}

export function createCancelRequests(
  { find }: Pick<ReturnType<typeof createCallReader>, 'find'>,
  { apply }: Pick<ReturnType<typeof createStatusWriter>, 'apply'>,
  { cancelOrder }: Pick<ReturnType<typeof createOrders>, 'cancelOrder'>,
) {
  async function cancel(id: string, userId: string | null): Promise<Omit<CancelRequest, 'orderCanceled'> | null> {
    for (let tries = 0; tries < TRIES; tries++) {
      const call = await find(id, userId);
      if (call === null) return null;
      const event = { type: 'cancel_requested' } as const;
      const transition = transitionFor(event, soFar(call));
      // A cancel request that stands already need not be written again.
      if (transition === null || call.cancelRequestedAt !== null) return { call, transition };
      const { attempt } = call;
      const asked = { callId: id, attempt, event, source: 'api', receivedAt: performance.now() } as const;
      if (await apply(asked, transition, null)) return { call, transition };
    }
    throw new DialgateError('internal', 'A call moved faster than its cancellation.');
  }

  return {
    /**
     * Stores the client's cancel request for a call. One that waits, claimed or not, is `canceled` at once; a live one is
     * hung up by the owner of its slot. With any call of an order the order ends, and with it the call that it has come to.
     *
     * @returns null when there is no such call of this user.
     */
    requestCancel: async (id: string, userId: string | null): Promise<CancelRequest | null> => {
      const asked = await find(id, userId);
      if (asked === null) return null;
      // First the order: whatever call it has come to then is its last.
      const lastCallId = asked.order === null ? null : await cancelOrder(asked.order.orderId);
      const canceled = await cancel(lastCallId ?? id, userId);
      return canceled === null ? null : { ...canceled, orderCanceled: lastCallId !== null };
    },
  };
}
