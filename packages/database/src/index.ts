export { createDatabaseClock } from './clock.js';
export { openDatabase, type Database } from './open-database.js';
export { connectTo } from './addresses.js';
export { COLUMNS_OF_THIS_VERSION, examineDatabase, type DatabaseFacts, type DatabaseRefusal } from './examine.js';
export { openPatientPool } from './patient-pool.js';
export { losesCommits, type Replication } from './replication.js';
export { migrate } from './migrate.js';
export { APPLICATION_PRIVILEGES } from './privileges.js';
export {
  hasNoTables,
  knock,
  MigrationError,
  NoTablesError,
  RefusedWriteError,
  whyAway,
  writeRefusal,
  type WriteRefusal,
} from './away.js';
export type { AuditPosition, AuditQuestion, AuditTrail, WaitingEntry, WrittenEntry } from './audit.js';
export type { Calls, CallHook, NewCall, CreatedCall } from './calls/calls.js';
export { WORKER_TIMES, workerTimesProblems, type WorkerTimes } from './worker-times.js';
export type { BreakerMode, SlotName, SlotState } from './list-slots.js';
export type { Identity, Lease, OtherBoxes, Slots, Standing, WrongAsterisk } from './slots.js';
export { USERNAME, type ListedUser, type User, type Users } from './users.js';
export type { ApiKeys, ListedApiKey, NewApiKey, ShownApiKey } from './api-keys.js';
export type { ShownToken, Tokens } from './tokens.js';
export type { StreamCredential, StreamTicket, StreamTickets } from './stream-tickets.js';
export { FORGOTTEN_AT_ONCE } from './calls/forget-old.js';
export type { Forgotten, ForgetPosition } from './calls/forget-calls.js';
export type { DueOrder } from './calls/orders.js';
export { DUE_AT_ONCE, type WaitingCall } from './calls/queue-calls.js';
export type { Swept } from './calls/sweep-calls.js';
export type { SweepKind } from './calls/sweep-turns.js';
export type { QueuePlace } from './calls/queue-place.js';
export { OPEN_COUNTED_AT_MOST, type Backlog } from './calls/read-calls.js';
export type { CallFilter, CallPage } from './calls/list-calls.js';
export { COUNTED_AT_MOST, type OutcomeCount, type UnderWay } from './calls/count-outcomes.js';
export type { Horizon } from './calls/horizon.js';
export type { OwnedEvent, TimelinePage, WrittenEvent } from './calls/timeline.js';
export type { Observation, Source, TimelineEntry } from './calls/observation.js';
export type { FencingToken } from './calls/write-status.js';
export type { ClaimAnswer } from './calls/claim-call.js';
export type { ClaimLimits } from './calls/claim-room.js';
export type { AskAdmissionFacts } from './admission-facts.js';
export type { DoNotCallEntry, DoNotCallList } from './do-not-call.js';
export type { WebhookChange, WebhookEndpoint } from './webhooks/endpoints.js';
export type { HookStanding } from './webhooks/call-hooks.js';
export type { DueDelivery, SettledAttempt } from './webhooks/deliveries.js';
export type { DeliveryPosition, LoggedDelivery } from './webhooks/delivery-log.js';
export { FAN_OUT_LIMIT } from './webhooks/fan-out.js';
export type { Webhooks } from './webhooks/webhooks.js';
