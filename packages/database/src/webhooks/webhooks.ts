import type { Client } from '../client.js';
import { createCallHooks } from './call-hooks.js';
import { createWebhookDeliveries } from './deliveries.js';
import { createDeliveryLog } from './delivery-log.js';
import { createWebhookEndpoints } from './endpoints.js';
import { createFanOut } from './fan-out.js';

/** Where calls are reported to, and what was and is to be reported. */
export type Webhooks = ReturnType<typeof createWebhooks>;

export function createWebhooks(client: Client) {
  return {
    ...createWebhookEndpoints(client),
    ...createCallHooks(client),
    ...createFanOut(client),
    ...createWebhookDeliveries(client),
    ...createDeliveryLog(client),
  };
}
