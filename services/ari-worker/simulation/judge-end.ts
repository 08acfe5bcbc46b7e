import { channelIdFor, isFinal, OVERDUE_GRACE_MS } from '@dialgate/domain';
import type { Callee } from './callees.js';
import { isLiveLeg, type Channel } from './channel.js';
import type { DialLog } from './dial-log.js';
import { hadReceived, type Receipt, type Said } from './receipts.js';
import type { Moved } from './call-statements.js';
import type { Row } from './rows.js';
import { learnedLater, rightEnds, saysUnseen, type End } from './truth.js';

/** What is wrong with a written end, and which law says so. */
export interface Fault {
  readonly law: 'I6' | 'C1';
  readonly what: string;
}

/** What a move to a final status is judged by. */
export interface EndWitnesses {
  readonly now: number;
  readonly callee: Callee;
  readonly channel: Channel | undefined;
  readonly receipts: readonly Receipt[];
  readonly dials: DialLog;
  /** When Asterisk was last started. */
  readonly startedAt: number;
  /** When Asterisk was started, by the last answer that the writer had when it decided; null when that was none. */
  readonly toldStartedAt: number | null;
  /** Since when nobody had followed the call, when it was found to be an orphan; null when it was not. */
  readonly orphanSince: number | null;
  readonly orphanSeconds: number;
  readonly ownsSlot: boolean;
  /** Whether the writer itself is the slot's holder: of a slot that was given back, anybody may end orphans. */
  readonly holdsSlot: boolean;
  readonly untouched: boolean;
}

const ORPHAN_GRACE_MS = 60_000;

/** Judges the end of a call as it was just written: the status and its reason (I6), and what stands beside them (C1). */
export function faultsOfEnd(move: Moved, seen: EndWitnesses): Fault[] {
  const { row, from, by } = move;
  const { channel, receipts } = seen;
  const before = receivedAhead(move, receipts);
  const received = (said: Said) => (by === null ? 'no' : hadReceived(before, by, row.slotEpoch, said));
  const right = rightEnds({
    row,
    from,
    callee: seen.callee,
    channel,
    receivedHangup: received(channel?.ending?.by === 'far_end' ? 'their_hangup' : 'our_hangup'),
    receivedBusy: received('busy'),
    dialRefused: seen.dials.refused(row.id),
    restarted: row.dialSentAt !== null && seen.startedAt > row.dialSentAt,
    untouched: seen.untouched,
    now: seen.now,
  });
  const is = endOf(row);
  const sameStatus = right.filter(({ status, reason }) => status === is.status && reason === is.reason);
  const shown = (ends: readonly End[]) => ends.map(saidEnd).join(' or ') || 'open';
  const how = channel === undefined || channel.invites === 0 ? 'never called' : (channel.ending?.by ?? 'alive');
  if (sameStatus.length === 0) {
    return [{ law: 'I6', what: `${how}: should be ${shown(right)}, is ${saidEnd(is)}` }];
  }
  if (!sameStatus.some((end) => end.cause === is.cause && end.sip === is.sip && end.by === is.by)) {
    return [{ law: 'C1', what: `${how}: should be ${shown(sameStatus)}, is ${saidEnd(is)}` }];
  }
  if (saysUnseen(row)) return faultsOfUnseen(move, seen);
  const unwritten = received('ringing') === 'yes' && row.ringingAt === null && received('answer') === 'no';
  return unwritten && isReceivedEnd(move) ? [{ law: 'I6', what: 'its ringing was received, and is not written' }] : [];
}

/** Judges what a row has learned of its channel after its status was final. */
export function faultsOfLearning(before: End, row: Row, channel: Channel | undefined): Fault[] {
  const is = endOf(row);
  const fits = (from: unknown, to: unknown, truth: unknown): boolean => to === from || (from === null && to === truth);
  const right = [{ cause: null, sip: null, by: null }, ...learnedLater(channel)].some(
    ({ cause, sip, by }) =>
      fits(before.cause, is.cause, cause) && fits(before.sip, is.sip, sip) && fits(before.by, is.by, by),
  );
  if (is.status !== before.status || is.reason !== before.reason)
    return [{ law: 'I6', what: `it became ${saidEnd(is)}` }];
  return right ? [] : [{ law: 'C1', what: `${saidEnd(before)} became ${saidEnd(is)}` }];
}

