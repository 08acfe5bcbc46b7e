import type { Call, CallOrder, OrderEnd, ShownOrder } from '@dialgate/domain';
import { withDatabaseErrors, type Client } from '../client.js';
import { orderOf, type StoredOrder } from './order-rows.js';
import type { CallHook } from './new-call.js';
import { CALL_COLUMNS, callOfRow, type CallRow } from './rows.js';

/** How many orders one sweep takes on. */
const SWEEP_LIMIT = 200;

/** How long others leave an order alone that was taken on, in milliseconds: one whose process was killed comes again then. */
const TAKEN_MS = 30_000;

/** An order whose last call is over, to be decided on. */
export interface DueOrder {
  readonly order: CallOrder;
  /** Its last call. */
  readonly call: Call;
  /** Where it was reported to, and its next is. */
  readonly hook: CallHook | null;
  /** By the database's clock. */
  readonly at: Date;
}

/** How an order came to its end. */
export interface SettledOrder {
  readonly end: OrderEnd;
  readonly refusal: string | null;
}

/** Orders to be called again. What they decide is no matter of the dial: each of their calls is one like any other. */
export function createOrders(client: Client) {
  return { ...createOrderSweep(client), ...createOrderAccess(client) };
}

function createOrderSweep(client: Client) {
  return {
    /**
     * Orders whose last call is over and whose time to be looked at has come, at most 200; several
     * sweepers never get the same ones.
     */
    takeDueOrders: (): Promise<DueOrder[]> =>
      withDatabaseErrors(async () => {
        const taken = await client.$queryRaw<{ id: string }[]>`
          UPDATE calls SET order_look_at = clock_timestamp() + ${TAKEN_MS} * interval '1 ms'
          WHERE id IN (
            SELECT id FROM calls WHERE ended_at IS NOT NULL AND order_look_at <= clock_timestamp()
            ORDER BY order_look_at LIMIT ${SWEEP_LIMIT} FOR UPDATE SKIP LOCKED)
          RETURNING id`;
        if (taken.length === 0) return [];
        const rows = await client.$queryRaw<
          (CallRow & Omit<DueOrder, 'order' | 'call'> & { readonly order: StoredOrder })[]
        >`
          SELECT ${CALL_COLUMNS}, to_jsonb(o) AS "order", clock_timestamp() AS at, CASE WHEN c.webhook_url IS NOT NULL
            THEN jsonb_build_object('url', c.webhook_url, 'endpointId', c.webhook_endpoint_id) END AS hook
          FROM calls c JOIN call_orders o ON o.id = c.order_id
          WHERE c.id = ANY(${taken.map(({ id }) => id)}::uuid[]) AND o.last_call_id = c.id AND o.settled_at IS NULL`;
        return rows.map(({ order, at, hook, ...row }) => ({ order: orderOf(order), at, hook, call: callOfRow(row) }));
      }),

    /** Has the order looked at again then, and shows that its next call is due; its timeline says so once for each call. */
    postponeOrder: ({ order, call }: Pick<DueOrder, 'order' | 'call'>, until: Date): Promise<void> =>
      withDatabaseErrors(async () => {
        await client.$executeRaw`
          WITH told AS (
            UPDATE call_orders SET next_try_at = ${until}::timestamptz
            WHERE id = ${order.id}::uuid AND last_call_id = ${call.id}::uuid AND settled_at IS NULL
              AND cancel_requested_at IS NULL
            RETURNING calls_made + 1 AS next
          ), postponed AS (
            -- A cancel request that came meanwhile wants it looked at now.
            UPDATE calls SET order_look_at = ${until}::timestamptz
            WHERE id = ${call.id}::uuid AND order_look_at > clock_timestamp() AND EXISTS (SELECT 1 FROM told)
          )
          INSERT INTO call_events (call_id, event, source, detail)
          SELECT ${call.id}::uuid, 'retry_ordered', 'api', jsonb_build_object('try', next, 'due_at', ${until.toISOString()}::text)
          FROM told WHERE ${order.nextTryAt === null}`;
      }),

    /** Ends the order, with the status of its last call as what came of it. @returns whether this did it. */
    settleOrder: (
      { order, call }: Pick<DueOrder, 'order' | 'call'>,
      { end, refusal }: SettledOrder,
    ): Promise<boolean> =>
      withDatabaseErrors(async () => {
        const settled = await client.$executeRaw`
          WITH settled AS (
            UPDATE call_orders SET settled_at = clock_timestamp(), ended_by = ${end}, refusal = ${refusal},
              result = ${call.status}::call_status, next_try_at = NULL
            WHERE id = ${order.id}::uuid AND last_call_id = ${call.id}::uuid AND settled_at IS NULL
            RETURNING calls_made
          ), left_alone AS (
            UPDATE calls SET order_look_at = NULL WHERE id = ${call.id}::uuid AND EXISTS (SELECT 1 FROM settled)
          )
          INSERT INTO call_events (call_id, event, source, detail)
          SELECT ${call.id}::uuid, 'order_finished', 'api', jsonb_strip_nulls(jsonb_build_object(
            'result', ${call.status}::text, 'end', ${end}::text, 'refusal', ${refusal}::text, 'calls', calls_made))
          FROM settled`;
        return settled > 0;
      }),
  };
}

function createOrderAccess(client: Client) {
  return {
    /**
     * Stores that the client wants no further call of this order, from the commit on: whoever is about to make one finds it here,
     * or has made it before, and then it is the last.
     *
     * @returns the order's last call; null when the order is over.
     */
    cancelOrder: (orderId: string): Promise<string | null> =>
      withDatabaseErrors(async () => {
        const [row] = await client.$queryRaw<{ last_call_id: string }[]>`
          WITH canceled AS (
            UPDATE call_orders SET cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()), next_try_at = NULL
            WHERE id = ${orderId}::uuid AND settled_at IS NULL RETURNING last_call_id
          ), looked_at AS (
            UPDATE calls c SET order_look_at = clock_timestamp() FROM canceled
            WHERE c.id = canceled.last_call_id AND c.order_look_at IS NOT NULL
          )
          SELECT last_call_id FROM canceled`;
        return row?.last_call_id ?? null;
      }),

    /** Has the orders of users who are suspended or switched off looked at now. @returns how many. */
    hastenOrdersOfStopped: (): Promise<number> =>
      withDatabaseErrors(
        () => client.$executeRaw`
          UPDATE calls c SET order_look_at = clock_timestamp()
          FROM users u JOIN call_orders o ON o.user_id = u.id AND o.settled_at IS NULL
          WHERE (u.suspended_at IS NOT NULL OR u.disabled_at IS NOT NULL) AND c.id = o.last_call_id
            AND c.ended_at IS NOT NULL AND c.order_look_at > clock_timestamp() + ${TAKEN_MS} * interval '1 ms'`,
      ),

    /** The orders with these ids, by id, as they stand. */
    orders: (ids: readonly string[]): Promise<ReadonlyMap<string, ShownOrder>> =>
      withDatabaseErrors(async () => {
        if (ids.length === 0) return new Map();
        const rows = await client.$queryRaw<{ order: StoredOrder; callIds: string[] }[]>`
          SELECT to_jsonb(o) AS "order", ARRAY(
            SELECT c.id FROM calls c WHERE c.order_id = o.id ORDER BY c.order_try)::text[] AS "callIds"
          FROM call_orders o WHERE o.id = ANY(${ids}::uuid[])`;
        return new Map(rows.map(({ order, callIds }) => [order.id, { ...orderOf(order), callIds }]));
      }),
  };
}
