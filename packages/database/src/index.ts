export { openDatabase, type Database } from './open-database.js';
export { migrate } from './migrate.js';
export type { Calls, NewCall, CreatedCall } from './calls/calls.js';
export type { Lease, SlotConnection, SlotState, Slots } from './slots.js';
export { USERNAME, type ListedUser, type User, type UserRole, type Users } from './users.js';
export type { UserCaps } from './calls/user-caps.js';
export type { Backlog } from './calls/read-calls.js';
export type { Guard, StatusWrite, Fact, Source } from './calls/write-status.js';
export type { ClaimAnswer, ClaimLimits } from './calls/claim-call.js';
