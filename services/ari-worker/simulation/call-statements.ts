import type {
  Calls,
  ClaimAnswer,
  ClaimLimits,
  FencingToken,
  Lease,
  Observation,
  Source,
  SweepKind,
  Swept,
  WaitingCall,
} from '@dialgate/database';
import {
  isFinal,
  OVERDUE_GRACE_MS,
  requiredTransition,
  soFar,
  transitionFor,
  WAITING,
  type Call,
  type CallEvent,
  type Transition,
} from '@dialgate/domain';
import type { ModelSlots } from './model-slots.js';
import { callOfRow, type DatabaseRules, type Row } from './rows.js';
import type { SimProcess } from './scheduler.js';

/** The table `calls` and what its statements depend on. */
export interface CallsTable {
  readonly rows: Map<string, Row>;
  /** The table `sweep_turns`. */
  readonly sweepTurns: Map<SweepKind, number>;
  readonly slots: ModelSlots;
  readonly rules: DatabaseRules;
  /** Virtual milliseconds. */
  readonly now: () => number;
  readonly watch: DatabaseWatch;
}

/** What onlookers are told, at the moment a statement commits. */
export interface DatabaseWatch {
  readonly moved: (move: Moved) => void;
  /** A worker asks for the permission to dial. */
  readonly permissionAsked: (callId: string, attempt: number) => void;
  readonly permitted: (row: Row, by: SimProcess) => void;
  readonly permitReturned: (row: Row) => void;
  /** A call is found to have nobody who follows it, and is to be given up: that is written later. */
  readonly foundOrphan: (row: Row, by: SimProcess) => void;
}

/** A move as it was written. */
export interface Moved {
  /** As it stands now. */
  readonly row: Row;
  readonly from: Call['status'];
  /** Null: the API. */
  readonly by: SimProcess | null;
  readonly transition: Transition;
  readonly source: Source;
  /** When the writer decided on it: what it was told since then it could not know. */
  readonly receivedAt: number;
}

/** A write of status as `calls.apply` takes it. */
export type Write = Parameters<Calls['apply']>;

const ALL_BUSY_RETRY_MS = 100;
const DIAL = requiredTransition({ type: 'dial_sent' }, WAITING);

function mayWrite({ rules }: CallsTable, row: Row, token: FencingToken | null): boolean {
  if (token === null) return true;
  return (
    row.attempt === token.attempt &&
    (!rules.epochs || (row.slotId === token.slotId && row.slotEpoch === token.slotEpoch))
  );
}

/** @param by null: the API. */
export function apply(table: CallsTable, [observation, transition, token]: Write, by: SimProcess | null): boolean {
  const { rows, rules, now, watch } = table;
  const { source, receivedAt } = observation;
  const row = rows.get(observation.callId);
  if (row?.status !== transition.from || !mayWrite(table, row, token)) return false;
  if (rules.cancelRequestCompared && (row.cancelRequestedAt !== null) !== transition.cancelRequested) return false;
  const { from, to, event, failureReason, hangupCause, sipStatus, hangupBy } = transition;
  const at = Math.min(receivedAt, now());
  row.status = to;
  if (event === 'cancel_requested') row.cancelRequestedAt ??= at;
  if (to === 'ringing') row.ringingAt ??= latest(at, row.dialSentAt);
  if (to === 'answered' || to === 'completed') row.answeredAt ??= latest(at, row.dialSentAt, row.ringingAt);
  if (isFinal(to)) row.endedAt ??= latest(at, row.dialSentAt, row.ringingAt, row.answeredAt);
  row.failureReason ??= failureReason;
  row.hangupCause ??= hangupCause;
  row.sipStatus ??= sipStatus;
  row.hangupBy ??= hangupBy;
  watch.moved({ row, from, by, transition, source, receivedAt });
  return true;
}

/** What happens to a call without a worker's having seen it. */
export function concluded(
  { now }: CallsTable,
  { id: callId, attempt }: Row,
  event: CallEvent,
  source: Source,
): Observation {
  return { callId, attempt, event, source, receivedAt: now() };
}

