import type { DeliveryPosition, LoggedDelivery, WebhookEndpoint } from '@dialgate/database';

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
  const shown = deliveries.slice(0, limit);
  const last = shown.at(-1);
  return {
    deliveries: shown.map(deliveryView),
    next_cursor: deliveries.length > limit && last !== undefined ? cursorOf(last) : null,
  };
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

function cursorOf({ createdAt, id }: DeliveryPosition): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`).toString('base64url');
}

/** Where the page ended that gave this cursor out, or null when none of ours did. */
export function deliveryPositionOf(cursor: string): DeliveryPosition | null {
  const decoded = Buffer.from(cursor, 'base64url').toString('latin1');
  const [, at, id] = /^(\d{1,14})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(decoded) ?? [];
  return at === undefined || id === undefined ? null : { createdAt: new Date(Number(at)), id };
}

function isoOf(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}
