export { openOriginateProducer, type OriginateProducer } from './originate-producer.js';
export { openOriginateConsumer, type JobEnd, type OriginateConsumer } from './originate-consumer.js';
export { openCancelRequestListener, openEntryListener, type Listener } from './announcements.js';
export {
  openWorkerReports,
  type PendingWritesReport,
  type DialLimits,
  type ProcessReport,
  type RefusalsReport,
  type ReceivedWorkerReport,
  type WorkerReport,
  type WorkerReports,
} from './worker-reports.js';
export { createPresence } from './presence.js';
export { EvictingRedisError, openEvictionCheck, type EvictionCheck } from './eviction-policy.js';
export { examineRedis, type RedisFacts, type RedisRefusal } from './examine.js';
export { ORIGINATE_QUEUE } from './originate-queue.js';
export { openBoardQueues, type BoardQueues } from './board-queues.js';
export { openRedisScripts, type RedisScripts } from './scripts.js';
export { openWebhookQueue, WEBHOOK_QUEUE, type WebhookQueue } from './webhook-queue.js';
