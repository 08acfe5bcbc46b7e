export { openDatabase, type Database } from './open-database.js';
export { migrate } from './migrate.js';
export type { Calls, NewCall, CreatedCall } from './calls/calls.js';
export type { Lease, SlotConnection, SlotState, Slots } from './slots.js';
export type { User, UserRole, Users } from './users.js';
export type { Backlog } from './calls/read-calls.js';
export type { Guard, StatusWrite, Fact, Source } from './calls/write-status.js';
export type { ClaimAnswer, ClaimLimits } from './calls/claim-call.js';
