import type { CallOrder } from './retry-order.js';

/** An order with the ids of its calls, in the order in which they were made. */
export type ShownOrder = CallOrder & { readonly callIds: readonly string[] };

/** The order of a call as its owner sees it; null for a call without one. */
export function orderView(order: ShownOrder | null) {
  if (order === null) return null;
  return {
    state: order.settledAt !== null ? 'finished' : order.cancelRequestedAt !== null ? 'canceling' : 'open',
    result: order.result,
    end: order.end,
    refusal: order.refusal,
    max: order.max,
    on: order.on,
    after: order.afterSeconds,
    ends_at: order.endsAt.toISOString(),
    calls: order.callIds,
    next_try_at: isoOf(order.nextTryAt),
    finished_at: isoOf(order.settledAt),
  };
}

function isoOf(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}
