import type { CallStatus, FailureReason, HangupBy } from '@dialgate/domain';
import type { Callee } from './callees.js';
import type { Channel, Ending } from './channel.js';
import type { Known } from './receipts.js';
import type { Row } from './rows.js';

/** How a call ended: its status, and what stands beside it. */
export interface End {
  readonly status: CallStatus;
  readonly reason: FailureReason | null;
  readonly cause: number | null;
  readonly sip: number | null;
  readonly by: HangupBy | null;
}

/** What is known of a call at the moment when its end is written; by it all right ends can be told. */
export interface Evidence {
  readonly row: Row;
  /** The status that it ended from. */
  readonly from: CallStatus;
  readonly callee: Callee;
  /** The channel of the attempt, or undefined when none was made. */
  readonly channel: Channel | undefined;
  /** Whether the writer had received, ahead of the end, who asked for it. */
  readonly receivedHangup: Known;
  /** Whether the writer had received a terminal dial result. */
  readonly receivedBusy: Known;
  /** Whether Asterisk has refused the dial. */
  readonly dialRefused: boolean;
  /** Whether Asterisk was started after the dial. */
  readonly restarted: boolean;
  /** Nothing has struck so far, and nothing is slow: nobody can have missed anything. */
  readonly untouched: boolean;
  readonly now: number;
}

/** Reasons of calls whose end nobody saw: right only when nobody who could write it down did. */
const UNSEEN: ReadonlySet<FailureReason | null> = new Set<FailureReason>([
  'lost',
  'outcome_unknown',
  'asterisk_restarted',
]);

/** Why a call to this callee is never dialled, whoever tries. */
const REFUSED: Partial<Record<Callee, FailureReason>> = {
  trunk_down: 'trunk_unavailable',
  bad_request: 'invalid_request',
  no_dialplan: 'dialplan_missing',
};

const NOTHING_BESIDE = { cause: null, sip: null, by: null };

/** A dial result has no cause yet. */
const SAID_BUSY = { cause: null, sip: null, by: 'callee' } as const;

/** Whether this final status says that nobody saw how the call ended. */
export function saysUnseen({ failureReason }: Pick<Row, 'failureReason'>): boolean {
  return UNSEEN.has(failureReason);
}

/** Whether a callee's phone can ring at all. */
export function canBeDialled(callee: Callee): boolean {
  return REFUSED[callee] === undefined;
}

/**
 * Every way in which this call may rightly have ended, by what the callee did, what Asterisk did, and what of it the
 * writer had received. One of them, and only it, when nothing got lost; none is right of a call that has not ended.
 */
export function rightEnds(evidence: Evidence): End[] {
  const { channel } = evidence;
  const seen =
    channel === undefined || channel.invites === 0 ? endsWithoutDial(evidence) : endsOfDialled(evidence, channel);
  return [...seen, ...unseenEnds(evidence)];
}

/** What a row may learn of the end of its channel after its status was final. */
export function learnedLater(channel: Channel | undefined): Pick<End, 'cause' | 'sip' | 'by'>[] {
  if (channel === undefined) return [];
  const ended = [true, false].flatMap((received) => besidesOf(channel, received) ?? []);
  return channel.dialResultAt === null ? ended : [...ended, SAID_BUSY];
}

function endsWithoutDial(evidence: Evidence): End[] {
  const { row, callee, channel, dialRefused, now } = evidence;
  const cancelRequested = row.cancelRequestedAt !== null;
  const reasons: FailureReason[] = [];
  if (row.dialSentAt === null && now >= row.expiresAt) reasons.push('expired');
  const refused = REFUSED[callee];
  if (row.dialSentAt === null && refused !== undefined) reasons.push(refused);
  if (row.dialSentAt !== null && dialRefused) reasons.push('not_dialed');
  return [
    ...(cancelRequested ? [{ status: 'canceled', reason: null, ...NOTHING_BESIDE } as const] : []),
    ...reasons.map((reason) => ({ status: 'failed', reason, ...NOTHING_BESIDE }) as const),
    ...(row.dialSentAt === null || channel === undefined ? [] : endsOfChannel(evidence, channel)),
  ];
}