export function requestCancel(table: CallsTable, row: Row): void {
  const event = { type: 'cancel_requested' } as const;
  const transition = transitionFor(event, soFar(callOfRow(row)));
  if (transition !== null) apply(table, [concluded(table, row, event, 'api'), transition, null], null);
}

export function expireOverdue(table: CallsTable, by: SimProcess | null): Swept[] {
  const event = { type: 'expired' } as const;
  const transition = requiredTransition(event, WAITING);
  const due = [...table.rows.values()].filter(
    (row) => row.dialSentAt === null && row.endedAt === null && row.expiresAt <= table.now(),
  );
  return due.flatMap((row) =>
    apply(table, [concluded(table, row, event, 'sweep'), transition, null], by)
      ? [{ callId: row.id, attempt: row.attempt, ...transition }]
      : [],
  );
}

/** The calls of an Asterisk that no worker has any more, and how they are ended without a look at their channels. */
export function orphans(table: CallsTable, orphanSeconds: number, by: SimProcess): Write[] {
  const { rows, slots, rules, now, watch } = table;
  const event = { type: 'lost', restarted: false } as const;
  return [...rows.values()].flatMap((row): Write[] => {
    if (row.slotId === null || row.slotEpoch === null || row.endedAt !== null || row.dialSentAt === null) return [];
    const lastFollowed = slots.lastFollowed(row.slotId);
    if (lastFollowed > now() - rules.orphanGraceMs) return [];
    const until =
      row.answeredAt === null
        ? row.dialSentAt + row.ringTimeoutMs + OVERDUE_GRACE_MS
        : Math.max(row.answeredAt, lastFollowed) + orphanSeconds * 1_000;
    const transition = until < now() ? transitionFor(event, soFar(callOfRow(row))) : null;
    const token = { attempt: row.attempt, slotId: row.slotId, slotEpoch: row.slotEpoch };
    if (transition === null) return [];
    watch.foundOrphan(row, by);
    return [[concluded(table, row, event, 'sweep'), transition, token]];
  });
}

export function claim(
  { rows, slots, now }: CallsTable,
  callId: string,
  lease: Lease,
  limits: ClaimLimits,
): ClaimAnswer {
  const row = rows.get(callId);
  if (row?.status !== 'pending' || row.slotId !== null || row.cancelRequestedAt !== null || row.expiresAt <= now()) {
    return { outcome: 'nothing_to_do' };
  }
  const deserted = slots.deserted();
  const open = [...rows.values()].filter(
    ({ slotId, endedAt }) => slotId !== null && endedAt === null && !deserted.has(slotId),
  ).length;
  if (limits.maxConcurrentCalls > 0 && open >= limits.maxConcurrentCalls) {
    return { outcome: 'at_capacity', of: 'all', retryInMs: ALL_BUSY_RETRY_MS };
  }
  if (!slots.holds(lease)) return { outcome: 'nothing_to_do' };
  row.attempt++;
  row.slotId = lease.slotId;
  row.slotEpoch = lease.epoch;
  return { outcome: 'claimed', call: callOfRow(row), dialInMs: 0 };
}

export function voidClaim(
  table: CallsTable,
  callId: string,
  token: FencingToken,
  { retryInMs, isRefusal = false }: { readonly retryInMs: number; readonly isRefusal?: boolean | undefined },
): boolean {
  const row = table.rows.get(callId);
  if (row?.status !== 'pending' || row.dialSentAt !== null || !mayWrite(table, row, token)) return false;
  if (row.slotEpoch === null) return false;
  if (isRefusal) row.refusedBy = [...row.refusedBy, token.slotId];
  row.slotId = null;
  row.slotEpoch = null;
  row.nextEnqueueAt = table.now() + retryInMs;
  return true;
}

export function permitDial(table: CallsTable, callId: string, token: FencingToken, by: SimProcess): boolean {
  const { rows, rules, now, watch } = table;
  const row = rows.get(callId);
  if (row === undefined) return false;
  const wanted =
    row.status === DIAL.from &&
    row.dialSentAt === null &&
    mayWrite(table, row, token) &&
    row.cancelRequestedAt === null &&
    row.expiresAt > now();
  if (!wanted) return !rules.dialCompareAndSet;
  row.status = DIAL.to;
  row.dialSentAt = now();
  watch.permitted(row, by);
  return true;
}

