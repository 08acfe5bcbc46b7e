import type { Calls } from '@dialgate/database';
import { statusView, type Call } from '@dialgate/domain';

/** Calls as their owners see them, with their results and orders, in the same order. Only of an answered call anything was said. */
export async function statusViews(calls: Pick<Calls, 'results' | 'orders'>, shown: readonly Call[]) {
  const answered = shown.filter(({ answeredAt }) => answeredAt !== null);
  const orderIds = [...new Set(shown.flatMap(({ order }) => order?.orderId ?? []))];
  const [results, orders] = await Promise.all([calls.results(answered.map(({ id }) => id)), calls.orders(orderIds)]);
  return shown.map((call) => statusView(call, results.get(call.id), orders.get(call.order?.orderId ?? '')));
}