function endsOfDialled(evidence: Evidence, channel: Channel): End[] {
  const { row, receivedBusy } = evidence;
  // The dial result decides at once, whatever the channel comes to afterwards; only if it got lost, that does.
  const busy = { status: 'busy', reason: null, ...SAID_BUSY } as const;
  const canceled = row.cancelRequestedAt === null ? [] : [{ ...busy, status: 'canceled' } as const];
  if (channel.dialResultAt === null) return endsOfChannel(evidence, channel);
  if (receivedBusy === 'yes') return [busy, ...canceled];
  return [busy, ...canceled, ...endsOfChannel(evidence, channel)];
}

/** What the end of the channel means, as Asterisk tells it in two pieces: who asked for the hangup, and the cause. */
function endsOfChannel({ row, receivedHangup }: Evidence, channel: Channel): End[] {
  const { ending } = channel;
  if (ending === null) return [];
  const received = receivedHangup === 'maybe' ? [true, false] : [receivedHangup === 'yes'];
  return received.flatMap((requestReceived) => {
    const beside = besidesOf(channel, requestReceived);
    if (beside === null) return [];
    const [status, reason = null] = outcomeOf(row, channel, ending, requestReceived);
    return [{ status, reason, ...beside }];
  });
}

function outcomeOf(
  row: Row,
  { answeredAt, invites }: Channel,
  ending: Ending,
  requestReceived: boolean,
): readonly [CallStatus, FailureReason?] {
  if (answeredAt !== null) return ['completed'];
  const cancelRequested = row.cancelRequestedAt !== null;
  switch (ending.by) {
    case 'far_end':
      return ofRefusal(ending.cause, ending.sip);
    case 'ring_timeout':
      if (!requestReceived) return ['no_answer'];
      if (cancelRequested) return ['canceled'];
      return row.ringingAt === null ? ['failed', 'unreachable'] : ['no_answer'];
    case 'delete':
      // A call that has a cancel request is canceled; one that was silent for too long is not.
      if (cancelRequested) return ['canceled'];
      return invites === 0 ? ['failed', 'not_dialed'] : ['failed', 'hung_up_locally'];
    case 'restart':
      // Without its announcement, the end of a channel that Asterisk took with it says nothing.
      if (!requestReceived) return ['failed', 'other'];
      return cancelRequested ? ['canceled'] : ['failed', 'hung_up_locally'];
    case 'second_dial':
    case 'dialplan':
    case 'killed':
    case 'nobody_home':
      return ['failed', 'other'];
  }
}

/** What stands beside the status, or null when Asterisk said nothing of this end. */
function besidesOf(
  { ending, invites, answeredAt }: Channel,
  requestReceived: boolean,
): Omit<End, 'status' | 'reason'> | null {
  const unannounced = answeredAt === null ? 'unknown' : 'dialplan';
  switch (ending?.by) {
    case 'far_end':
      return { cause: ending.cause, sip: ending.sip, by: requestReceived ? 'callee' : unannounced };
    case 'ring_timeout':
      return { cause: 19, sip: 480, by: requestReceived ? 'gateway' : unannounced };
    case 'delete':
      return { cause: 16, sip: invites === 0 ? 603 : null, by: requestReceived ? 'gateway' : unannounced };
    case 'dialplan':
      return { cause: 16, sip: null, by: 'dialplan' };
    case 'restart':
      return { cause: 0, sip: null, by: requestReceived ? 'gateway' : unannounced };
    case 'killed':
    case 'nobody_home':
    case 'second_dial':
    case undefined:
      return null;
  }
}

function unseenEnds({ row, from, channel, restarted, untouched }: Evidence): End[] {
  if (untouched || row.dialSentAt === null) return [];
  const answered = from === 'answered';
  if (answered && (channel?.answeredAt ?? null) === null) return [];
  const status = answered ? 'completed' : 'failed';
  const word = from === 'dialing' ? 'outcome_unknown' : 'lost';
  const reasons: FailureReason[] = restarted ? [word, 'asterisk_restarted'] : [word];
  return reasons.map((reason) => ({ status, reason, ...NOTHING_BESIDE }));
}

function ofRefusal(cause: number, sip: number | null): readonly [CallStatus, FailureReason?] {
  if (cause === 17) return ['busy'];
  if (sip === 603) return ['busy', 'declined'];
  if (cause === 19) return ['no_answer'];
  return ['failed', cause === 1 ? 'invalid_number' : 'congestion'];
}
