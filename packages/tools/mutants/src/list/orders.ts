import { mutantsOf } from './mutants-of.js';

const DECIDED = 'packages/domain/test/next-of-order.test.ts';
const MADE = 'services/api/test/retry-orders.integration.test.ts';
const NEXT = 'packages/domain/src/orders/next-of-order.ts';
const PARTS = 'packages/database/src/calls/order-parts.ts';

/** Orders to be called again. */
export const ORDERS = mutantsOf('orders', '.', [
  {
    breaks: 'nobody who picked up is called again',
    file: NEXT,
    find: "if (last.status === 'completed') return settle('answered');",
    replace: '',
    test: DECIDED,
    title: 'is nothing when somebody picked up',
  },
  {
    breaks: 'an order that was taken back calls nobody',
    file: NEXT,
    find: " || order.cancelRequestedAt !== null) return settle('canceled');",
    replace: ") return settle('canceled');",
    test: DECIDED,
    title: 'is nothing when the client took back the call or the order',
  },
  {
    breaks: 'only what was ordered leads to another call',
    file: NEXT,
    find: 'if (cause === null || !order.on.includes(cause))',
    replace: 'if (cause === null)',
    test: DECIDED,
    title: 'is nothing after an end that was not ordered',
  },
  {
    breaks: 'no more calls are made than were ordered',
    file: NEXT,
    find: 'if (order.callsMade > order.max)',
    replace: 'if (order.callsMade > order.max + 1)',
    test: DECIDED,
    title: 'is nothing when as many were made as were ordered',
  },
  {
    breaks: 'an empty number is not called',
    file: NEXT,
    find: "if (last.erasedAt !== null) return settle('erased');",
    replace: '',
    test: DECIDED,
    title: 'is nothing when its number was erased',
  },
  {
    breaks: 'a user who was stopped has nobody called',
    file: NEXT,
    find: "if (userStopped !== null) return settle('refused', userStopped);",
    replace: '',
    test: MADE,
    title: 'end while they wait when their user is suspended or switched off',
  },
  {
    breaks: 'an order has an end of its own',
    file: NEXT,
    find: 'if (dueAt === null || dueAt > order.endsAt)',
    replace: 'if (dueAt === null)',
    test: DECIDED,
    title: 'is nothing when the order’s own end comes first',
  },
  {
    breaks: 'what may have rung is not called again',
    file: 'packages/domain/src/orders/retry-order.ts',
    find: '  lost: false,',
    replace: '  lost: true,',
    test: DECIDED,
    title: 'is where no phone was reached',
  },
  {
    breaks: 'a call that is being made finds the cancel request',
    file: PARTS,
    find: ' AND o.cancel_requested_at IS NULL',
    replace: '',
    test: MADE,
    title: 'that are canceled while a call is being made',
  },
  {
    breaks: 'with any of its calls the order ends',
    file: 'packages/database/src/calls/request-cancel.ts',
    find: 'asked.order === null ? null : await cancelOrder(asked.order.orderId)',
    replace: 'asked.order === null ? null : asked.order.orderId',
    test: MADE,
    title: 'end with any of their calls that is hung up',
  },
  {
    breaks: 'a call is looked at no more when another was made',
    file: PARTS,
    find: 'UPDATE calls c SET order_look_at = NULL FROM taken',
    replace: 'UPDATE calls c SET order_look_at = now() FROM taken',
    test: MADE,
    title: 'make each call once, however many instances sweep',
  },
  {
    breaks: 'no call is made before the one before it is over',
    file: 'packages/database/src/calls/orders.ts',
    find: 'SELECT id FROM calls WHERE ended_at IS NOT NULL AND order_look_at',
    replace: 'SELECT id FROM calls WHERE order_look_at',
    test: 'packages/tools/local-stack/test/orders.integration.test.ts',
    title: 'have one phone ring at a time',
    built: true,
  },
  {
    breaks: 'a limit delays a call and ends no order',
    file: 'services/api/src/calls/retry-orders.ts',
    find: 'if (!(error instanceof DialgateError) || !LATER.has(error.code)) throw error;',
    replace: 'throw error;',
    test: MADE,
    title: 'are delayed by a limit',
  },
  {
    breaks: 'a further call is judged as the first was',
    file: 'services/api/src/calls/retry-orders.ts',
    find: "if (verdict.verdict !== 'allowed') {",
    replace: "if (verdict.verdict === 'malformed') {",
    test: MADE,
    title: 'end with the refusal when the number may not be called any more',
  },
]);
