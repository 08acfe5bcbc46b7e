import { channelIdFor, DialgateError, type Call } from '@dialgate/domain';
import type { Network, Service } from './network.js';
import type { SimProcess } from './scheduler.js';

/** A row of `calls`; times are virtual milliseconds. */
export interface Row {
  readonly id: string;
  status: Call['status'];
  readonly phoneNumber: string;
  /** Where the answered call is to go. */
  readonly extension: string;
  readonly ringTimeoutMs: number;
  attempt: number;
  slotId: number | null;
  slotEpoch: number | null;
  expiresAt: number;
  nextEnqueueAt: number;
  enqueueCount: number;
  cancelRequestedAt: number | null;
  dialSentAt: number | null;
  ringingAt: number | null;
  answeredAt: number | null;
  endedAt: number | null;
  failureReason: Call['failureReason'];
  hangupCause: Call['hangupCause'];
  sipStatus: Call['sipStatus'];
  hangupBy: Call['hangupBy'];
  /** The slots whose boxes gave it back because they refused it. */
  refusedBy: readonly number[];
  /** Whether a failover has lost what was written of it: of when and why it ended, the rest may be known to nobody. */
  commitsLost: boolean;
  /** And with them its claim, and so the number of its attempt. */
  claimLost: boolean;
}

/** Rules of the statements that a mutant may switch off. */
export interface DatabaseRules {
  readonly dialCompareAndSet: boolean;
  /** A permission is given back only by whom it was given to, while nobody else has written. */
  readonly returnCompared: boolean;
  /** A move is made only while the call is with or without a cancel request as it was when the move was decided. */
  readonly cancelRequestCompared: boolean;
  /** In every token and in the dial compare-and-set. */
  readonly epochs: boolean;
  readonly restampOnAdoption: boolean;
  /** Calls of an Asterisk without workers are ended only when none was there for so long. */
  readonly orphanGraceMs: number;
}

/** The rules of packages/database. */
export const DATABASE_RULES: DatabaseRules = {
  dialCompareAndSet: true,
  returnCompared: true,
  cancelRequestCompared: true,
  epochs: true,
  restampOnAdoption: true,
  orphanGraceMs: 60_000,
};

/** Where the dialplan has no place for a call. */
export const MISSING_EXTENSION = 'missing';

/** Virtual time 0, as a date. */
export const EPOCH_MS = Date.UTC(2026, 0, 1);

export function dateOf(ms: number): Date {
  return new Date(EPOCH_MS + ms);
}

/** The id of a run's nth call: shaped as a UUIDv7, because the worker tells its own channels by that. */
export function callIdOf(n: number): string {
  return `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
}

/** The number of a call: each has its own, so that a mix-up shows. */
export function phoneNumberOf(callId: string): string {
  return `+3310000${callId.slice(-4)}`;
}

const QUERY_TIMEOUT_MS = 5_000;

/** How a process asks the database: it throws while that cannot be reached or does not answer in time. */
export function createAskDatabase(network: Network, process: SimProcess, service: Service) {
  const away = (): never => {
    throw new DialgateError('database_unavailable', 'The database cannot be reached just now.');
  };
  return <Answer>(label: string, matters: boolean, execute: () => Answer): Promise<Answer> => {
    const request = { label, matters, timeoutMs: QUERY_TIMEOUT_MS, execute, notTaken: away, noAnswer: away };
    return network.send(process, service, request);
  };
}

export function callOfRow(row: Row): Call {
  const date = (ms: number | null): Date | null => (ms === null ? null : dateOf(ms));
  return {
    id: row.id,
    userId: '',
    phoneNumber: row.phoneNumber,
    status: row.status,
    destination: { context: 'outbound-ivr', extension: row.extension, priority: 1 },
    connectTo: null,
    ringTimeoutMs: row.ringTimeoutMs,
    callerId: null,
    variables: {},
    metadata: null,
    attempt: row.attempt,
    channelId: row.attempt === 0 ? null : channelIdFor(row.id, row.attempt),
    claim: row.slotId === null || row.slotEpoch === null ? null : { slotId: row.slotId, slotEpoch: row.slotEpoch },
    createdAt: dateOf(0),
    notBefore: null,
    callingWindow: null,
    expiresAt: dateOf(row.expiresAt),
    cancelRequestedAt: date(row.cancelRequestedAt),
    dialSentAt: date(row.dialSentAt),
    ringingAt: date(row.ringingAt),
    answeredAt: date(row.answeredAt),
    endedAt: date(row.endedAt),
    failureReason: row.failureReason,
    hangupCause: row.hangupCause,
    sipStatus: row.sipStatus,
    hangupBy: row.hangupBy,
    order: null,
    erasedAt: null,
  };
}