export function returnPermit(table: CallsTable, callId: string, token: FencingToken, retryInMs: number): boolean {
  const { rows, rules, now, watch } = table;
  const row = rows.get(callId);
  if (row === undefined) return false;
  if (row.endedAt !== null || row.dialSentAt === null) return false;
  const isOurs = row.status === DIAL.to && mayWrite(table, row, token) && row.cancelRequestedAt === null;
  if (!isOurs && rules.returnCompared) return false;
  row.status = DIAL.from;
  row.dialSentAt = null;
  row.slotId = null;
  row.slotEpoch = null;
  row.nextEnqueueAt = now() + retryInMs;
  watch.permitReturned(row);
  return true;
}

export function restoreDial({ rows, slots, now }: CallsTable, lost: Parameters<Calls['restoreDial']>[0]): boolean {
  const row = rows.get(lost.callId);
  if (row?.status !== DIAL.from || row.dialSentAt !== null) return false;
  const slotId = slots.idOfApp(lost.app) ?? lost.dialedIn ?? row.slotId ?? lost.otherwise;
  const slot = slots.state(slotId);
  if (slot === undefined) return false;
  Object.assign(row, { status: DIAL.to, attempt: lost.attempt, slotId, slotEpoch: slot.epoch });
  row.dialSentAt = now() - lost.sentMsAgo;
  row.claimLost = false;
  return true;
}

export function countOpenOfSlot({ rows }: CallsTable, slotId: number): number {
  return [...rows.values()].filter((row) => row.slotId === slotId && row.endedAt === null).length;
}

export function toHangUp({ rows, now }: CallsTable, slotIds: readonly number[], maxCallSeconds: number): Call[] {
  return [...rows.values()]
    .filter(
      (row) =>
        row.slotId !== null &&
        slotIds.includes(row.slotId) &&
        row.endedAt === null &&
        row.dialSentAt !== null &&
        (row.cancelRequestedAt !== null ||
          (maxCallSeconds > 0 && row.answeredAt !== null && row.answeredAt < now() - maxCallSeconds * 1_000)),
    )
    .map(callOfRow);
}

export function takeSweepTurn({ sweepTurns, now }: CallsTable, kind: SweepKind, everyMs: number): boolean {
  if (Math.abs(now() - (sweepTurns.get(kind) ?? -Infinity)) < 0.75 * everyMs) return false;
  sweepTurns.set(kind, now());
  return true;
}

export function takeDueForQueue({ rows, now }: CallsTable): string[] {
  const due = [...rows.values()].filter(
    (row) => row.dialSentAt === null && row.endedAt === null && row.slotId === null && row.nextEnqueueAt <= now(),
  );
  for (const row of due) {
    row.nextEnqueueAt = now() + Math.min(60, 5 * 2 ** Math.min(row.enqueueCount, 10)) * 1_000;
    row.enqueueCount++;
  }
  return due.map(({ id }) => id);
}

export function putBackForQueue({ rows, now }: CallsTable, callIds: readonly string[]): void {
  for (const row of callIds.flatMap((id) => rows.get(id) ?? [])) {
    if (row.dialSentAt !== null || row.endedAt !== null || row.slotId !== null) continue;
    row.enqueueCount = Math.max(row.enqueueCount - 1, 0);
    row.nextEnqueueAt = Math.min(row.nextEnqueueAt, now() + 2_000);
  }
}

/** All in one page. */
export function waitingForQueue({ rows }: CallsTable, after: WaitingCall | null): WaitingCall[] {
  if (after !== null) return [];
  return [...rows.values()]
    .filter((row) => row.dialSentAt === null && row.endedAt === null && row.slotId === null)
    .map(({ id, nextEnqueueAt }) => ({ id, nextEnqueueAt: String(nextEnqueueAt) }));
}

function latest(at: number, ...floors: readonly (number | null)[]): number {
  return Math.max(at, ...floors.map((floor) => floor ?? -Infinity));
}
