import { Prisma } from '../client.js';

/** A further call of an order. */
export interface TryOf {
  readonly orderId: string;
  readonly tryNumber: number;
  /** The call before it, which is over. */
  readonly formerCallId: string;
}

/** What the statement that writes calls does with those of orders, by the names of its parts; nothing where there are none. */
export interface OrderParts {
  /** What else `input` has. */
  readonly columns: Prisma.Sql;
  /** The order of a call, which of its calls it is, and when the order is looked at. */
  readonly place: Prisma.Sql;
  /** Before the calls are written. */
  readonly taken: Prisma.Sql;
  /** Which calls are not written: those whose order has gone on without them, or is over. */
  readonly unless: Prisma.Sql;
  /** After it. */
  readonly kept: Prisma.Sql;
}

const NO_ORDERS: OrderParts = {
  columns: Prisma.empty,
  place: Prisma.sql`NULL, NULL, NULL`,
  taken: Prisma.empty,
  unless: Prisma.empty,
  kept: Prisma.empty,
};

/**
 * A further call is made by whoever moves its order on, and in the same statement: of several at once, and of one that was canceled
 * meanwhile, the order's row lets one through. Rows of `input` are calls asked for, those of `created` were written.
 */
export function orderParts(hasOrders: boolean): OrderParts {
  if (!hasOrders) return NO_ORDERS;
  return {
    columns: Prisma.sql`, retry jsonb, "orderId" uuid, "orderTry" int, "formerCallId" uuid`,
    place: Prisma.sql`"orderId", "orderTry", CASE WHEN "orderId" IS NOT NULL THEN now() END`,
    taken: Prisma.sql`, taken AS (
      UPDATE call_orders o SET calls_made = i."orderTry", last_call_id = i.id, next_try_at = NULL
      FROM input i WHERE o.id = i."orderId" AND i."formerCallId" IS NOT NULL AND o.calls_made = i."orderTry" - 1
        AND o.last_call_id = i."formerCallId" AND o.settled_at IS NULL AND o.cancel_requested_at IS NULL
      RETURNING i.id, i."formerCallId", i."orderTry"
    ), followed AS (
      UPDATE calls c SET order_look_at = NULL FROM taken WHERE c.id = taken."formerCallId"
    ), told AS (
      INSERT INTO call_events (call_id, event, source, detail)
      SELECT "formerCallId", 'retry_made', 'api', jsonb_build_object('try', "orderTry", 'call_id', id) FROM taken
    )`,
    unless: Prisma.sql`AND ("formerCallId" IS NULL OR id IN (SELECT id FROM taken))`,
    kept: Prisma.sql`, ordered AS (
      INSERT INTO call_orders (id, user_id, max_retries, retry_on, after_seconds, ends_at, expires_in_ms, last_call_id)
      SELECT i.id, i."userId", (i.retry ->> 'max')::int, ARRAY(SELECT jsonb_array_elements_text(i.retry -> 'on')),
        (i.retry ->> 'afterSeconds')::int,
        greatest(now(), i."notBefore") + (i.retry ->> 'withinSeconds')::int * interval '1 s', i."expiresInMs", i.id
      FROM created JOIN input i USING (id) WHERE i.retry IS NOT NULL
    )`,
  };
}
