import type { DeliveryPosition, LoggedDelivery, WebhookEndpoint } from '@dialgate/database';
import { cursorOf, pageOf, positionIn } from '../pages.js';

/** An endpoint as its user sees it; its secret is in the answers that make one, and nowhere else. */
export function webhookView(endpoint: WebhookEndpoint) {
  return {
    webhook_id: endpoint.id,
    username: endpoint.username,
    url: endpoint.url,
    description: endpoint.description,
    per_call: endpoint.perCall,
    events: endpoint.events,
    enabled: endpoint.disabledAt === null,
    disabled_at: isoOf(endpoint.disabledAt),
    disabled_reason: endpoint.disabledReason,
    failing_since: isoOf(endpoint.failingSince),
    previous_secret_until: isoOf(endpoint.previousSecretUntil),
    created_at: endpoint.createdAt.toISOString(),
  };
}

/** A page of the log. @param deliveries one more than `limit` when there is a next page. */
export function deliveriesView(deliveries: readonly LoggedDelivery[], limit: number) {
  const { shown, nextCursor } = pageOf(deliveries, limit, ({ createdAt, id }) => cursorOf(createdAt, id));
  return { deliveries: shown.map(deliveryView), next_cursor: nextCursor };
}

function deliveryView(delivery: LoggedDelivery) {
  return {
    delivery_id: delivery.id,
    type: delivery.type,
    call_id: delivery.callId,
    sequence: delivery.sequence,
    timestamp: delivery.at.toISOString(),
    status: delivery.outcome ?? 'waiting',
    next_attempt_at: isoOf(delivery.nextAttemptAt),
    attempts: delivery.attempts.map(({ attempt, at, httpStatus, error, durationMs }) => ({
      attempt,
      at: new Date(at).toISOString(),
      http_status: httpStatus,
      error,
      duration_ms: durationMs,
    })),
  };
}

/** Where the page ended that gave this cursor out, or null when none of ours did. */
export function deliveryPositionOf(cursor: string): DeliveryPosition | null {
  const position = positionIn(cursor, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  return position && { createdAt: position.at, id: position.id };
}

function isoOf(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}
