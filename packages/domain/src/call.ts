import type { OrderedWindow } from './admission/ordered-window.js';
import type { CallerId } from './caller-id.js';
import type { FailureReason } from './failure-reason.js';
import type { HangupCause } from './hangup-cause.js';
import type { HangupBy } from './outcome.js';
import type { CallStatus } from './status.js';

/** A call as it is written down. All times are the database's own. */
export interface Call {
  /** UUIDv7. */
  readonly id: string;
  readonly userId: string;
  /** E.164 with the plus, or digits of an internal extension where those are allowed. */
  readonly phoneNumber: string;
  readonly status: CallStatus;

  /** Where in the dialplan the answered call goes on. */
  readonly destination: DialplanDestination;
  /** The number or extension that the answered callee is connected to; null for a call to the dialplan alone. */
  readonly connectTo: string | null;
  /** How long it may ring, in milliseconds (1,000 to 600,000). */
  readonly ringTimeoutMs: number;
  readonly callerId: CallerId | null;
  /** Channel variables for the dialplan; names and values are validated before they come here. */
  readonly variables: Readonly<Record<string, string>>;
  /** Whatever the client wants echoed; never sent to Asterisk. */
  readonly metadata: unknown;

  /** How often a worker has claimed this call; 0 while it never was. Only the last attempt's channel counts. */
  readonly attempt: number;
  /** The channel of the last attempt, `<id>.<attempt>`, or null before the first claim. */
  readonly channelId: string | null;
  /** The slot whose owner may act on this call now, or null while it is unclaimed. */
  readonly claim: Claim | null;

  readonly createdAt: Date;
  /** Waits until then, whoever is free; null for at once. */
  readonly notBefore: Date | null;
  /** Is dialled at these hours only; null for at any. */
  readonly callingWindow: OrderedWindow | null;
  /** Not dialled by then, it ends `failed` with reason `expired`. */
  readonly expiresAt: Date;
  readonly cancelRequestedAt: Date | null;
  /** When the one dial of this call's life was permitted; null again where that came too late and nothing was sent. */
  readonly dialSentAt: Date | null;
  readonly ringingAt: Date | null;
  readonly answeredAt: Date | null;
  readonly endedAt: Date | null;

  readonly failureReason: FailureReason | null;
  readonly hangupCause: HangupCause | null;
  readonly sipStatus: number | null;
  readonly hangupBy: HangupBy | null;

  /** Its place in an order to be called again; null for a call by itself. */
  readonly order: PlaceInOrder | null;

  /** When its number (now empty), caller ID, variables and metadata were blanked (PERSONAL_DATA_DAYS); null for most. */
  readonly erasedAt: Date | null;
}

export interface DialplanDestination {
  readonly context: string;
  readonly extension: string;
  readonly priority: number;
}

/** Where a call stands among those of an order to be called again, which has the id of the first of them. */
export interface PlaceInOrder {
  readonly orderId: string;
  /** 1 is the first. */
  readonly tryNumber: number;
}

/** Ownership of a call: a slot and the slot's epoch at the time of the claim (or of its last adoption). */
export interface Claim {
  readonly slotId: number;
  readonly slotEpoch: number;
}

/** How long after its ring timeout a call may still be silent, in milliseconds; after that it is hung up or given up. */
export const OVERDUE_GRACE_MS = 10_000;

/** The channel id of one attempt at a call. Asterisk allows 149 characters; this has at most 47. */
export function channelIdFor(callId: string, attempt: number): string {
  return `${callId}.${attempt}`;
}

const CHANNEL_ID = /^([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.([1-9]\d{0,9})$/;

/** The call and attempt that a channel id stands for, or null when the id is not one of ours. */
export function parseChannelId(channelId: string): { callId: string; attempt: number } | null {
  const match = CHANNEL_ID.exec(channelId);
  if (match?.[1] === undefined) return null;
  return { callId: match[1], attempt: Number(match[2]) };
}

/** Whole seconds from answer to end, or null for a call that was never answered or is still up. */
export function durationSeconds(call: Pick<Call, 'answeredAt' | 'endedAt'>): number | null {
  if (call.answeredAt === null || call.endedAt === null) return null;
  return Math.max(0, Math.floor((call.endedAt.getTime() - call.answeredAt.getTime()) / 1000));
}
