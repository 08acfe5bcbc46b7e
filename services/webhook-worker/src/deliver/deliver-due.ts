import type { Calls, DueDelivery, Webhooks } from '@dialgate/database';
import { payloadOf } from '@dialgate/domain';
import type { Logger } from '@dialgate/service-kit';
import { afterAttempt, FAILING_FOR_MS, type AttemptResult } from './after-attempt.js';
import type { Send } from './send.js';
import { signedHeaders } from './sign.js';

/**
 * Deliveries that are taken up together; those of different calls are sent side by side, and so bound
 * what an endpoint gets at once.
 */
const AT_ONCE = 5;

/** How long a job goes on when there is always more; then other endpoints have their turn. */
const JOB_MS = 10_000;

/**
 * Sends what is due for an endpoint. The deliveries of one call go out one after the other, in order; a failed one is tried again
 * later and holds up nobody: whoever needs the order reads `sequence`.
 *
 * @param timeoutMs the longest that one request takes.
 * @param nowMs a monotonic clock, in milliseconds.
 */
export function createDeliverDue(deps: {
  readonly webhooks: Pick<Webhooks, 'takeDue' | 'settle'>;
  readonly calls: Pick<Calls, 'findAll' | 'results' | 'orders'>;
  readonly send: Send;
  readonly timeoutMs: number;
  readonly log: Logger;
  readonly nowMs?: () => number;
  readonly chance?: () => number;
}): (endpointId: string) => Promise<void> {
  const { webhooks, calls, send, timeoutMs, log, nowMs = () => performance.now(), chance = Math.random } = deps;
  // All of them may tell of one call. Nobody else takes them up before they are through.
  const leaseMs = AT_ONCE * timeoutMs + 10_000;

  async function attempt(endpointId: string, due: DueDelivery, trial: () => Promise<AttemptResult>): Promise<void> {
    const startedAt = nowMs();
    const result = await trial();
    const after = afterAttempt(result, due.attempt, chance());
    const [httpStatus, error] = 'status' in result ? [result.status, null] : [null, result.error];
    const durationMs = Math.round(nowMs() - startedAt);
    const attempted = { endpointId, deliveryId: due.id, attempt: due.attempt, httpStatus, error, durationMs };
    const disabled = await webhooks.settle({ ...attempted, ...after, failingForMs: FAILING_FOR_MS });
    log.debug({ ...attempted, callId: due.callId, outcome: after.outcome }, 'Webhook attempted');
    if (disabled !== null) log.warn({ endpointId, reason: disabled }, 'Webhook endpoint disabled');
  }

  return async (endpointId) => {
    const until = nowMs() + JOB_MS;
    do {
      const due = await webhooks.takeDue(endpointId, AT_ONCE, leaseMs);
      if (due.length === 0) return;
      const found = await calls.findAll(due.flatMap(({ callId }) => callId ?? []));
      // Asked for behind the calls: of one that is over by then, nothing more is said.
      const answered = [...found.values()].filter(({ answeredAt }) => answeredAt !== null);
      const results = await calls.results(answered.map(({ id }) => id));
      const orders = await calls.orders([...found.values()].flatMap(({ order }) => order?.orderId ?? []));
      await Promise.all(
        byCall(due).map(async (lane) => {
          for (const delivery of lane) {
            const call = delivery.callId === null ? null : found.get(delivery.callId);
            await attempt(endpointId, delivery, () => {
              const { url } = delivery;
              if (call === undefined || url === null) return Promise.resolve({ error: 'call_gone' });
              const order = orders.get(call?.order?.orderId ?? '');
              const body = payloadOf(delivery, call, results.get(delivery.callId ?? ''), order);
              return send(url, signedHeaders(delivery.id, body, delivery.secrets, new Date()), body);
            });
          }
        }),
      );
    } while (nowMs() < until);
  };
}

function byCall(due: readonly DueDelivery[]): DueDelivery[][] {
  const lanes = new Map<string, DueDelivery[]>();
  for (const delivery of due) {
    const key = delivery.callId ?? delivery.id;
    lanes.set(key, [...(lanes.get(key) ?? []), delivery]);
  }
  return [...lanes.values()];
}
