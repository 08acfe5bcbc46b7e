import { firstMomentInside, type ZonedWindow } from '../admission/ordered-window.js';
import type { Call } from '../call.js';
import { retryCauseOf, type CallOrder, type OrderEnd } from './retry-order.js';

/** What is to be done with an order whose last call is over. */
export type NextOfOrder =
  | { readonly then: 'settle'; readonly end: OrderEnd; readonly refusal: string | null }
  | { readonly then: 'wait'; readonly until: Date }
  | { readonly then: 'call'; readonly tryNumber: number };

/** What is known at the moment of the decision. */
export interface OrderFacts {
  /** By the database's clock. */
  readonly at: Date;
  /** All of them must be open; none for any hour. */
  readonly windows: readonly ZonedWindow[];
  /** Why its user places no calls; null for one who does. */
  readonly userStopped: 'user_suspended' | 'user_disabled' | null;
}

/**
 * Decides what comes after the last call of an order, which must be over. Pure; the first rule that fits decides. A decision to
 * wait is made anew at its time, so that nothing need be remembered of it.
 */
export function nextOfOrder(
  order: Pick<CallOrder, 'on' | 'max' | 'afterSeconds' | 'endsAt' | 'callsMade' | 'cancelRequestedAt'>,
  last: Pick<Call, 'status' | 'failureReason' | 'endedAt' | 'erasedAt'>,
  { at, windows, userStopped }: OrderFacts,
): NextOfOrder {
  if (last.status === 'completed') return settle('answered');
  if (last.status === 'canceled' || order.cancelRequestedAt !== null) return settle('canceled');
  const cause = retryCauseOf(last);
  if (cause === null || !order.on.includes(cause)) return settle('not_retried');
  if (order.callsMade > order.max) return settle('exhausted');
  if (last.erasedAt !== null) return settle('erased');
  if (userStopped !== null) return settle('refused', userStopped);

  const earliest = new Date(Math.max(at.getTime(), (last.endedAt ?? at).getTime() + order.afterSeconds * 1_000));
  const dueAt = firstMomentInside(windows, earliest);
  if (dueAt === null || dueAt > order.endsAt) return settle('out_of_time');
  return dueAt > at ? { then: 'wait', until: dueAt } : { then: 'call', tryNumber: order.callsMade + 1 };
}

function settle(end: OrderEnd, refusal: string | null = null): NextOfOrder {
  return { then: 'settle', end, refusal };
}