export function endOf({ status, failureReason, hangupCause, sipStatus, hangupBy }: Row): End {
  return { status, reason: failureReason, cause: hangupCause, sip: sipStatus, by: hangupBy };
}

/** What had been told ahead of what the writer decided by. */
export function receivedAhead(
  { by, receivedAt, transition, source }: Moved,
  receipts: readonly Receipt[],
): readonly Receipt[] {
  if (source !== 'asterisk') return receipts.filter(({ at }) => at <= receivedAt);
  const end = receipts.findIndex(
    ({ process, at, said }) =>
      process === by && at === receivedAt && (transition.event !== 'hung_up' || said === 'end' || said === 'busy'),
  );
  return receipts.slice(0, end < 0 ? 0 : end);
}

function isReceivedEnd({ from, transition }: Moved): boolean {
  return from === 'dialing' && transition.event === 'hung_up';
}

function faultsOfUnseen(move: Moved, seen: EndWitnesses): Fault[] {
  const { row, by, receivedAt } = move;
  const fault = (what: string): Fault[] => [{ law: 'I6', what }];
  if (!seen.holdsSlot && isOrphan(move, seen)) return [];
  if (!seen.ownsSlot) return fault('given up by a worker that does not hold its slot');
  if (seen.channel !== undefined && isLiveLeg(seen.channel)) return fault('lost, and its channel is alive');

  const { id, slotEpoch } = row;
  const known = seen.receipts.filter(
    ({ process, epoch, at }) => process === by && epoch === slotEpoch && at <= receivedAt,
  );
  if (known.some(({ said }) => said === 'end')) return fault('its end was received, and lost was written ahead of it');
  if (row.status !== 'completed' && known.some(({ said }) => said === 'answer')) {
    return fault('its answer was received, and it was written down as never answered');
  }
  if (by !== null && seen.dials.toldNotDialled(id, by, slotEpoch)) {
    return fault('its dialler knows that it was not dialled, and says that nobody saw');
  }
  const { dialSentAt, failureReason } = row;
  if (by !== null && failureReason === 'lost' && seen.toldStartedAt === null) {
    return fault('nobody had said whether Asterisk was restarted, and it says lost');
  }
  const knewRestart = dialSentAt !== null && (seen.toldStartedAt ?? -Infinity) > dialSentAt;
  return knewRestart && failureReason !== 'asterisk_restarted'
    ? fault(`Asterisk was known to have been restarted, and it says ${String(failureReason)}`)
    : [];
}

/** A call of an Asterisk without workers, given up when its time is over. */
function isOrphan({ row, receivedAt }: Moved, { orphanSince, orphanSeconds }: EndWitnesses): boolean {
  if (row.dialSentAt === null || orphanSince === null || receivedAt - orphanSince < ORPHAN_GRACE_MS) return false;
  if (row.status !== 'completed') return receivedAt >= row.dialSentAt + row.ringTimeoutMs + OVERDUE_GRACE_MS;
  return receivedAt >= Math.max(row.answeredAt ?? 0, orphanSince) + orphanSeconds * 1_000;
}

function saidEnd({ status, reason, cause, sip, by }: End): string {
  if (!isFinal(status)) return status;
  const beside = [cause, sip].map((value) => value ?? '-').join('/');
  return `${status}${reason === null ? '' : ` ${reason}`} (${beside} by ${by ?? '-'})`;
}

/** The channel of a call's present attempt. */
export function channelIdOf({ id, attempt }: Pick<Row, 'id' | 'attempt'>): string {
  return channelIdFor(id, Math.max(1, attempt));
}
