import type { Calls } from '@dialgate/database';
import { statusView, type Call } from '@dialgate/domain';

/** Calls as their owners see them, with their results, in the same order. Only of an answered call anything was said. */
export async function statusViews(calls: Pick<Calls, 'results'>, shown: readonly Call[]) {
  const answered = shown.filter(({ answeredAt }) => answeredAt !== null);
  const results = await calls.results(answered.map(({ id }) => id));
  return shown.map((call) => statusView(call, results.get(call.id)));
}
