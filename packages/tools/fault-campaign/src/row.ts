import type { CallStatus, FailureReason, HangupBy } from '@dialgate/domain';

/** What the database says of a call in the end. Times in milliseconds since the epoch. */
export interface EndedRow {
  readonly id: string;
  readonly number: string;
  readonly status: CallStatus;
  readonly failureReason: FailureReason | null;
  readonly hangupCause: number | null;
  readonly sipStatus: number | null;
  readonly hangupBy: HangupBy | null;
  readonly ringTimeoutMs: number;
  readonly context: string;
  readonly extension: string;
  readonly priority: number;
  /** How often it was claimed. */
  readonly attempt: number;
  /** The ARI application of the slot that it belongs to; null if it was never claimed. */
  readonly app: string | null;
  readonly createdAt: number;
  readonly dialSentAt: number | null;
  readonly ringingAt: number | null;
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
  readonly cancelRequested: boolean;
  /** In the order in which they were written. */
  readonly timeline: readonly TimelineLine[];
}

export interface TimelineLine {
  readonly event: string;
  /** The status that it led to; null for an entry that changed none. */
  readonly status: CallStatus | null;
  /** In milliseconds since the epoch. */
  readonly at: number;
  /** What the gateway gives as its reason, for something that it did by itself. */
  readonly why?: string | null;
}

/** Reasons that say: nobody was rung. */
export const NOT_RUNG: ReadonlySet<FailureReason | null> = new Set(['not_dialed', 'trunk_unavailable']);

/** Reasons that say: what became of it could not be seen. */
export const NOT_SEEN: ReadonlySet<FailureReason | null> = new Set(['lost', 'outcome_unknown', 'asterisk_restarted']);
