import type { components } from './generated/api.js';

type Schemas = components['schemas'];

/** What is asked for: a number, and whatever shall not be as configured. */
export type CallRequest = Schemas['CallRequest'];
/** The answer to an accepted call. */
export type AcceptedCall = Schemas['AcceptedCall'];
/** A call as it stands. */
export type Call = Schemas['Call'];
/** The same, asked for by its id: with its place in the queue while it waits. */
export type CurrentCall = Schemas['CurrentCall'];
export type CallStatus = Schemas['CallStatus'];
/** An error in the words of the API (RFC 9457). */
export type Problem = Schemas['Problem'];
export type TimelineEntry = Schemas['TimelineEntry'];
