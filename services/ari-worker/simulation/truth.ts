import { isFinal, type FailureReason } from '@dialgate/domain';
import type { Channel, Ending } from './channel.js';
import type { Row } from './rows.js';

/** What a call that ended unseen is given: right only when nobody who could write it down saw how it ended. */
const UNSEEN: ReadonlySet<FailureReason | null> = new Set<FailureReason>([
  'lost',
  'outcome_unknown',
  'asterisk_restarted',
]);

/** Reasons of calls that never rang anybody. */
const NEVER_DIALED: ReadonlySet<FailureReason | null> = new Set<FailureReason>([
  'expired',
  'not_dialed',
  'dialplan_missing',
  'trunk_unavailable',
  'invalid_request',
]);

/** Whether this final status says that nobody saw how the call ended. */
export function saysUnseen({ failureReason }: Pick<Row, 'failureReason'>): boolean {
  return UNSEEN.has(failureReason);
}

/**
 * What is wrong with a row's final status, judged by what really happened to the callee; null when nothing is.
 *
 * @param channel the channel through which the callee was called, or undefined when nobody was.
 * @param faultless nothing was lost and nobody failed: then each ending has exactly one right status.
 */
export function wrongStatus(row: Row, channel: Channel | undefined, now: number, faultless: boolean): string | null {
  const { status, failureReason: reason } = row;
  if (!isFinal(status)) return null;

  if (channel === undefined) return wrongWithoutDial(row, now);
  if (NEVER_DIALED.has(reason)) return `it was dialled, and the row says ${status} (${String(reason)})`;

  const answered = channel.answeredAt !== null;
  if (status === 'completed') return answered ? null : 'completed, and nobody ever answered';
  if (saysUnseen(row)) return faultless ? `nothing was lost, and the row says ${String(reason)}` : null;
  if (answered) return `somebody answered, and the row says ${status} (${String(reason)})`;

  const { ending } = channel;
  if (status === 'canceled') {
    if (row.cancelRequestedAt === null) return 'canceled, and nobody wished it';
    return ending?.by === 'far_end' ? 'canceled, and the far end had ended it' : null;
  }
  if (ending === null) {
    return channel.dialResult && status === 'busy' ? null : `${status}, and the channel has not ended`;
  }
  return wrongEnding(row, channel, faultless);
}

function wrongWithoutDial(row: Row, now: number): string | null {
  const { status, failureReason, cancelRequestedAt, expiresAt, dialSentAt } = row;
  switch (status) {
    case 'canceled':
      return cancelRequestedAt === null ? 'canceled, and nobody wished it' : null;
    case 'failed':
      if (failureReason === 'expired' && now < expiresAt) return 'expired before its time';
      if (dialSentAt === null && !NEVER_DIALED.has(failureReason))
        return `no dial was permitted, and the row says ${String(failureReason)}`;
      return null;
    case 'pending':
    case 'dialing':
    case 'ringing':
    case 'answered':
      return null;
    case 'completed':
    case 'busy':
    case 'no_answer':
      return `${status}, and nobody was ever called`;
  }
}

/** The one right status of an unanswered ending, written `status reason`. */
function wrongEnding(row: Row, { ending, rang, dialResult }: Channel, faultless: boolean): string | null {
  if (ending === null) return null;
  // The dial result decides at once, whatever the channel comes to afterwards; only if it got lost, that does.
  const right: string[] = dialResult ? ['busy'] : [];
  if (!dialResult || !faultless) right.push(...ofEnding(row, ending, rang, faultless));
  const is = row.failureReason === null ? row.status : `${row.status} ${row.failureReason}`;
  return right.includes(is) ? null : `ended by ${ending.by}: should be ${right.join(' or ')}, is ${is}`;
}

function ofEnding(row: Row, ending: Ending, rang: boolean, faultless: boolean): string[] {
  switch (ending.by) {
    case 'far_end':
      return [ofRefusal(ending.cause, ending.sip)];
    case 'ring_timeout':
      // Whether it rang, or that it was our side that ended it, may be what was lost.
      if (!faultless) return ['no_answer', 'failed unreachable'];
      if (row.cancelRequestedAt !== null) return ['canceled'];
      return [rang ? 'no_answer' : 'failed unreachable'];
    case 'delete':
      // A call that was wished away is canceled; one that was silent for too long is not.
      return [row.cancelRequestedAt === null ? 'failed hung_up_locally' : 'canceled'];
    case 'restart':
      // Without its announcement, the end of a channel that Asterisk took with it says nothing.
      if (!faultless) return ['failed hung_up_locally', 'failed other'];
      return ['failed hung_up_locally'];
    case 'second_dial':
    case 'dialplan':
    case 'nobody_home':
      return [];
  }
}

function ofRefusal(cause: number, sip: number | null): string {
  if (cause === 17) return 'busy';
  if (sip === 603) return 'busy declined';
  if (cause === 19) return 'no_answer';
  return cause === 1 ? 'failed invalid_number' : 'failed congestion';
}
